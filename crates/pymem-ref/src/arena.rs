//! An arena: 1 MiB from the arena allocator, divided into pools.
//!
//! Ours are aligned to their size, which is what makes finding a block's pool cheap. An installed arena allocator may
//! give memory that is not: then the header is aligned, the last pool is shorter by what was lost, and blocks are
//! found the slow way (`unaligned`).

use std::cell::Cell;
use std::ops::Range;
use std::ptr;

use crate::arena_allocator::PyObjectArenaAllocator;
use crate::heap::Heap;
use crate::map;
use crate::pool::{POOL, Pool};
use crate::unaligned;

/// The size of an arena, and the alignment of ours.
pub(crate) const ARENA: usize = 1 << 20;

/// How many pools an arena has. The first is shorter by the arena's header.
pub(crate) const POOLS: usize = ARENA / POOL;

/// The header at the start of an arena. All but the pools in use belongs to the
/// holder of the commons.
#[repr(C, align(64))]
pub(crate) struct Arena {
    /// First, so that the map finds a pool by arithmetic alone.
    pub(crate) pools: [Pool; POOLS],
    /// One bit for each pool that nobody uses.
    free: Cell<u64>,
    /// The heap that takes its pools from here; none where that heap has ended.
    pub(crate) home: Cell<Option<&'static Heap>>,
    /// Neighbours on its shelf.
    pub(crate) next: Cell<Option<&'static Arena>>,
    pub(crate) prev: Cell<Option<&'static Arena>>,
    /// What the arena allocator gave.
    start: *mut u8,
    /// Where it goes back to, whichever allocator is installed by then.
    giver: PyObjectArenaAllocator,
}

// SAFETY: the cells are touched only by the holder of the commons.
unsafe impl Sync for Arena {}

