//! The invariants.
//!
//! Debug builds look at what a call touches: in constant time at every entry, and at all blocks of a pool whenever a
//! call leaves the common path. [`check_thread`] walks everything.

use std::ops::Range;
use std::ptr;

use crate::arena::{Arena, POOLS};
use crate::block::Block;
use crate::class;
use crate::commons;
use crate::heap::Heap;
use crate::pool::{POOL, Pool};
use crate::thread;

/// Before a block of `class` is taken: the heap allocates from the first available pool.
#[inline(always)]
pub(crate) fn before_malloc(heap: &Heap, class: usize) {
    if cfg!(debug_assertions) {
        assert!(heap.available(class).1, "class {class} does not allocate from its first pool");
    }
}

/// Before a block is freed, by whichever thread: it is one of the pool's.
#[inline(always)]
pub(crate) fn before_free(pool: &Pool, block: *mut Block) {
    if cfg!(debug_assertions) {
        let area = Arena::of(pool).area(pool);
        let index = index_of(block, pool, &area);
        assert!(area.contains(&block.cast()), "block {index} of a pool lies behind it");
    }
}

/// After a pool got new free blocks.
#[inline(always)]
pub(crate) fn refilled(heap: &Heap, pool: &Pool) {
    if cfg!(debug_assertions) {
        available_pool(heap, pool);
    }
}

/// Checks every pool of the calling thread's heap, and the commons. Takes time
/// in proportion to the memory in use.
///
/// # Panics
/// At the first invariant that does not hold.
pub fn check_thread() {
    heap(thread::heap());
    commons();
}

/// The commons: arenas are filed by their free pools, abandoned pools have live blocks and no owner.
fn commons() {
    let commons = commons::lock();
    let arenas = commons.arenas().count() + usize::from(commons.has_spare());
    assert_eq!(arenas, commons.mapped_arenas(), "an arena is lost");
    for (free, arena) in commons.arenas() {
        assert_eq!(arena.free_pools(), free, "an arena is filed under another number of free pools");
        assert!(free < POOLS, "an empty arena is filed");
    }
    for pool in commons.abandoned() {
        assert!(pool.remote.is_abandoned() && pool.owner.load(std::sync::atomic::Ordering::Relaxed).is_null());
        assert_ne!(pool.used.get(), 0, "an abandoned pool is empty");
        blocks(pool, pool.used.get());
    }
}

/// A heap: it owns the pools in its lists, and allocates from the first of each class.
fn heap(heap: &Heap) {
    for class in 0..class::COUNT {
        let (available, is_current) = heap.available(class);
        assert!(is_current, "class {class} does not allocate from its first pool");
        let kept = heap.kept(class);
        assert!(kept.is_none_or(|kept| available.iter().any(|pool| ptr::eq(pool, kept))), "a full pool counts as kept");
        for pool in available.iter() {
            assert_eq!(pool.class(), class, "a pool is listed under another class");
            available_pool(heap, pool);
        }
    }
    for pool in heap.full().iter() {
        assert!(pool.is_owned_by(heap) && pool.detached.get());
        assert!(pool.free.get().is_null(), "a full pool has a free block");
        assert_eq!(pool.used.get(), 1, "a full pool counts one block, to be noticed when it loses one");
    }
}

/// A pool that a heap may allocate from.
fn available_pool(heap: &Heap, pool: &Pool) {
    assert!(pool.is_owned_by(heap) && !pool.detached.get());
    let is_kept = heap.kept(pool.class()).is_some_and(|kept| ptr::eq(kept, pool));
    blocks(pool, pool.used.get() - u32::from(is_kept));
}

/// A pool: its free blocks lie on block boundaries within the carved part, each
/// once, and together with the used ones they are all that was carved.
fn blocks(pool: &Pool, used: u32) {
    let area = Arena::of(pool).area(pool);
    let carved = pool.carved_blocks(&area);
    let mut seen = [0u64; POOL / 16 / 64];
    let mut free = 0;
    let mut block = pool.free.get();
    while !block.is_null() {
        let index = index_of(block, pool, &area);
        assert!(index < carved, "a free block lies outside what was carved");
        let (word, bit) = (index / 64, 1 << (index % 64));
        assert_eq!(seen[word] & bit, 0, "a block is free twice");
        seen[word] |= bit;
        free += 1;
        // SAFETY: a block in the free list of a pool that the caller owns.
        block = unsafe { Block::next(block) };
    }
    assert_eq!(free + used as usize, carved, "blocks are neither free nor used");
}

fn index_of(block: *mut Block, pool: &Pool, area: &Range<*mut u8>) -> usize {
    let offset = block.addr().checked_sub(area.start.addr()).expect("a free block lies in front of the pool");
    assert_eq!(offset % pool.block_size(), 0, "a free block begins within another");
    offset / pool.block_size()
}
