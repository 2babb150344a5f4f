//! Requests too large to be served.

use crate::harness::expect::intact;
use crate::harness::{Block, Harness, Outcome, Stop};

/// `PY_SSIZE_T_MAX`.
const SSIZE_MAX: usize = isize::MAX as usize;
/// Sizes above the limit.
const ABOVE: [usize; 6] =
    [SSIZE_MAX + 1, SSIZE_MAX + 2, SSIZE_MAX + 4096, (1 << 63) + (1 << 32), usize::MAX - 4095, usize::MAX];
/// Factors whose product is above the limit, wrapping or not.
const PRODUCTS: [(usize, usize); 18] = [
    // Those that leave no room for a header.
    (3, usize::MAX / 3),
    (usize::MAX / 3, 3),
    (5, usize::MAX / 5),
    (17, usize::MAX / 17),
    (255, usize::MAX / 255),
    (257, usize::MAX / 257),
    (SSIZE_MAX, 2),
    (2, SSIZE_MAX),
    (SSIZE_MAX / 2 + 1, 2),
    (usize::MAX / 2 + 1, 2),
    (2, usize::MAX / 2 + 1),
    (usize::MAX, usize::MAX),
    (1 << 32, 1 << 32),
    (1 << 32, 1 << 31),
    ((1 << 32) + 1, 1 << 32),
    (1, SSIZE_MAX + 1),
    (usize::MAX, 1),
    (usize::MAX / 16 + 2, 16),
];
/// Sizes up to the limit that no address space holds.
const UNSATISFIABLE: [usize; 6] =
    [SSIZE_MAX, SSIZE_MAX - 1, SSIZE_MAX - 15, SSIZE_MAX - 4096, SSIZE_MAX - (1 << 20), 1 << 62];
/// Sizes around those at which a narrower integer wraps, or a count of pages in one.
const WRAPPING: [usize; 10] = [
    (1 << 31) - 1,
    1 << 31,
    (1 << 31) + 24,
    (1 << 32) - 1,
    1 << 32,
    (1 << 32) + 1,
    (1 << 32) + 24,
    (1 << 33) + 100,
    (1 << 36) + 24,
    (1 << 44) + 24,
];
/// Factors of such sizes.
const WRAPPING_PRODUCTS: [(usize, usize); 8] = [
    (1 << 16, 1 << 16),
    ((1 << 16) + 1, 1 << 16),
    (1 << 31, 2),
    (3, 1 << 31),
    ((1 << 32) + 1, 1),
    (1, (1 << 32) + 24),
    (0x1_0000_0019 / 5, 5),
    (1, (1 << 36) + 24),
];

/// A size above `PY_SSIZE_T_MAX` is refused.
pub fn malloc_above_ssize_max(h: &mut Harness) -> Outcome {
    for size in ABOVE {
        let block = h.try_malloc(size)?;
        h.refuses(block, "the size is above PY_SSIZE_T_MAX")?;
    }
    Ok(())
}

/// A product above `PY_SSIZE_T_MAX` is refused, whether or not it wraps.
pub fn calloc_product_above_ssize_max(h: &mut Harness) -> Outcome {
    for (nelem, elsize) in PRODUCTS {
        let block = h.try_calloc(nelem, elsize)?;
        h.refuses(block, "the product is above PY_SSIZE_T_MAX")?;
    }
    Ok(())
}

/// Resizing beyond `PY_SSIZE_T_MAX` is refused, and the block is as before.
pub fn realloc_above_ssize_max(h: &mut Harness) -> Outcome {
    for size in ABOVE {
        refuses_to_resize(h, size, "the size is above PY_SSIZE_T_MAX")?;
        let block = h.try_realloc_null(size)?;
        h.refuses(block, "the size is above PY_SSIZE_T_MAX")?;
    }
    Ok(())
}

/// What no address space holds is refused.
pub fn malloc_unsatisfiable(h: &mut Harness) -> Outcome {
    for size in UNSATISFIABLE {
        let block = h.try_malloc(size)?;
        h.refuses(block, "no address space holds this")?;
    }
    Ok(())
}

/// The same for calloc.
pub fn calloc_unsatisfiable(h: &mut Harness) -> Outcome {
    for size in UNSATISFIABLE {
        for (nelem, elsize) in [(1, size), (size, 1), (size / 2, 2)] {
            let block = h.try_calloc(nelem, elsize)?;
            h.refuses(block, "no address space holds this")?;
        }
    }
    Ok(())
}

