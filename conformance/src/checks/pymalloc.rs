//! What pymalloc serves itself, and what it hands on to the raw domain.

use pymem_spec::Domain;

use crate::harness::expect::{expect, intact};
use crate::harness::hook::{Arrival, Hook};
use crate::harness::{Block, Harness, Outcome, Stop};
use crate::journal::Function;

/// The largest block that comes from an arena.
const LARGEST: usize = 512;

/// Raw is not asked for small blocks, and is for the first large ones.
pub fn small(h: &mut Harness) -> Outcome {
    over_raw(h, |h, raw, limit| {
        let large = first_large(limit);
        let small: Vec<usize> = h.small_sizes().filter(|size| (1..limit).contains(size)).collect();
        for size in small.into_iter().chain([limit, large, 1000]) {
            for way in WAYS {
                raw.arrivals();
                let block = way(h, size)?;
                // What pymalloc keeps about its arenas may be asked for as well, in sizes of its own.
                let (found, expected) = (asked(raw, size, limit), size >= large);
                let word = |asked| if asked { "asked" } else { "not asked" };
                expect(found == expected, || {
                    (format!("raw is {} for {size} bytes", word(expected)), format!("it is {}", word(found)))
                })?;
                h.free(block)?;
            }
        }
        Ok(())
    })
}

/// Each function hands a large block on to the function of raw that bears its name.
pub fn large(h: &mut Harness) -> Outcome {
    over_raw(h, |h, raw, limit| {
        let mut block = h.malloc(513)?;
        one(raw, limit, Function::Malloc, 0, (513, 0))?;
        let inner = base(&block, limit);
        h.realloc(&mut block, 600)?;
        one(raw, limit, Function::Realloc, inner, (600, 0))?;
        let inner = base(&block, limit);
        h.free(block)?;
        one(raw, limit, Function::Free, inner, (0, 0))?;
        // Under debug hooks a calloc is one of a single element.
        let block = h.calloc(3, 200)?;
        one(raw, limit, Function::Calloc, 0, if limit == LARGEST { (3, 200) } else { (1, 600) })?;
        let inner = base(&block, limit);
        h.free(block)?;
        one(raw, limit, Function::Free, inner, (0, 0))
    })
}

/// A request for no bytes is handed on as it is.
pub fn zero_size(h: &mut Harness) -> Outcome {
    over_raw(h, |h, raw, limit| {
        let block = h.malloc(0)?;
        one(raw, limit, Function::Malloc, 0, (0, 0))?;
        h.free(block)?;
        for factors in [(0, 5), (5, 0), (0, 0)] {
            raw.arrivals();
            let block = h.calloc(factors.0, factors.1)?;
            one(raw, limit, Function::Calloc, 0, factors)?;
            h.free(block)?;
        }
        Ok(())
    })
}

/// A small block that grows large moves to raw, and a large one that becomes small stays there.
pub fn realloc_across(h: &mut Harness) -> Outcome {
    over_raw(h, |h, raw, limit| {
        let mut block = h.malloc(400)?;
        block.fill();
        raw.arrivals();
        h.realloc(&mut block, 600)?;
        one(raw, limit, Function::Malloc, 0, (600, 0))?;
        intact(&block)?;
        let inner = base(&block, limit);
        h.realloc(&mut block, 100)?;
        one(raw, limit, Function::Realloc, inner, (100, 0))?;
        intact(&block)?;
        h.free(block)
    })
}

/// A large block that is resized to no bytes is one of raw still.
pub fn realloc_to_zero(h: &mut Harness) -> Outcome {
    over_raw(h, |h, raw, limit| {
        let mut block = h.malloc(600)?;
        raw.arrivals();
        let base = block.address;
        h.realloc(&mut block, 0)?;
        one(raw, limit, Function::Realloc, base, (h.param("large-resized-to-zero") as usize, 0))?;
        h.free(block)
    })
}

/// A block keeps its place while more than three quarters of its class are in use.
pub fn shrink(h: &mut Harness) -> Outcome {
    served(h)?;
    for class in [LARGEST, 256, 64] {
        for size in [class - 1, class / 4 * 3 + 1, class / 4 * 3, class / 2] {
            let mut block = h.malloc(class)?;
            // Where the block goes, if it goes, is not where it is.
            let address = block.address;
            h.realloc(&mut block, size)?;
            let (stays, expected) = (block.address == address, size > class / 4 * 3);
            let word = |stays| if stays { "stays" } else { "moves" };
            expect(stays == expected, || {
                (
                    format!("a block of {class} bytes that shrinks to {size} {}", word(expected)),
                    format!("it {}", word(stays)),
                )
            })?;
            h.free(block)?;
        }
    }
    Ok(())
}

/// A block keeps its place while it grows within its class.
pub fn grow(h: &mut Harness) -> Outcome {
    served(h)?;
    let step = h.param("size-class-step") as usize;
    // Each is more than three quarters of its class.
    for start in [97, 257, 481] {
        let mut block = h.malloc(start)?;
        let address = block.address;
        let mut last = start;
        while last < LARGEST {
            h.realloc(&mut block, last + 1)?;
            if block.address != address {
                break;
            }
            last += 1;
        }
        let end = start.next_multiple_of(step);
        expect(last >= end, || {
            (format!("a block of {start} bytes stays where it is up to {end}"), format!("it moves beyond {last}"))
        })?;
        if start == 97 {
            h.note_trait("size-class-step", (last - (start - 1)) as u64);
        }
        h.free(block)?;
    }
    Ok(())
}

