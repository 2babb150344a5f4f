//! Fresh blocks: `malloc` and `calloc`.

use crate::harness::expect::{all_intact, intact, intact_at_ends, usable, usable_at_ends, zeroed, zeroed_at_ends};
use crate::harness::{
    Block, Harness, Outcome, Stop, class_sizes, is_touched_whole, large_sizes, page_sizes, power_sizes,
};

/// Live neighbours of each size: a block that is too short shows in the next.
const EACH: usize = 4;

/// Every byte of a block can be written and read, for every small size.
pub fn malloc_usable(h: &mut Harness) -> Outcome {
    h.sweep(h.small_sizes().chain(class_sizes(h.wide())).chain(power_sizes()), neighbours_keep_apart)?;
    let mut all = h.small_sizes().map(|size| h.malloc(size)).collect::<Result<Vec<_>, _>>()?;
    all.iter_mut().for_each(Block::fill);
    all_intact(&all)
}

/// The same around multiples of a page, where the byte after one is easily
/// forgotten.
pub fn malloc_page_multiples(h: &mut Harness) -> Outcome {
    h.sweep(page_sizes(h.wide()), |h, size| {
        let [mut first, mut second] = [h.malloc(size)?, h.malloc(size)?];
        first.fill();
        second.fill();
        all_intact([&first, &second])?;
        // What takes the place of one must not reach into the other.
        h.free(first)?;
        let mut third = h.malloc(size)?;
        third.fill();
        all_intact([&second, &third])?;
        h.free_all([second, third])
    })
}

/// The same for large blocks, up to 64 MiB.
pub fn malloc_large(h: &mut Harness) -> Outcome {
    over_large_sizes(h, |h, size| {
        let Some(block) = h.try_malloc(size)? else { return Ok(false) };
        let beside = h.try_malloc(size)?;
        keep_apart(h, block, beside)?;
        Ok(true)
    })
}

/// Small requests are not refused while memory is free.
pub fn malloc_serves(h: &mut Harness) -> Outcome {
    h.sweep(h.small_sizes().take_while(|size| *size <= 1024), |h, size| {
        let block = h.malloc(size)?;
        h.free(block)?;
        let block = h.calloc(1, size)?;
        h.free(block)?;
        let mut block = h.realloc_null(size)?;
        h.realloc(&mut block, 1024 - size)?;
        h.free(block)
    })
}

/// Every byte of a zeroed block is zero, for every small size and around pages.
pub fn calloc_zeroed(h: &mut Harness) -> Outcome {
    let sizes = h.small_sizes().chain(power_sizes()).chain(page_sizes(h.wide()));
    h.sweep(sizes.enumerate(), |h, (done, size)| {
        let block = if done % 2 == 0 { h.calloc(1, size)? } else { h.calloc(size, 1)? };
        zeroed(&block)?;
        h.free(block)
    })
}

/// The same in memory that was used before.
pub fn calloc_zeroed_reused(h: &mut Harness) -> Outcome {
    // What a block loses, or gets, by a resize is used memory too. First, before an allocator keeps as much as it
    // wants to.
    h.sweep([(1 << 20, 270_000, 270_000), (100_000, 900_000, 800_000)], |h, (first, then, zeroes)| {
        let mut dirty = h.malloc(first)?;
        dirty.fill();
        h.realloc(&mut dirty, then)?;
        dirty.fill();
        h.free(dirty)?;
        let block = h.calloc(1, zeroes)?;
        zeroed(&block)?;
        h.free(block)
    })?;
    let sizes = h.small_sizes().step_by(3).chain([
        1500, 2000, 3000, 4096, 6000, 10_000, 14_000, 20_000, 28_000, 33_000, 41_000, 50_000, 58_000, 66_000, 80_000,
        100_000, 131_072, 140_000, 200_000, 300_000,
    ]);
    h.sweep(sizes, |h, size| {
        let mut dirty = (0..EACH).map(|_| h.malloc(size)).collect::<Result<Vec<_>, _>>()?;
        dirty.iter_mut().for_each(Block::fill);
        // Some of the memory comes back by a resize that moves a block.
        dirty.iter_mut().step_by(2).try_for_each(|block| h.realloc(block, 2 * size + 100))?;
        h.free_all(dirty)?;
        let blocks = [h.calloc(1, size)?, h.calloc(size, 1)?, h.calloc(size.div_ceil(8), 8)?, h.calloc(2, size)?];
        blocks.iter().try_for_each(zeroed)?;
        h.free_all(blocks)
    })
}

