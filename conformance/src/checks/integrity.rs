//! Live blocks keep apart and keep their contents.

use crate::harness::expect::{all_intact, intact};
use crate::harness::{Apart, Block, Harness, Outcome, boundary_sizes};
use crate::program;

/// Operations of the random program in a default run, once for each domain ...
const RANDOM_OPERATIONS: usize = 30_000;
/// ... and in every other session.
const FEWER: usize = 5_000;

/// No address space holds this.
const IMPOSSIBLE: usize = isize::MAX as usize - 4096;

/// No byte belongs to two live blocks.
pub fn no_overlap(h: &mut Harness) -> Outcome {
    let mut apart = Apart::default();
    let mut live: Vec<Block> = Vec::new();
    let sizes = h.small_sizes().chain(boundary_sizes()).chain(h.small_sizes().step_by(5));
    h.sweep(sizes.enumerate(), |h, (done, size)| {
        let block = h.malloc(size)?;
        apart.insert(&block)?;
        live.push(block);
        if done % 3 == 2 {
            let block = live.swap_remove((done * 13) % live.len());
            apart.remove(&block);
            h.free(block)?;
        }
        if done % 7 == 6 {
            let index = (done * 5) % live.len();
            apart.remove(&live[index]);
            h.realloc(&mut live[index], (size * 3) % 900)?;
            apart.insert(&live[index])?;
        }
        Ok(())
    })?;
    h.free_all(live)
}

/// A live block keeps its contents whatever happens to others.
pub fn contents(h: &mut Harness) -> Outcome {
    let mut kept = Vec::new();
    h.sweep(h.small_sizes().chain([4096, 4097, 20_000, 140_000]), |h, size| {
        let mut block = h.malloc(size)?;
        block.fill();
        kept.push(block);
        Ok(())
    })?;
    // What cannot be served is nobody's loss.
    h.try_malloc(IMPOSSIBLE)?;
    h.try_calloc(1, IMPOSSIBLE)?;
    h.try_realloc_null(IMPOSSIBLE)?;
    let sizes = h.small_sizes().chain([2000, 5000, 50_000, 150_000]);
    h.sweep(sizes.enumerate(), |h, (done, size)| {
        let mut other = h.calloc(1, size)?;
        other.fill();
        let mut another = h.malloc(size)?;
        another.fill();
        h.realloc(&mut other, size + 40)?;
        intact(&other)?;
        h.free(another)?;
        h.free(other)?;
        if done % 100 == 0 { all_intact(&kept) } else { Ok(()) }
    })?;
    all_intact(&kept)?;
    h.free_all(kept)?;
    let (many, of_one) = if h.wide() { (25_000, 70_000) } else { (4_000, 0) };
    many_live(h, many, |index| 1 + index % 70)?;
    many_live(h, of_one, |_| 16)
}

/// However many blocks are live, each keeps its contents.
fn many_live(h: &mut Harness, count: usize, size: impl Fn(usize) -> usize) -> Outcome {
    let mut live = Vec::with_capacity(count);
    for index in 0..count {
        let mut block = h.malloc(size(index))?;
        block.fill();
        live.push(block);
    }
    all_intact(&live)?;
    h.free_all(live)
}

/// All of this holds over long programs of random operations.
pub fn random_operations(h: &mut Harness) -> Outcome {
    let length = if h.wide() { RANDOM_OPERATIONS } else { FEWER };
    program::run_random(h, length, &[h.domain()])
}