/// Each live block of mem and obj counts one for `sys.getallocatedblocks`, and none of raw.
pub fn count(h: &mut Harness) -> Outcome {
    const BLOCKS: i64 = 3000;
    // What running the question itself leaves behind.
    const SLACK: i64 = 50;
    if h.param("blocks-counted") == 0 {
        return count_none(h);
    }
    let counted = |h: &mut Harness, size: usize| {
        let before = allocated_blocks(h)?;
        let blocks = (0..BLOCKS).map(|_| h.malloc(size)).collect::<Result<Vec<Block>, _>>()?;
        let after = allocated_blocks(h)?;
        h.free_all(blocks)?;
        Ok(after - before)
    };
    for (domain, size, expected) in [(h.domain(), 100, BLOCKS), (h.domain(), 2000, BLOCKS), (Domain::Raw, 100, 0)] {
        let found = h.in_domain(domain, |h| counted(h, size))?;
        expect((found - expected).abs() <= SLACK, || {
            (format!("{expected} blocks more for {BLOCKS} of {size} bytes in {domain}"), format!("{found} more"))
        })?;
    }
    Ok(())
}

/// Without pymalloc and mimalloc the count is 0.
pub fn count_none(h: &mut Harness) -> Outcome {
    let block = h.malloc(100)?;
    let found = allocated_blocks(h)?;
    expect(found == 0, || ("0 blocks".into(), format!("{found}")))?;
    h.free(block)
}

fn allocated_blocks(h: &mut Harness) -> Result<i64, Stop> {
    h.python_value("sys.getallocatedblocks()")
}

/// With a hook over raw, and the largest size that arenas serve.
fn over_raw(h: &mut Harness, body: impl FnOnce(&mut Harness, &Hook, usize) -> Outcome) -> Outcome {
    let limit = served(h)?;
    let raw = h.hook(Domain::Raw)?;
    body(h, raw, limit)?;
    h.unhook(raw)
}

fn served(h: &Harness) -> Result<usize, Stop> {
    match h.param("arena-limit") as usize {
        0 => Err(Stop::Skip(format!("pymalloc does not serve {} here", h.domain()))),
        limit => Ok(limit),
    }
}

/// A way to ask for a block of a size.
type Way = fn(&mut Harness, usize) -> Result<Block, Stop>;

/// A block of a size, by each function.
const WAYS: [Way; 4] = [
    |h, size| h.malloc(size),
    |h, size| h.calloc(1, size),
    |h, size| h.realloc_null(size),
    |h, size| {
        let mut block = h.malloc(1)?;
        h.realloc(&mut block, size)?;
        Ok(block)
    },
];

/// The first size that is surely served by raw, also where the debug hooks add no more than 24 bytes.
fn first_large(limit: usize) -> usize {
    if limit == LARGEST { limit + 1 } else { LARGEST - 23 }
}

/// Whether so many bytes were asked for, by any function.
fn asked(raw: &Hook, size: usize, limit: usize) -> bool {
    let is_asked = |a: &Arrival| match a.function {
        Function::Malloc | Function::Realloc => is_size(a.size, size, limit),
        Function::Calloc => is_size(a.size * a.elsize, size, limit),
        Function::Free => false,
    };
    raw.arrivals().iter().any(is_asked)
}

/// Whether this is what arrives where `size` bytes are asked for. The debug hooks add 24 to 32.
fn is_size(arrived: usize, size: usize, limit: usize) -> bool {
    if limit == LARGEST { arrived == size } else { (size + 24..=size + 32).contains(&arrived) }
}

/// The address that raw knows a large block by: the debug hooks keep 16 bytes before it.
fn base(block: &Block, limit: usize) -> usize {
    block.address - if limit == LARGEST { 0 } else { 16 }
}

/// Exactly one call has arrived: of this function, with these arguments.
fn one(raw: &Hook, limit: usize, function: Function, block: usize, (size, elsize): (usize, usize)) -> Outcome {
    let arrivals = raw.arrivals();
    let is_it = |a: &Arrival| {
        let arguments = match function {
            Function::Free => true,
            Function::Calloc if elsize > 1 => a.size == size && is_size(a.elsize, elsize, limit),
            _ => is_size(a.size, size, limit) && a.elsize == elsize,
        };
        a.function == function && a.block == block && arguments
    };
    let word = |function: Function, size, elsize| match function {
        Function::Calloc => format!("calloc({size}, {elsize})"),
        Function::Free => "free of the block".to_owned(),
        other => format!("{}({size})", other.as_str()),
    };
    let found: Vec<String> = arrivals.iter().map(|a| word(a.function, a.size, a.elsize)).collect();
    expect(matches!(&arrivals[..], [arrival] if is_it(arrival)), || {
        (format!("one call of raw: {}", word(function, size, elsize)), format!("these: {}", found.join(", ")))
    })
}