/// The block has room for the product of both factors, all of it zero.
pub fn calloc_product(h: &mut Harness) -> Outcome {
    let factors = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 255, 257];
    let pairs = factors.into_iter().flat_map(|nelem| factors.map(|elsize| (nelem, elsize)));
    h.sweep(pairs, |h, (nelem, elsize)| {
        let mut blocks = [h.calloc(nelem, elsize)?, h.calloc(elsize, nelem)?];
        blocks.iter().try_for_each(zeroed)?;
        blocks.iter_mut().for_each(Block::fill);
        all_intact(&blocks)?;
        h.free_all(blocks)
    })?;
    for (nelem, elsize) in [(3, 1000), (7, 5000), (100, 3000), (2, 70_000), (40_000, 3), (70_000, 2)] {
        let mut dirty = h.malloc(nelem * elsize)?;
        dirty.fill();
        h.free(dirty)?;
        // A block that is too short shows in the next.
        let mut blocks = [h.calloc(nelem, elsize)?, h.calloc(nelem, elsize)?];
        blocks.iter().try_for_each(zeroed)?;
        blocks.iter_mut().for_each(Block::fill);
        all_intact(&blocks)?;
        blocks.iter_mut().rev().for_each(Block::fill);
        all_intact(&blocks)?;
        h.free_all(blocks)?;
    }
    Ok(())
}

/// Large zeroed blocks, up to 64 MiB, fresh and recycled.
pub fn calloc_large(h: &mut Harness) -> Outcome {
    over_large_sizes(h, |h, size| {
        if size < 1 << 20
            && let Some(mut dirty) = h.try_malloc(size)?
        {
            dirty.fill();
            h.free(dirty)?;
        }
        let Some(block) = h.try_calloc(1, size)? else { return Ok(false) };
        if is_touched_whole(size) {
            zeroed(&block)?
        } else {
            zeroed_at_ends(&block)?
        }
        let beside = h.try_calloc(1, size)?;
        beside.as_ref().map_or(Ok(()), zeroed_at_ends)?;
        keep_apart(h, block, beside)?;
        Ok(true)
    })
}

/// Writes to a large block, and then to the ends of another one, if there was room
/// for it. They often lie side by side: if one is too short, whichever it is, the
/// end of one and the beginning of the other are the same bytes.
fn keep_apart(h: &mut Harness, mut block: Block, beside: Option<Block>) -> Outcome {
    let whole = is_touched_whole(block.size);
    if whole {
        usable(&mut block)?
    } else {
        usable_at_ends(&mut block)?
    }
    if let Some(mut beside) = beside {
        usable_at_ends(&mut beside)?;
        if whole {
            intact(&block)?
        } else {
            intact_at_ends(&block)?
        }
        h.free(beside)?;
    }
    h.free(block)
}

/// Runs over large sizes, passing over those that are refused, legally.
fn over_large_sizes(h: &mut Harness, mut run: impl FnMut(&mut Harness, usize) -> Result<bool, Stop>) -> Outcome {
    let mut served = false;
    h.sweep(large_sizes(h.wide()), |h, size| {
        served |= run(h, size)?;
        // Few blocks of this size fit into what a check may use: what was freed must be free.
        h.pause();
        Ok(())
    })?;
    if served { Ok(()) } else { Err(Stop::OutOfMemory) }
}

fn neighbours_keep_apart(h: &mut Harness, size: usize) -> Outcome {
    let each = if size <= 16 << 10 { EACH } else { 2 };
    let mut blocks = Vec::with_capacity(each);
    // Each is written before the next is asked for: what the allocator writes
    // beside a new block must not hit the one before.
    for _ in 0..each {
        let mut block = h.malloc(size)?;
        block.fill();
        blocks.push(block);
    }
    all_intact(&blocks)?;
    // And once more in the other order: the one that reaches too far must not
    // be the one that is written last.
    blocks.iter_mut().rev().for_each(Block::fill);
    all_intact(&blocks)?;
    h.free_all(blocks)
}
