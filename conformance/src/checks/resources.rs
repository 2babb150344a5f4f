//! Freed memory becomes usable again.
//!
//! Judged by resident memory: a request is made and given back over and over.
//! Where memory grows as if nothing had been given back, the same goes on until
//! the growth stops, as that of a quarantine does, or has reached
//! [`HELD_BACK`].

use crate::harness::{Harness, Outcome, Stop};

/// Freed memory that may be held back, in bytes.
const HELD_BACK: u64 = 512 << 20;
/// Bytes given back before memory is looked at.
const WINDOW: usize = 1 << 20;
/// Growth in one window that is no growth.
const NOISE: u64 = WINDOW as u64 / 4;
/// Bytes in a page.
const PAGE: usize = 4096;

/// Small blocks.
pub fn small(h: &mut Harness) -> Outcome {
    let (first, step) = if h.wide() { (16, 16) } else { (64, 384) };
    let sizes = (first..=512).step_by(step).chain([600, 3000]);
    over(h, sizes, |h, size| {
        let block = h.malloc(size)?;
        touch(block.pointer(), size);
        h.free(block)
    })
}

/// Large blocks.
pub fn large(h: &mut Harness) -> Outcome {
    let sizes: &[usize] = if h.wide() { &[5000, 20_000, 66_000, 140_000, 300_000, 1 << 20] } else { &[140_000] };
    over(h, sizes.iter().copied(), |h, size| {
        let block = h.malloc(size)?;
        touch(block.pointer(), size);
        h.free(block)
    })
}

/// What a resize leaves behind.
pub fn realloc(h: &mut Harness) -> Outcome {
    let sizes: &[usize] = if h.wide() { &[16, 48, 100, 200, 400, 500, 2000, 10_000, 70_000] } else { &[100, 10_000] };
    over(h, sizes.iter().copied(), |h, size| {
        let mut block = h.malloc(size)?;
        touch(block.pointer(), size);
        // The neighbour makes the block move.
        let neighbour = h.malloc(size)?;
        h.realloc(&mut block, size * 3)?;
        touch(block.pointer(), size * 3);
        h.realloc(&mut block, size)?;
        h.free(neighbour)?;
        h.free(block)
    })
}

/// Zeroed blocks.
pub fn calloc(h: &mut Harness) -> Outcome {
    let sizes: &[usize] = if h.wide() { &[16, 64, 200, 500, 1000, 20_000, 140_000] } else { &[200, 140_000] };
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
    until_growth_stops(h, PAGE, |h| {
        let (one, two) = (h.try_malloc(IMPOSSIBLE)?, h.try_calloc(1, IMPOSSIBLE)?);
        if one.is_some() || two.is_some() || h.try_realloc(&mut block, IMPOSSIBLE)? {
            return Err(Stop::Skip("an impossible request was served".into()));
        }
        Ok(())
    })?;
    h.free(block)
}

fn over(
    h: &mut Harness,
    sizes: impl Iterator<Item = usize> + Clone,
    mut round: impl FnMut(&mut Harness, usize) -> Outcome,
) -> Outcome {
    let count = sizes.clone().count();
    for (done, size) in sizes.enumerate() {
        h.step(done * 16, count * 16)?;
        until_growth_stops(h, size, |h| round(h, size))?;
    }
    Ok(())
}

/// Repeats a round that gives `size` bytes back until memory no longer grows.
fn until_growth_stops(h: &mut Harness, size: usize, mut round: impl FnMut(&mut Harness) -> Outcome) -> Outcome {
    let rounds = WINDOW.div_ceil(size).max(8);
    let window = (rounds * size) as u64;
    let enough = NOISE.max(window / 4);
    // What the first requests need is not held back.
    (0..8).try_for_each(|_| round(h))?;
    let start = h.resident();
    let mut before = start;
    for windows in 1.. {
        for _ in 0..rounds {
            round(h)?;
        }
        let now = h.resident();
        if now.saturating_sub(before) < enough {
            return Ok(());
        }
        if now.saturating_sub(start) > HELD_BACK {
            return Err(Stop::fail(
                format!("freed memory is usable again before {} MiB of it are held back", HELD_BACK >> 20),
                format!(
                    "after {} MiB were freed in blocks of {size} bytes, resident memory had grown by {} MiB",
                    (windows * window) >> 20,
                    (now - start) >> 20
                ),
            ));
        }
        h.step(windows as usize * 16, (HELD_BACK / window) as usize * 16)?;
        before = now;
    }
    Ok(())
}

/// Makes every page of a block resident.
fn touch(block: *mut u8, size: usize) {
    for offset in (0..size).step_by(PAGE) {
        // SAFETY: the offset is within the block.
        unsafe { block.add(offset).write_volatile(1) };
    }
}
