//! Alignment: one rule for every function, and a trait for what goes beyond.

use crate::harness::expect::aligned;
use crate::harness::{Harness, Outcome, boundary_pairs};
use crate::oracle::alignment::alignment_of;

/// Blocks held of each size: the first of a run is often better aligned than
/// the next.
const EACH: usize = 3;

/// Every block is aligned to the largest power of two not above its size, at
/// most 16.
pub fn malloc(h: &mut Harness) -> Outcome {
    let cap = h.param("alignment-cap") as usize;
    let mut least = usize::MAX;
    let sizes = h.small_sizes().chain([2048, 4096, 4097, 10_000, 65_536, 200_000, 300_001, 1 << 20, 3 << 20]);
    h.sweep(sizes, |h, size| {
        let mut blocks = Vec::with_capacity(EACH);
        for _ in 0..EACH {
            let block = h.malloc(size)?;
            aligned(&block, cap)?;
            least = least.min(alignment_of(block.address));
            blocks.push(block);
        }
        h.free_all(blocks)
    })?;
    // However many are live.
    let many = if h.wide() { 5000 } else { 500 };
    let blocks = (0..many).map(|index| h.malloc(16 + index % 64)).collect::<Result<Vec<_>, _>>()?;
    blocks.iter().try_for_each(|block| aligned(block, cap))?;
    h.free_all(blocks)?;
    h.note_trait("alignment", least as u64);
    Ok(())
}

/// The same for zeroed blocks.
pub fn calloc(h: &mut Harness) -> Outcome {
    let cap = h.param("alignment-cap") as usize;
    h.sweep(h.small_sizes().chain([4096, 4097, 10_000, 200_000, 1 << 20]), |h, size| {
        let elsize = size.max(1);
        let blocks = [h.calloc(size, 1)?, h.calloc(size / elsize, elsize)?];
        blocks.iter().try_for_each(|block| aligned(block, cap))?;
        h.free_all(blocks)
    })
}

/// The same for resized blocks, wherever they came from.
pub fn realloc(h: &mut Harness) -> Outcome {
    let cap = h.param("alignment-cap") as usize;
    h.sweep(boundary_pairs(), |h, (from, to)| {
        let mut block = h.malloc(from)?;
        h.realloc(&mut block, to)?;
        aligned(&block, cap)?;
        h.free(block)
    })?;
    let mut growing = h.malloc(1)?;
    for size in h.small_sizes().chain([100_000, 140_000, 300_000, 1 << 20, 250_000, 90_000]) {
        if h.try_realloc(&mut growing, size)? {
            aligned(&growing, cap)?;
        }
    }
    h.free(growing)
}
