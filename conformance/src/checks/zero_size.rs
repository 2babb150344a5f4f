//! Requests for zero bytes.

use crate::harness::expect::{distinct, intact, served, usable};
use crate::harness::{Block, Harness, Outcome, Stop};

/// Zero-size blocks held at once.
const MANY: usize = 64;
/// What other factor a zero may have.
const FACTORS: [usize; 6] = [0, 1, 7, 4096, isize::MAX as usize, usize::MAX];

/// A block is handed out, not NULL, also while others are held.
pub fn malloc_non_null(h: &mut Harness) -> Outcome {
    let blocks = (0..MANY).map(|_| h.try_malloc(0).and_then(served)).collect::<Result<Vec<_>, _>>()?;
    h.free_all(blocks)
}

/// Live zero-size blocks differ from each other and from every other block.
pub fn malloc_distinct(h: &mut Harness) -> Outcome {
    let mut blocks = Vec::new();
    let many = if h.wide() { 200 * MANY } else { 20 * MANY };
    for size in [0, 1, 0, 16, 0, 600, 0].into_iter().cycle().take(many) {
        blocks.push(h.malloc(size)?);
    }
    distinct(&blocks)?;
    // Addresses that were given back may come again, but not twice at once.
    for block in blocks.drain(10 * MANY..).collect::<Vec<_>>() {
        h.free(block)?;
        blocks.push(h.malloc(0)?);
    }
    distinct(&blocks)
}

/// The first byte can be written, and the writing damages no other block.
pub fn malloc_writable(h: &mut Harness) -> Outcome {
    let mut neighbours = Vec::new();
    let mut blocks = Vec::new();
    for _ in 0..MANY {
        let mut neighbour = h.malloc(8)?;
        neighbour.fill();
        neighbours.push(neighbour);
        blocks.push(as_one_byte(h.malloc(0)?));
    }
    blocks.iter_mut().try_for_each(usable)?;
    neighbours.iter().chain(&blocks).try_for_each(intact)
}

/// A block is handed out, not NULL, whichever factor is zero.
pub fn calloc_non_null(h: &mut Harness) -> Outcome {
    for (nelem, elsize) in [(0, 0), (0, 1), (1, 0), (0, 8), (8, 0), (0, 4096), (4096, 0)] {
        let block = served(h.try_calloc(nelem, elsize)?)?;
        h.free(block)?;
    }
    Ok(())
}

/// Live zero-size blocks differ from each other and from every other block.
pub fn calloc_distinct(h: &mut Harness) -> Outcome {
    let mut blocks = Vec::new();
    for (nelem, elsize) in [(0, 0), (0, 8), (8, 0), (1, 1)].into_iter().cycle().take(MANY) {
        blocks.push(h.calloc(nelem, elsize)?);
        blocks.push(h.malloc(0)?);
    }
    distinct(&blocks)
}

/// The first byte is zero, also in recycled memory.
pub fn calloc_zeroed(h: &mut Harness) -> Outcome {
    for _ in 0..4 {
        let mut dirty = (0..MANY).map(|_| h.malloc(1)).collect::<Result<Vec<_>, _>>()?;
        dirty.iter_mut().for_each(Block::fill);
        h.free_all(dirty)?;
        for nelem in [0, 1, 8].into_iter().cycle().take(MANY) {
            let block = as_one_byte(h.calloc(nelem, 0)?);
            crate::harness::expect::zeroed(&block)?;
        }
    }
    Ok(())
}

/// A zero makes the product zero, however large the other factor is.
pub fn calloc_huge_factor(h: &mut Harness) -> Outcome {
    for factor in FACTORS {
        for (nelem, elsize) in [(0, factor), (factor, 0)] {
            served(h.try_calloc(nelem, elsize)?)?;
        }
    }
    Ok(())
}

/// Resizing NULL to zero bytes asks for a zero-size block.
pub fn realloc_null(h: &mut Harness) -> Outcome {
    let mut blocks = Vec::new();
    for _ in 0..MANY {
        blocks.push(served(h.try_realloc_null(0)?)?);
        blocks.push(h.malloc(0)?);
    }
    distinct(&blocks)?;
    h.free_all(blocks)
}

/// Resizing a block to zero bytes keeps a block, which is still to be freed.
pub fn realloc_keeps_block(h: &mut Harness) -> Outcome {
    let mut kept = Vec::new();
    let sizes = [0, 1, 8, 24, 100, 512, 513, 4096, 100_000, 300_000];
    for (size, before) in sizes.into_iter().flat_map(|size| [(size, None), (size, Some(40))]) {
        let mut block = h.malloc(before.unwrap_or(size))?;
        if before.is_some() {
            h.realloc(&mut block, size)?;
        }
        if !h.try_realloc(&mut block, 0)? {
            return Err(Stop::fail("a block of zero bytes, not NULL", "NULL"));
        }
        kept.push(block);
    }
    // Were one of them freed all the same, its memory would be handed out again.
    for size in [0, 1, 8, 24, 100, 512, 513, 4096] {
        kept.push(h.malloc(size)?);
    }
    distinct(&kept)?;
    h.free_all(kept)
}

/// A zero-size block can grow like any other.
pub fn realloc_grows(h: &mut Harness) -> Outcome {
    for size in [1, 8, 16, 100, 512, 513, 5000, 0] {
        let mut block = h.malloc(0)?;
        let mut neighbours = (0..4).map(|_| h.malloc(1)).collect::<Result<Vec<_>, _>>()?;
        neighbours.iter_mut().for_each(Block::fill);
        h.realloc(&mut block, size)?;
        usable(&mut block)?;
        neighbours.iter().try_for_each(intact)?;
        neighbours.push(h.malloc(1)?);
        intact(&block)?;
        h.free_all(neighbours)?;
        h.realloc(&mut block, 0)?;
        h.realloc(&mut block, size)?;
        usable(&mut block)?;
        h.free(block)?;
        let mut null = h.realloc_null(0)?;
        h.realloc(&mut null, size)?;
        usable(&mut null)?;
        h.free(null)?;
    }
    Ok(())
}

/// Zero-size blocks are freed like any other, in any order.
pub fn free(h: &mut Harness) -> Outcome {
    for round in 0..8 {
        let mut blocks = Vec::new();
        for index in 0..MANY {
            let block = match index % 4 {
                0 => h.malloc(0)?,
                1 => h.calloc(0, 3)?,
                2 => h.realloc_null(0)?,
                _ => h.malloc(16)?,
            };
            blocks.push(block);
        }
        if round % 2 == 1 {
            blocks.reverse();
        }
        h.free_all(blocks)?;
        // Were one of them freed twice, its memory would be handed out twice.
        let mut next = (0..2 * MANY).map(|size| h.malloc(size % 32)).collect::<Result<Vec<_>, _>>()?;
        distinct(&next)?;
        next.iter_mut().for_each(Block::fill);
        next.iter().try_for_each(intact)?;
        h.free_all(next)?;
    }
    Ok(())
}

/// Without debug hooks a zero-size block is like one of one byte.
fn as_one_byte(block: Block) -> Block {
    Block::new(block.name, block.domain, block.address, 1)
}
