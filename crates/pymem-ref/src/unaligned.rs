//! Arenas that are not aligned to their size, by the MiB that they begin and end in.
//!
//! An arena is as long as such a *frame* of the address space, so that at most one begins and one ends within each.
//! A table of tables holds both for every frame: 64 KiB, and 256 KiB for each 16 GiB with such an arena. All of it is
//! looked at only in processes that have installed an arena allocator that gives such memory.

use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use crate::arena::{ARENA, Arena};
use crate::os;
use crate::pool::Pool;

/// Frames in one table of the second level.
const LEAF: usize = 1 << 14;
/// Tables of the second level, for 47 bits of address.
const LEAVES: usize = 1 << (47 - 20 - 14);

/// The arenas that begin and end within one frame.
struct Frame {
    begins: AtomicPtr<Arena>,
    ends: AtomicPtr<Arena>,
}

static ANY: AtomicBool = AtomicBool::new(false);
static TABLE: [AtomicPtr<[Frame; LEAF]>; LEAVES] = [const { AtomicPtr::new(ptr::null_mut()) }; LEAVES];

/// The pool that an address lies in, if it lies in such an arena.
#[inline(always)]
pub(crate) fn pool_of(address: usize) -> Option<&'static Pool> {
    // Relaxed: who holds a block of an arena got it from a thread that saw the change.
    if ANY.load(Ordering::Relaxed) { look_up(address) } else { None }
}

#[cold]
fn look_up(address: usize) -> Option<&'static Pool> {
    let frame = frame(address)?;
    [&frame.begins, &frame.ends].into_iter().find_map(|arena| {
        // SAFETY: null, or an arena that is removed before it goes.
        unsafe { arena.load(Ordering::Acquire).as_ref() }?.pool_at(address)
    })
}

/// Enters an arena; `None` without memory. Only for the holder of the commons.
pub(crate) fn insert(arena: &'static Arena) -> Option<()> {
    let (first, last) = ends_of(arena);
    [first, last].into_iter().try_for_each(make_leaf)?;
    set(arena, ptr::from_ref(arena).cast_mut());
    ANY.store(true, Ordering::Relaxed);
    Some(())
}

/// Takes an arena out, before its memory is given back. Only for the holder of the commons.
pub(crate) fn remove(arena: &'static Arena) {
    set(arena, ptr::null_mut());
}

fn set(arena: &'static Arena, value: *mut Arena) {
    let (first, last) = ends_of(arena);
    if let Some(frame) = frame(first) {
        frame.begins.store(value, Ordering::Release);
    }
    if let Some(frame) = frame(last) {
        frame.ends.store(value, Ordering::Release);
    }
}

/// The first address of the header, and one in the frame that the arena ends in.
fn ends_of(arena: &'static Arena) -> (usize, usize) {
    let first = ptr::from_ref(arena).addr();
    (first, first + ARENA - align_of::<Arena>())
}

fn make_leaf(address: usize) -> Option<()> {
    let leaf = &TABLE[place(address).0];
    if leaf.load(Ordering::Acquire).is_null() {
        // Zeroes are a table of frames without arenas.
        leaf.store(os::map(size_of::<[Frame; LEAF]>())?.as_ptr().cast(), Ordering::Release);
    }
    Some(())
}

fn frame(address: usize) -> Option<&'static Frame> {
    let (leaf, index) = place(address);
    // SAFETY: null, or a table that is never given back.
    unsafe { TABLE[leaf].load(Ordering::Acquire).as_ref() }.map(|leaf| &leaf[index])
}

/// Where a frame is. Bits beyond the address space are dropped, so that any number has a place.
fn place(address: usize) -> (usize, usize) {
    let frame = address / ARENA;
    (frame / LEAF % LEAVES, frame % LEAF)
}
