//! Resized blocks.

use crate::harness::expect::{all_intact, intact, usable, zeroed};
use crate::harness::{Block, Harness, Outcome, Stop, boundary_pairs, boundary_sizes, large_sizes};

/// Resizing NULL asks for a new block.
pub fn null(h: &mut Harness) -> Outcome {
    h.sweep(h.small_sizes().chain([4095, 4096, 4097, 70_000, 200_000]), |h, size| {
        let mut blocks = [h.realloc_null(size)?, h.malloc(size)?, h.realloc_null(size)?];
        blocks.iter_mut().for_each(Block::fill);
        all_intact(&blocks)?;
        h.free_all(blocks)
    })
}

/// A block that grows keeps all its contents.
pub fn grows(h: &mut Harness) -> Outcome {
    let by_little = h.small_sizes().flat_map(|size| [1, 8, 17, 64].map(|more| (size, size + more)));
    let large = [(66_000, 130_000), (70_001, 400_000), (100_001, 150_000), (131_071, 131_073), (300_000, 1 << 20)];
    let across = boundary_pairs().filter(|(from, to)| from < to);
    h.sweep(by_little.chain(across).chain(large), resizes)
}

/// A block that shrinks keeps the contents of what is left.
pub fn shrinks(h: &mut Harness) -> Outcome {
    let by_little = h
        .small_sizes()
        .flat_map(|size| [1, 8, 17, size / 4, size / 2, size].map(|less| (size, size.saturating_sub(less))));
    let across = boundary_pairs().filter(|(from, to)| from > to);
    h.sweep(by_little.chain(across), resizes)
}

/// Resizing to the same size changes nothing.
pub fn same_size(h: &mut Harness) -> Outcome {
    let sizes = h.small_sizes().chain(boundary_sizes()).chain([130_000, 300_000]);
    h.sweep(sizes.map(|size| (size, size)), resizes)
}

/// The contents come along when the block has to move.
pub fn moves(h: &mut Harness) -> Outcome {
    h.sweep(boundary_sizes(), |h, size| {
        for times in [2, 3, 9] {
            let mut block = h.malloc(size)?;
            block.fill();
            // Neighbours on both sides leave it no room to grow in place.
            let mut walls = (0..6).map(|_| h.malloc(size)).collect::<Result<Vec<_>, _>>()?;
            walls.iter_mut().for_each(Block::fill);
            h.realloc(&mut block, size * times)?;
            intact(&block)?;
            usable(&mut block)?;
            all_intact(&walls)?;
            h.realloc(&mut block, size)?;
            intact(&block)?;
            all_intact(&walls)?;
            h.free_all(walls)?;
            h.free(block)?;
        }
        Ok(())
    })
}

/// A block that is resized again and again keeps its contents each time, up,
/// down and across every boundary.
pub fn chain(h: &mut Harness) -> Outcome {
    const UP: [usize; 14] = [1, 8, 15, 16, 17, 100, 511, 512, 513, 1000, 4096, 40_000, 140_000, 1_100_000];
    let up_and_down = UP.into_iter().chain(UP.into_iter().rev().skip(1));
    let mut block = h.malloc(1)?;
    block.fill();
    let by_one = h.small_sizes().skip(1).chain((1..1100).rev());
    let back_and_forth = (0..2000).map(|round| 1 + (round * 37) % 700);
    h.sweep(up_and_down.chain(by_one).chain(back_and_forth), |h, size| resize_checked(h, &mut block, size))?;
    h.free(block)
}

/// Large blocks are resized like small ones, up to 64 MiB.
pub fn large(h: &mut Harness) -> Outcome {
    let mut served_one = false;
    let Some(mut block) = h.try_malloc(300_000)? else { return Err(Stop::OutOfMemory) };
    block.fill();
    let sizes: Vec<usize> = large_sizes(h.wide()).collect();
    let down = sizes.iter().rev().step_by(3);
    h.sweep(sizes.iter().chain(down), |h, size| {
        let resized = h.try_realloc(&mut block, *size)?;
        intact(&block)?;
        block.fill();
        served_one |= resized;
        Ok(())
    })?;
    for (large, small) in [(140_000, 512), (300_000, 16), (1_100_000, 100), (200_000, 5000), (70_000, 1)] {
        resize_checked(h, &mut block, large)?;
        resize_checked(h, &mut block, small)?;
    }
    // What a shrink in place gave up, a growth in place takes again.
    for (large, small) in [(200_000, 100_000), (1_000_000, 300_000), (70_000, 40_000), (3_000_000, 1_400_000)] {
        for size in [large, small, large - 10_000, small - 10_000, large] {
            if h.try_realloc(&mut block, size)? {
                intact(&block)?;
                block.fill();
            }
        }
    }
    h.free(block)?;
    if served_one { Ok(()) } else { Err(Stop::OutOfMemory) }
}

