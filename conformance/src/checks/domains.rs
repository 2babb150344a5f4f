//! The domains beside each other, and beside the C library.

use crate::harness::expect::intact;
use crate::harness::{Apart, Block, Harness, Outcome, Stop};
use crate::oracle::Pattern;
use crate::program;

/// Operations of the random program over all domains.
const RANDOM_OPERATIONS: usize = 12_000;

/// Blocks of one domain live beside those of the others and are not touched by
/// what happens there.
pub fn beside_each_other(h: &mut Harness) -> Outcome {
    let domains = h.domains();
    if domains.len() < 2 {
        return Err(Stop::Skip("fewer than two domains can be called here".into()));
    }
    let mut apart = Apart::default();
    let mut live: Vec<Block> = Vec::new();
    let sizes = (0..700).chain([1000, 5000, 70_000]);
    h.sweep(sizes.enumerate(), |h, (done, size)| {
        for domain in &domains {
            let mut block = h.in_domain(*domain, |h| h.malloc(size))?;
            apart.insert(&block)?;
            block.fill();
            live.push(block);
        }
        if live.len() > 60 {
            let block = live.swap_remove((done * 17) % live.len());
            intact(&block)?;
            apart.remove(&block);
            h.free(block)?;
        }
        Ok(())
    })?;
    live.iter().try_for_each(intact)?;
    for block in live {
        h.free(block)?;
    }
    program::run_random(h, RANDOM_OPERATIONS, &domains)
}

/// The C library's allocator can be used for other blocks at the same time.
pub fn libc_beside(h: &mut Harness) -> Outcome {
    if h.subject().launch.audit.as_ref().is_some_and(|audit| audit.preload) {
        return Err(Stop::Skip("the target takes the place of the C library's allocator".into()));
    }
    let domain = *h.domains().first().ok_or_else(|| Stop::Skip("no domain can be called here".into()))?;
    let mut foreign: Vec<(*mut u8, usize, Pattern)> = Vec::new();
    for size in (1..600).step_by(7).chain([5000, 200_000]) {
        let pattern = Pattern::of(1_000_000 + size as u64);
        // SAFETY: the C library's malloc takes any size.
        let pointer: *mut u8 = unsafe { libc::malloc(size) }.cast();
        if pointer.is_null() {
            return Err(Stop::OutOfMemory);
        }
        // SAFETY: the C library gave `size` bytes.
        pattern.fill(unsafe { std::slice::from_raw_parts_mut(pointer, size) });
        foreign.push((pointer, size, pattern));
        let mut block = h.in_domain(domain, |h| h.malloc(size))?;
        block.fill();
        intact(&block)?;
        h.free(block)?;
    }
    for (pointer, size, pattern) in foreign {
        // SAFETY: the block is live and `size` bytes long.
        let bytes = unsafe { std::slice::from_raw_parts(pointer, size) };
        if let Some(found) = pattern.first_mismatch(bytes, size) {
            return Err(Stop::fail(
                format!("a block of {size} bytes of the C library keeps its contents"),
                format!("byte {} changed", found.offset),
            ));
        }
        // SAFETY: the block is live and came from the C library.
        unsafe { libc::free(pointer.cast()) };
    }
    Ok(())
}
