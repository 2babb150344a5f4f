//! Memory from the system.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Maps `bytes` zeroed bytes at a multiple of `bytes`, a power of two and of the
/// page size; `None` if the system refuses.
///
/// Right in front of the mapping before if that place is free: the kernel makes one mapping of neighbours, and one page
/// table serves them.
pub(crate) fn map_aligned(bytes: usize) -> Option<NonNull<u8>> {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let wanted = LAST.load(Ordering::Relaxed).saturating_sub(bytes);
    let found = map_near(wanted, bytes)?;
    let aligned = if found.as_ptr().addr() % bytes == 0 {
        found
    } else {
        // SAFETY: just mapped with this size, and unused.
        unsafe { unmap(found, bytes) };
        map_within_twice(bytes)?
    };
    LAST.store(aligned.as_ptr().addr(), Ordering::Relaxed);
    Some(aligned)
}

/// The same, by mapping twice as much and giving back what is too much.
fn map_within_twice(bytes: usize) -> Option<NonNull<u8>> {
    let wide = map(2 * bytes)?;
    let before = wide.as_ptr().align_offset(bytes);
    // SAFETY: `before` is at most `bytes`, so the result lies within the mapping.
    let aligned = unsafe { wide.add(before) };
    // SAFETY: as above, for the end of the aligned part.
    let behind = unsafe { aligned.add(bytes) };
    // SAFETY: the part of the fresh mapping in front of the aligned part.
    unsafe { unmap(wide, before) };
    // SAFETY: the part behind it.
    unsafe { unmap(behind, bytes - before) };
    Some(aligned)
}

/// Maps `bytes` zeroed bytes; `None` if the system refuses.
pub(crate) fn map(bytes: usize) -> Option<NonNull<u8>> {
    map_near(0, bytes)
}

/// The same at an address if it is free, else elsewhere.
fn map_near(address: usize, bytes: usize) -> Option<NonNull<u8>> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new anonymous mapping touches no memory that exists.
    let start = unsafe { libc::mmap(std::ptr::without_provenance_mut(address), bytes, access, kind, -1, 0) };
    if start == libc::MAP_FAILED { None } else { NonNull::new(start.cast()) }
}

/// Gives memory back; nothing if there are no bytes.
///
/// # Safety
/// The bytes were mapped by this module and nobody uses them any more.
pub(crate) unsafe fn unmap(start: NonNull<u8>, bytes: usize) {
    if bytes != 0 {
        // SAFETY: the caller's promise. A refusal (too many mappings) leaves the memory mapped, which does no harm.
        unsafe { libc::munmap(start.as_ptr().cast(), bytes) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_aligned_and_zeroed() {
        for _ in 0..8 {
            let start = map_aligned(1 << 20).unwrap();
            assert_eq!(start.as_ptr().addr() % (1 << 20), 0);
            // SAFETY: the first byte of a fresh mapping.
            assert_eq!(unsafe { start.read() }, 0);
        }
    }
}
