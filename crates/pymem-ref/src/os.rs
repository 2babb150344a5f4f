//! Memory from the system.

use std::ptr::NonNull;

/// Maps `bytes` zeroed bytes at a multiple of `bytes`, a power of two and of the
/// page size; `None` if the system refuses.
pub(crate) fn map_aligned(bytes: usize) -> Option<NonNull<u8>> {
    let first = map(bytes)?;
    if first.as_ptr().addr() % bytes == 0 {
        return Some(first);
    }
    // SAFETY: just mapped with this size, and unused.
    unsafe { unmap(first, bytes) };
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
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new anonymous mapping touches no memory that exists.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, access, kind, -1, 0) };
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