/// A refused resize leaves the block, its contents and its neighbours alone,
/// and the block can still be resized and freed.
pub fn failed_keeps(h: &mut Harness) -> Outcome {
    const IMPOSSIBLE: [usize; 4] = [isize::MAX as usize, isize::MAX as usize - 4096, 1 << 62, isize::MAX as usize + 1];
    let large: &[usize] = if h.wide() { &[140_000, 300_000, 2 << 20] } else { &[140_000] };
    h.sweep(boundary_sizes().chain(large.iter().copied()), |h, size| {
        let mut blocks = (0..3).map(|_| h.malloc(size)).collect::<Result<Vec<_>, _>>()?;
        blocks.iter_mut().for_each(Block::fill);
        for impossible in IMPOSSIBLE {
            if h.try_realloc(&mut blocks[1], impossible)? {
                return Err(Stop::fail("NULL: no address space holds this", "a block"));
            }
            all_intact(&blocks)?;
        }
        // Were it freed, its memory would now be handed out again.
        let mut next = (0..3).map(|_| h.malloc(size)).collect::<Result<Vec<_>, _>>()?;
        next.iter_mut().for_each(Block::fill);
        all_intact(&blocks)?;
        resize_checked(h, &mut blocks[1], size + 50)?;
        all_intact(&next)?;
        h.free_all(blocks)?;
        h.free_all(next)
    })
}

/// Blocks from calloc and from resizing NULL are resized like any other; their
/// zeroes stay.
pub fn of_calloc(h: &mut Harness) -> Outcome {
    h.sweep(boundary_pairs(), |h, (from, to)| {
        let mut block = h.calloc(1, from)?;
        h.realloc(&mut block, to)?;
        let kept = Block::new(block.name, block.domain, block.address, from.min(to));
        zeroed(&kept)?;
        usable(&mut block)?;
        h.free(block)
    })
}

/// Resizing a block touches no other.
pub fn neighbours(h: &mut Harness) -> Outcome {
    for size in [1, 8, 16, 24, 40, 64, 100, 250, 500, 512, 600, 1500, 5000] {
        let mut blocks = (0..12).map(|_| h.malloc(size)).collect::<Result<Vec<_>, _>>()?;
        blocks.iter_mut().for_each(Block::fill);
        for (index, to) in [size + 1, size * 2, size / 2, size + 8, 1, size * 5, 0, size].into_iter().enumerate() {
            resize_checked(h, &mut blocks[index + 2], to)?;
            all_intact(&blocks)?;
        }
        h.free_all(blocks)?;
    }
    Ok(())
}

/// Every byte of the new size can be used.
pub fn usable_whole(h: &mut Harness) -> Outcome {
    let mut block = h.malloc(0)?;
    let mut guard = h.malloc(0)?;
    h.sweep(h.small_sizes(), |h, size| {
        h.realloc(&mut block, size)?;
        h.realloc(&mut guard, size)?;
        block.fill();
        guard.fill();
        all_intact([&block, &guard])
    })?;
    h.free_all([block, guard])?;
    h.sweep(h.small_sizes().step_by(7).chain([5000, 66_000, 140_000, 300_000]), |h, size| {
        let mut blocks = [h.malloc(1)?, h.malloc(1500)?, h.malloc(size)?];
        for block in &mut blocks {
            h.realloc(block, size)?;
        }
        blocks.iter_mut().for_each(Block::fill);
        all_intact(&blocks)?;
        h.free_all(blocks)
    })
}

/// Resizes a fresh block from the first size to the second, with a neighbour
/// that must not notice.
fn resizes(h: &mut Harness, (from, to): (usize, usize)) -> Outcome {
    let mut block = h.malloc(from)?;
    block.fill();
    let mut neighbour = h.malloc(from)?;
    neighbour.fill();
    h.realloc(&mut block, to)?;
    intact(&block)?;
    intact(&neighbour)?;
    h.free_all([block, neighbour])
}

/// Resizes, verifies what was kept, and gives the whole block its pattern.
fn resize_checked(h: &mut Harness, block: &mut Block, size: usize) -> Outcome {
    h.realloc(block, size)?;
    intact(block)?;
    block.fill();
    Ok(())
}