impl Arena {
    /// Gets an arena from an allocator and enters it into the map. The reference is good until
    /// [`give_back`](Self::give_back). `None` if the allocator refuses.
    pub(crate) fn get(giver: PyObjectArenaAllocator) -> Option<&'static Arena> {
        // SAFETY: who installed the allocator promised that it may be asked for memory.
        let start: *mut u8 = unsafe { (giver.alloc)(giver.ctx, ARENA) }.cast();
        if start.is_null() {
            return None;
        }
        let header = start.map_addr(|address| address.next_multiple_of(align_of::<Arena>())).cast::<Arena>();
        // SAFETY: the memory is ours and large enough, and zeroes are a valid header but for the giver.
        unsafe { header.write_bytes(0, 1) };
        // SAFETY: a field of the header.
        unsafe { (&raw mut (*header).giver).write(giver) };
        // SAFETY: as above.
        unsafe { (&raw mut (*header).start).write(start) };
        // SAFETY: complete, and good until it is given back.
        let arena = unsafe { &*header };
        arena.free.set(u64::MAX >> (64 - POOLS));
        arena.pools.iter().enumerate().for_each(|(index, pool)| pool.index.set(index as u8));
        if start.addr().is_multiple_of(ARENA) {
            map::insert(arena);
        } else if unaligned::insert(arena).is_none() {
            // SAFETY: nobody has seen it.
            unsafe { arena.release() };
            return None;
        }
        Some(arena)
    }

    /// Gives the arena back to where it came from.
    ///
    /// # Safety
    /// No pool is in use, and the arena is in no list.
    pub(crate) unsafe fn give_back(&'static self) {
        if self.start.addr().is_multiple_of(ARENA) {
            map::remove(self);
        } else {
            unaligned::remove(self);
        }
        // SAFETY: the caller's promise.
        unsafe { self.release() };
    }

    /// # Safety
    /// Nobody uses the arena, and no map has it.
    unsafe fn release(&'static self) {
        let (giver, start) = (self.giver, self.start);
        // SAFETY: it came from there.
        unsafe { (giver.free)(giver.ctx, start.cast(), ARENA) };
    }

    /// The arena of a pool.
    pub(crate) fn of(pool: &Pool) -> &'static Arena {
        let first = ptr::from_ref(pool).wrapping_sub(usize::from(pool.index.get()));
        // SAFETY: descriptors of pools exist only in headers of arenas, and an arena with a used pool stays.
        unsafe { &*first.cast::<Arena>() }
    }

    /// The pool that an address lies in; `None` beyond the arena.
    pub(crate) fn pool_at(&'static self, address: usize) -> Option<&'static Pool> {
        let offset = address.checked_sub(ptr::from_ref(self).addr())?;
        (address < self.start.addr() + ARENA).then(|| &self.pools[offset / POOL])
    }

    /// Takes the lowest free pool, of which there is one.
    pub(crate) fn take(&'static self) -> &'static Pool {
        let free = self.free.get();
        debug_assert_ne!(free, 0, "an arena without free pools was asked for one");
        self.free.set(free & (free - 1));
        &self.pools[free.trailing_zeros() as usize]
    }

    /// Takes back a pool that [`take`](Self::take) gave.
    pub(crate) fn give(&self, pool: &Pool) {
        let bit = 1 << self.index_of(pool);
        debug_assert_eq!(self.free.get() & bit, 0, "a free pool was given back");
        self.free.set(self.free.get() | bit);
    }

    /// The pools that somebody uses.
    pub(crate) fn used_pools(&self) -> impl Iterator<Item = &Pool> {
        let free = self.free.get();
        self.pools.iter().enumerate().filter(move |(index, _)| free >> index & 1 == 0).map(|(_, pool)| pool)
    }

    /// How many pools nobody uses.
    pub(crate) fn free_pools(&self) -> usize {
        self.free.get().count_ones() as usize
    }

    /// The memory of a pool of this arena.
    pub(crate) fn area(&self, pool: &Pool) -> Range<*mut u8> {
        let index = self.index_of(pool);
        let start = ptr::from_ref(self).cast_mut().cast::<u8>();
        let header = if index == 0 { size_of::<Arena>() } else { 0 };
        let end = start.wrapping_add((index + 1) * POOL).min(self.start.wrapping_add(ARENA));
        start.wrapping_add(index * POOL + header)..end
    }

    fn index_of(&self, pool: &Pool) -> usize {
        usize::from(pool.index.get())
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::c_void;

    use super::*;
    use crate::arena_allocator::OWN;

    #[test]
    fn areas_are_disjoint_aligned_and_behind_the_header() {
        let arena = Arena::get(OWN).unwrap();
        let mut end = ptr::from_ref(arena).addr() + size_of::<Arena>();
        for index in 0..POOLS {
            let pool = arena.take();
            assert!(ptr::eq(pool, &arena.pools[index]), "pools are taken in order");
            let area = arena.area(pool);
            assert!(area.start.addr() >= end && area.start.addr().is_multiple_of(16));
            end = area.end.addr();
        }
        assert_eq!(end, ptr::from_ref(arena).addr() + ARENA);
        assert_eq!(arena.free_pools(), 0);
    }

    #[test]
    fn an_arena_may_begin_anywhere() {
        unsafe extern "C" fn alloc(_: *mut c_void, bytes: usize) -> *mut c_void {
            // SAFETY: any size may be asked for.
            unsafe { libc::malloc(bytes + 16) }.wrapping_byte_add(16)
        }
        unsafe extern "C" fn free(_: *mut c_void, arena: *mut c_void, bytes: usize) {
            assert_eq!(bytes, ARENA);
            // SAFETY: what `alloc` got.
            unsafe { libc::free(arena.wrapping_byte_sub(16)) };
        }
        let giver = PyObjectArenaAllocator { ctx: ptr::null_mut(), alloc, free };
        let arena = Arena::get(giver).unwrap();
        for index in 0..POOLS {
            let pool = arena.take();
            let area = arena.area(pool);
            assert!(area.start.addr().is_multiple_of(16) && area.start < area.end);
            assert!(area.end <= arena.start.wrapping_add(ARENA));
            for byte in [area.start, area.end.wrapping_sub(1)] {
                assert!(map::pool_of(byte).is_some_and(|found| ptr::eq(found, pool)), "pool {index}");
            }
        }
        let before = arena.start.wrapping_sub(1);
        assert!(map::pool_of(before).is_none() && map::pool_of(arena.start.wrapping_add(ARENA)).is_none());
        for pool in &arena.pools {
            arena.give(pool);
        }
        // SAFETY: no pool of it is in use.
        unsafe { arena.give_back() };
        assert!(map::pool_of(before.wrapping_add(100_000)).is_none());
    }

    #[test]
    fn a_pool_given_back_is_taken_again() {
        let arena = Arena::get(OWN).unwrap();
        let (first, second) = (arena.take(), arena.take());
        arena.give(first);
        assert!(ptr::eq(arena.take(), first));
        assert!(!ptr::eq(first, second));
        assert!(ptr::eq(Arena::of(second), arena));
    }
}
