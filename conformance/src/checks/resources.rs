//! Freed memory becomes usable again.
//!
//! Judged by resident memory: a request is made and given back over and over.
//! Where memory grows as if nothing had been given back, the same goes on until
//! the growth stops, as that of a quarantine does, or goes beyond all bounds
//! ([`Growth`]).

use crate::PAGE;
use crate::harness::{Growth, Harness, Outcome, Stop};

/// Bytes given back before memory is looked at.
const WINDOW: usize = 1 << 20;

/// Small blocks.
pub fn small(h: &mut Harness) -> Outcome {
    let wide = [3000, 600].into_iter().chain((0..513).step_by(16).rev()).collect();
    let sizes: Vec<usize> = if h.wide() { wide } else { vec![600, 448, 64] };
    over(h, sizes.into_iter(), |h, size| {
        let block = h.malloc(size)?;
        touch(block.pointer(), size);
        h.free(block)
    })?;
    // Many at once, too: what is freed must not be lost for being much.
    let many = if h.wide() { 3000 } else { 600 };
    let mut blocks = Vec::with_capacity(many);
    until_growth_stops(h, many * 100, |h| {
        for _ in 0..many {
            let block = h.malloc(100)?;
            touch(block.pointer(), block.size);
            blocks.push(block);
        }
        h.free_all(blocks.drain(..))
    })
}

/// Large blocks.
pub fn large(h: &mut Harness) -> Outcome {
    let sizes: &[usize] =
        if h.wide() { &[4 << 20, 1 << 20, 300_000, 140_000, 66_000, 20_000, 5000] } else { &[140_000] };
    over(h, sizes.iter().copied(), |h, size| {
        let block = h.malloc(size)?;
        touch(block.pointer(), size);
        h.free(block)
    })
}

/// What a resize leaves behind.
pub fn realloc(h: &mut Harness) -> Outcome {
    let sizes: &[usize] = if h.wide() { &[70_000, 10_000, 2000, 500, 400, 200, 100, 48, 16] } else { &[10_000, 400] };
    over(h, sizes.iter().copied(), |h, size| {
        let mut block = h.malloc(size)?;
        touch(block.pointer(), size);
        // The neighbour makes the block move.
        let neighbour = h.malloc(size)?;
        h.realloc(&mut block, size * 3)?;
        touch(block.pointer(), size * 3);
        h.realloc(&mut block, size)?;
        h.free(neighbour)?;
        let mut emptied = h.malloc(size)?;
        touch(emptied.pointer(), size);
        h.realloc(&mut emptied, 0)?;
        h.free(emptied)?;
        h.free(block)
    })
}

/// Zeroed blocks.
pub fn calloc(h: &mut Harness) -> Outcome {
    let sizes: &[usize] = if h.wide() { &[140_000, 20_000, 1000, 500, 200, 64, 16, 0] } else { &[140_000, 200] };
    over(h, sizes.iter().copied(), |h, size| {
        let block = h.calloc(1, size)?;
        touch(block.pointer(), size);
        h.free(block)
    })
}

/// Refused requests leave nothing behind.
pub fn refusals(h: &mut Harness) -> Outcome {
    const IMPOSSIBLE: usize = isize::MAX as usize - 4096;
    let mut block = h.malloc(PAGE)?;
    block.fill();
    // Many in a round, so that little left behind by each adds up.
    let times = if h.wide() { 16 } else { 4 };
    until_growth_stops(h, PAGE, |h| {
        (0..times).try_for_each(|_| {
            let (one, two) = (h.try_malloc(IMPOSSIBLE)?, h.try_calloc(1, IMPOSSIBLE)?);
            if one.is_some() || two.is_some() || h.try_realloc(&mut block, IMPOSSIBLE)? {
                return Err(Stop::Skip("an impossible request was served".into()));
            }
            Ok(())
        })
    })?;
    h.free(block)
}

/// Goes over sizes, the largest first: what is wrong with all shows soonest there.
fn over(
    h: &mut Harness,
    sizes: impl Iterator<Item = usize>,
    mut round: impl FnMut(&mut Harness, usize) -> Outcome,
) -> Outcome {
    h.sweep(sizes, |h, size| until_growth_stops(h, size, |h| round(h, size)))
}

/// Repeats a round that gives `size` bytes back until memory no longer grows, in a program that lets go of the
/// interpreter now and then.
fn until_growth_stops(h: &mut Harness, size: usize, mut round: impl FnMut(&mut Harness) -> Outcome) -> Outcome {
    // A block of no bytes is like one of sixteen.
    let given_back = size.max(16);
    let (rounds, pause) = (WINDOW.div_ceil(given_back).max(8), WINDOW.div_ceil(16 * given_back));
    // An allocator that gives back what is empty would otherwise do so all the
    // time, which is slow and not what is looked for.
    let anchor = h.malloc(size)?;
    // What the first requests need is not held back, unless it is enormous.
    let mut growth = Growth::start()?;
    for _ in 0..8 {
        round(h)?;
        h.pause();
        growth.has_stopped()?;
    }
    let mut growth = Growth::start()?;
    loop {
        for done in 0..rounds {
            round(h)?;
            if done % pause == 0 {
                h.pause();
            }
        }
        if growth.has_stopped()? {
            break;
        }
    }
    h.free(anchor)
}

/// Makes every page of a block resident.
fn touch(block: *mut u8, size: usize) {
    for offset in (0..size).step_by(PAGE) {
        // SAFETY: the offset is within the block.
        unsafe { block.add(offset).write_volatile(1) };
    }
}