/// The same for realloc; the block is as before.
pub fn realloc_unsatisfiable(h: &mut Harness) -> Outcome {
    UNSATISFIABLE.into_iter().try_for_each(|size| refuses_to_resize(h, size, "no address space holds this"))
}

/// A size is never cut to 31 or 32 bits: the request is refused, or the last
/// byte is there.
pub fn malloc_truncation(h: &mut Harness) -> Outcome {
    h.warm_up_and_limit()?;
    for size in WRAPPING {
        let block = h.try_malloc(size)?;
        reaches_its_end(h, block)?;
    }
    Ok(())
}

/// The same for the product of calloc, whose ends are zero besides.
pub fn calloc_truncation(h: &mut Harness) -> Outcome {
    h.warm_up_and_limit()?;
    for (nelem, elsize) in WRAPPING_PRODUCTS {
        let Some(block) = h.try_calloc(nelem, elsize)? else { continue };
        let bytes = block.bytes();
        if (bytes[0], bytes[bytes.len() - 1]) != (0, 0) {
            return Err(Stop::fail("the first and the last byte are zero", "one of them is not"));
        }
        reaches_its_end(h, Some(block))?;
    }
    Ok(())
}

/// The same for realloc, which also keeps the contents.
pub fn realloc_truncation(h: &mut Harness) -> Outcome {
    h.warm_up_and_limit()?;
    for (size, old) in WRAPPING.into_iter().flat_map(|size| [(size, 100), (size, 140_000)]) {
        let mut block = h.malloc(old)?;
        block.fill();
        let grew = h.try_realloc(&mut block, size)?;
        intact(&block)?;
        if grew {
            reaches_its_end(h, Some(block))?;
        } else {
            h.free(block)?;
        }
    }
    Ok(())
}

/// The library's own `calloc` refuses a product that wraps. CPython never asks
/// for one, so no adapter stands before it here.
pub fn calloc_library(h: &mut Harness) -> Outcome {
    for (nelem, elsize) in PRODUCTS.into_iter().filter(|(nelem, elsize)| nelem.checked_mul(*elsize).is_none()) {
        let block = h.try_library_calloc(nelem, elsize)?;
        h.refuses(block, "the product is above SIZE_MAX")?;
    }
    Ok(())
}

/// A refusal sets no exception.
pub fn no_exception(h: &mut Harness) -> Outcome {
    for size in [SSIZE_MAX, SSIZE_MAX + 1] {
        let block = h.try_malloc(size)?;
        h.refuses(block, "it cannot be served")?;
        no_error(h)?;
        let block = h.try_calloc(size, 1)?;
        h.refuses(block, "it cannot be served")?;
        no_error(h)?;
        refuses_to_resize(h, size, "it cannot be served")?;
        no_error(h)?;
    }
    Ok(())
}

fn no_error(h: &Harness) -> Outcome {
    match h.error_is_set() {
        None => Err(Stop::Skip("the target does not export PyErr_Occurred".into())),
        Some(false) => Ok(()),
        Some(true) => Err(Stop::fail("no Python exception is set", "PyErr_Occurred() is not NULL")),
    }
}

fn refuses_to_resize(h: &mut Harness, size: usize, why: &str) -> Outcome {
    for old in [1, 100, 600, 5000, 20_000, 140_000] {
        let mut block = h.malloc(old)?;
        block.fill();
        if h.try_realloc(&mut block, size)? {
            return Err(Stop::fail(format!("NULL: {why}"), format!("the block {}", block.name)));
        }
        intact(&block)?;
        h.free(block)?;
    }
    Ok(())
}

/// Only the first and the last byte are touched: the block may be larger than
/// the machine's memory.
fn reaches_its_end(h: &mut Harness, block: Option<Block>) -> Outcome {
    let Some(mut block) = block else { return Ok(()) };
    let end = block.size - 1;
    block.note_written();
    let bytes = block.bytes_mut();
    (bytes[0], bytes[end]) = (0x5a, 0xa5);
    // A block that is too short shares its end with what comes next.
    let mut next = h.malloc(64)?;
    next.fill();
    let bytes = block.bytes();
    if (bytes[0], bytes[end]) != (0x5a, 0xa5) {
        return Err(Stop::fail("the first and the last byte keep what was written", "one of them changed"));
    }
    intact(&next)?;
    h.free(next)?;
    h.free(block)
}
