//! The domains beside each other, and beside the C library.

use pymem_spec::Domain;

use crate::harness::expect::intact;
use crate::harness::hook::Arrival;
use crate::harness::{Apart, Block, Harness, Outcome, Stop};
use crate::oracle::Pattern;
use crate::program;

/// Operations of the random program over all domains.
const RANDOM_OPERATIONS: usize = 12_000;

/// Sizes that a small-object allocator serves itself, also with the hooks' bytes around them.
const SMALL: [usize; 5] = [1, 16, 60, 200, 440];

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

/// What is asked of this domain does not arrive in the others, but for what mem and obj hand on to raw.
pub fn hooks_apart(h: &mut Harness) -> Outcome {
    let own = h.domain();
    let others: Vec<Domain> = h.domains().into_iter().filter(|domain| *domain != own).collect();
    if others.is_empty() {
        return Err(Stop::Skip("no other domain can be called here".into()));
    }
    for other in others {
        let hook = h.hook(other)?;
        for size in SMALL {
            let mut block = h.malloc(size)?;
            let zeroed = h.calloc(1, size)?;
            h.realloc(&mut block, size + 20)?;
            h.free(block)?;
            h.free(zeroed)?;
            // A small-object allocator may need memory for its own purposes, of whatever size.
            let bytes = |arrival: &Arrival| arrival.size * arrival.elsize.max(1);
            let handed_on = |arrival: &&Arrival| other == Domain::Raw && ![size, size + 20].contains(&bytes(arrival));
            let arrivals = hook.arrivals();
            if let Some(arrival) = arrivals.iter().find(|arrival| !handed_on(arrival)) {
                return Err(Stop::fail(
                    format!("no call of {own} arrives in {other}"),
                    format!("{} of {size} bytes does", arrival.function.as_str()),
                ));
            }
        }
        h.unhook(hook)?;
    }
    Ok(())
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
