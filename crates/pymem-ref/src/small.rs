//! The allocator behind mem and obj: small requests from the thread's heap, the rest from the raw domain.
//!
//! The rare paths are `extern "C"` and never inlined: calls that cannot unwind become jumps, and the common path
//! needs no stack frame.

use std::ptr;

use crate::class;
use crate::domain::raw;
use crate::heap::NO_HEAP;
use crate::map;
use crate::request;
use crate::thread;

/// A block of at least `bytes` bytes, or null.
#[inline(always)]
pub(crate) fn malloc(bytes: usize) -> *mut u8 {
    let Some(class) = class::of(bytes) else {
        return unusual(bytes);
    };
    let block = thread::heap().malloc(class);
    if block.is_null() { malloc_slow(bytes) } else { block }
}

/// A zeroed block of `elements` times `size` bytes, or null.
#[inline(always)]
pub(crate) fn calloc(elements: usize, size: usize) -> *mut u8 {
    let Some(bytes) = request::product(elements, size) else {
        return ptr::null_mut();
    };
    if bytes > class::LARGEST {
        return raw::allocate_zeroed(elements, size);
    }
    let block = malloc(bytes);
    if !block.is_null() {
        // The one byte of an empty request is zeroed too: who asked for zeroes should find no others.
        // SAFETY: a block of at least this many bytes that nobody else has.
        unsafe { block.write_bytes(0, bytes.max(1)) };
    }
    block
}

/// The block resized to `bytes` bytes, moved or not; null, and the block as it
/// was, if there is no memory. Zero bytes keep a block.
///
/// # Safety
/// `block` is null, or a live block of mem or obj; unless null is returned, the caller gives it up.
#[inline(always)]
pub(crate) unsafe fn realloc(block: *mut u8, bytes: usize) -> *mut u8 {
    if block.is_null() {
        return malloc(bytes);
    }
    let Some(pool) = map::pool_of(block) else {
        // A large block stays with the raw domain, even if it becomes small.
        // SAFETY: a block that is in no arena came from there.
        return unsafe { raw::resize(block, bytes) };
    };
    let room = pool.block_size();
    // A block that would waste no more than a quarter of itself is left where it is.
    if bytes <= room && bytes > room / 4 * 3 {
        return block;
    }
    // SAFETY: the caller's promise.
    unsafe { relocate(block, room, bytes) }
}

/// Frees a block; null is nothing.
///
/// # Safety
/// `block` is null, or a live block of mem or obj that the caller gives up.
#[inline(always)]
pub(crate) unsafe fn free(block: *mut u8) {
    // Null is in no arena and means nothing to the raw domain: no test of its own is needed.
    let Some(pool) = map::pool_of(block) else {
        // SAFETY: a block that is in no arena came from there.
        return unsafe { raw::release(block) };
    };
    let heap = thread::heap();
    if pool.is_owned_by(heap) {
        // SAFETY: the caller's promise; the pool is in this thread's heap.
        unsafe { heap.free(pool, block.cast()) }
    } else {
        // SAFETY: the caller's promise.
        unsafe { heap.free_remote(pool, block.cast()) }
    }
}

/// A small request that the current pool cannot serve at once. Where no heap or
/// no arena can be had, the raw domain may still have memory.
#[cold]
#[inline(never)]
extern "C" fn malloc_slow(bytes: usize) -> *mut u8 {
    let class = class::of(bytes).expect("the caller has seen that it is a small request");
    let heap = match thread::heap() {
        none if ptr::eq(none, &NO_HEAP) => thread::start(),
        heap => Some(heap),
    };
    let block = heap.map_or(ptr::null_mut(), |heap| heap.malloc_slow(class));
    if block.is_null() { raw::allocate(bytes) } else { block }
}

/// A request that no pool serves: none at all, or more than the largest class.
#[cold]
#[inline(never)]
extern "C" fn unusual(bytes: usize) -> *mut u8 {
    if bytes == 0 {
        return malloc(1);
    }
    raw::allocate(bytes)
}

/// Moves a block of `room` bytes to one of `bytes` bytes.
///
/// # Safety
/// As for [`realloc`]; `block` has `room` bytes.
#[inline(never)]
unsafe fn relocate(block: *mut u8, room: usize, bytes: usize) -> *mut u8 {
    if class::of(bytes.max(1)).map(class::size) == Some(room) {
        return block;
    }
    let target = malloc(bytes);
    if target.is_null() {
        // To give back a part of a block must not fail for want of memory.
        return if bytes <= room { block } else { target };
    }
    // SAFETY: both blocks are live, distinct and have this many bytes.
    unsafe { ptr::copy_nonoverlapping(block, target, room.min(bytes)) };
    // SAFETY: the caller gives the block up, since we return another one.
    unsafe { free(block) };
    target
}
