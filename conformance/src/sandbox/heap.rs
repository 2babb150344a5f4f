//! The global allocator of the binary.
//!
//! In the supervisor it is the system's. In a worker the system's `malloc` may
//! be the very target under test, so there it is a bump allocator over one
//! reserved mapping: no lock, nothing to corrupt across a fork, nothing to give
//! back, because a child ends within seconds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Address space reserved for a worker's heap, in bytes.
const RESERVED: usize = 1 << 30;

/// First byte of the worker's heap, 0 outside a worker.
static START: AtomicUsize = AtomicUsize::new(0);
/// Next free byte of it.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// The allocator of this binary.
pub struct Heap;

impl Heap {
    /// Turns to the private heap. Called once, before anything is allocated.
    ///
    /// # Errors
    /// If the system has no address space left.
    pub fn become_private() -> Result<(), &'static str> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a fresh anonymous mapping touches no existing memory.
        let start = unsafe { libc::mmap(ptr::null_mut(), RESERVED, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err("no address space for the worker's heap");
        }
        NEXT.store(start.expose_provenance(), Ordering::Relaxed);
        START.store(start.expose_provenance(), Ordering::Release);
        Ok(())
    }
}

/// A moment in the life of a private heap; nothing in any other process.
#[derive(Clone, Copy, Debug)]
pub struct Mark(usize);

impl Mark {
    /// This moment.
    pub fn now() -> Self {
        Self(NEXT.load(Ordering::Relaxed))
    }

    /// Gives back at once what was allocated since, and zeroes it, as fresh
    /// memory is.
    ///
    /// # Safety
    /// Nothing allocated since is used any more, and no other thread allocates.
    pub unsafe fn rewind(self) {
        if private().is_none() {
            return;
        }
        let end = NEXT.swap(self.0, Ordering::Relaxed);
        // SAFETY: these bytes of the heap belong to nobody, as the caller
        // promises.
        unsafe { ptr::write_bytes(ptr::with_exposed_provenance_mut::<u8>(self.0), 0, end - self.0) };
    }
}

/// The private heap's start, if this process has one.
fn private() -> Option<usize> {
    match START.load(Ordering::Acquire) {
        0 => None,
        start => Some(start),
    }
}

// SAFETY: the system's allocator keeps the contract; the bump allocator hands
// out each byte at most once, so blocks never overlap, and never takes one back.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match private() {
            // SAFETY: the caller's promises are passed on.
            None => unsafe { System.alloc(layout) },
            Some(start) => bump(start, layout),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if private().is_none() {
            // SAFETY: without a private heap every block came from the system.
            unsafe { System.dealloc(block, layout) };
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match private() {
            // SAFETY: the caller's promises are passed on.
            None => unsafe { System.alloc_zeroed(layout) },
            // No byte is handed out twice, so all are as the mapping made them.
            Some(start) => bump(start, layout),
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(start) = private() else {
            // SAFETY: without a private heap every block came from the system.
            return unsafe { System.realloc(block, layout, size) };
        };
        // The newest block grows in place, which is what a growing Vec needs.
        let end = block as usize + layout.size();
        let in_place = size >= layout.size()
            && block as usize + size <= start + RESERVED
            && NEXT.compare_exchange(end, block as usize + size, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if in_place || size <= layout.size() {
            return block;
        }
        // SAFETY: the caller promises a valid size for this alignment.
        let new = bump(start, unsafe { Layout::from_size_align_unchecked(size, layout.align()) });
        if !new.is_null() {
            // SAFETY: both blocks are live, distinct and at least as long.
            unsafe { ptr::copy_nonoverlapping(block, new, layout.size()) };
        }
        new
    }
}

fn bump(start: usize, layout: Layout) -> *mut u8 {
    let mut next = NEXT.load(Ordering::Relaxed);
    loop {
        let block = next.next_multiple_of(layout.align());
        let Some(end) = block.checked_add(layout.size()).filter(|end| *end <= start + RESERVED) else {
            return ptr::null_mut();
        };
        match NEXT.compare_exchange_weak(next, end, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return block as *mut u8,
            Err(seen) => next = seen,
        }
    }
}
