//! The global allocator of the binary.
//!
//! In the supervisor it is the system's. In a worker the system's `malloc` may
//! be the very target under test, so there it is one reserved mapping of its own.
//!
//! Sizes are rounded up to powers of two, and what is freed goes onto its size's
//! stack. No lock is taken: a child that is forked while another thread allocates
//! finds nothing held for ever.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use crate::PAGE;

/// Address space reserved for a worker's heap, in bytes. Offsets fit into 32 bits.
const RESERVED: usize = 1 << 30;
/// The smallest block, in bytes.
const LEAST: usize = 16;

/// First byte of the worker's heap, 0 outside a worker.
static START: AtomicUsize = AtomicUsize::new(0);
/// Its next byte that was never handed out.
static NEXT: AtomicUsize = AtomicUsize::new(0);
/// Freed blocks by size, the exponent of the power of two.
static FREED: [Stack; 31] = [const { Stack(AtomicU64::new(0)) }; 31];

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

/// The private heap's start, if this process has one.
fn private() -> Option<usize> {
    match START.load(Ordering::Acquire) {
        0 => None,
        start => Some(start),
    }
}

/// Free blocks of one size. The lower half is the offset of the topmost one, 0 for
/// none; the first bytes of each block are the offset of the next. The upper half
/// counts changes, so that a stack that lost and regained its top is not mistaken
/// for an unchanged one.
struct Stack(AtomicU64);

impl Stack {
    fn push(&self, start: usize, block: *mut u8) {
        let offset = block as usize - start;
        let mut old = self.0.load(Ordering::Relaxed);
        loop {
            link(start, offset).store(old as u32, Ordering::Relaxed);
            let new = changed(old) | offset as u64;
            match self.0.compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(seen) => old = seen,
            }
        }
    }

    fn pop(&self, start: usize) -> Option<*mut u8> {
        let mut old = self.0.load(Ordering::Acquire);
        loop {
            let offset = old as u32 as usize;
            if offset == 0 {
                return None;
            }
            // The block may be somebody else's by now; then the exchange fails.
            let next = link(start, offset).load(Ordering::Relaxed);
            let new = changed(old) | u64::from(next);
            match self.0.compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(ptr::with_exposed_provenance_mut(start + offset)),
                Err(seen) => old = seen,
            }
        }
    }
}

/// The upper half of a stack that has changed once more.
fn changed(stack: u64) -> u64 {
    ((stack >> 32) + 1) << 32
}

/// Where the block at this offset keeps the offset of the next one. Its owner may
/// be writing other things there: a stack does not believe what it reads before
/// it has seen that the block was free.
fn link(start: usize, offset: usize) -> &'static AtomicU32 {
    // A stray write of a target may have left anything here.
    let offset = if offset < RESERVED - LEAST { offset & !(LEAST - 1) } else { 0 };
    // SAFETY: within the mapping, which stays for good, and aligned.
    unsafe { &*ptr::with_exposed_provenance(start + offset) }
}

// SAFETY: the system's allocator keeps the contract; a private heap hands out each
// byte to one owner at a time, because blocks come from bytes that nobody had or
// from a stack, which gives each block once.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match private() {
            // SAFETY: the caller's promises are passed on.
            None => unsafe { System.alloc(layout) },
            Some(start) => allocate(start, layout).0,
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match private() {
            // SAFETY: without a private heap every block came from the system.
            None => unsafe { System.dealloc(block, layout) },
            Some(start) => FREED[exponent(layout)].push(start, block),
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(start) = private() else {
            // SAFETY: the caller's promises are passed on.
            return unsafe { System.alloc_zeroed(layout) };
        };
        let (block, is_fresh) = allocate(start, layout);
        if !is_fresh && !block.is_null() {
            // SAFETY: the block is ours and at least as long.
            unsafe { ptr::write_bytes(block, 0, layout.size()) };
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if private().is_none() {
            // SAFETY: without a private heap every block came from the system.
            return unsafe { System.realloc(block, layout, size) };
        }
        // SAFETY: the caller promises a valid size for this alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if exponent(wanted) == exponent(layout) && size <= 1 << exponent(layout) {
            return block;
        }
        // SAFETY: the layout is valid.
        let new = unsafe { self.alloc(wanted) };
        if !new.is_null() {
            // SAFETY: both blocks are live, distinct and long enough.
            unsafe { ptr::copy_nonoverlapping(block, new, layout.size().min(size)) };
            // SAFETY: the caller gives the block up.
            unsafe { self.dealloc(block, layout) };
        }
        new
    }
}

/// The power of two to which a block's size is rounded up.
fn exponent(layout: Layout) -> usize {
    let size = layout.size().max(layout.align()).max(LEAST);
    (size.next_power_of_two().trailing_zeros() as usize).min(FREED.len() - 1)
}

/// A block, and whether nobody had it before: then its bytes are zero. NULL if the
/// heap is full.
fn allocate(start: usize, layout: Layout) -> (*mut u8, bool) {
    let exponent = exponent(layout);
    let size = 1 << exponent;
    if layout.size() > size || layout.align() > PAGE {
        return (ptr::null_mut(), false);
    }
    if let Some(block) = FREED[exponent].pop(start) {
        return (block, false);
    }
    let mut next = NEXT.load(Ordering::Relaxed);
    loop {
        // Offset 0 means none.
        let block = next.max(start + LEAST).next_multiple_of(size.min(PAGE));
        let end = block + size;
        if end > start + RESERVED {
            return (ptr::null_mut(), false);
        }
        match NEXT.compare_exchange_weak(next, end, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return (ptr::with_exposed_provenance_mut(block), true),
            Err(seen) => next = seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    /// Blocks that threads take and give back at once are one owner's each.
    #[test]
    fn a_stack_gives_each_block_once() {
        static STACK: Stack = Stack(AtomicU64::new(0));
        const COUNT: usize = 64;
        let memory = Vec::leak(vec![[0_u64; 2]; COUNT + 1]);
        let start = memory.as_mut_ptr().expose_provenance();
        for index in 1..=COUNT {
            STACK.push(start, ptr::with_exposed_provenance_mut(start + index * LEAST));
        }
        let threads: Vec<_> = (0..4)
            .map(|_| {
                thread::spawn(move || {
                    for round in 0..20_000 {
                        let taken: Vec<_> = (0..round % 7).filter_map(|_| STACK.pop(start)).collect();
                        taken.into_iter().for_each(|block| STACK.push(start, block));
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("no thread panics"));
        let left: HashSet<_> = std::iter::from_fn(|| STACK.pop(start)).collect();
        assert_eq!(left.len(), COUNT);
    }

    #[test]
    fn sizes_are_rounded_up_to_powers_of_two() {
        let exponent_of = |size, align| exponent(Layout::from_size_align(size, align).expect("a layout"));
        assert_eq!([exponent_of(1, 1), exponent_of(16, 8), exponent_of(17, 1)], [4, 4, 5]);
        assert_eq!([exponent_of(1, 64), exponent_of(4097, 8)], [6, 13]);
    }
}
