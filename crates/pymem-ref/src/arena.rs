//! An arena: 1 MiB from the system, divided into pools.

use std::cell::Cell;
use std::ops::Range;
use std::ptr::{self, NonNull};

use crate::map;
use crate::os;
use crate::pool::{POOL, Pool};

/// The size of an arena, and its alignment.
pub(crate) const ARENA: usize = 1 << 20;

/// How many pools an arena has. The first is shorter by the arena's header.
pub(crate) const POOLS: usize = ARENA / POOL;

/// The header at the start of an arena. All but the pools in use belongs to the
/// holder of the commons.
#[repr(C)]
pub(crate) struct Arena {
    /// First, so that the map finds a pool by arithmetic alone.
    pub(crate) pools: [Pool; POOLS],
    /// One bit for each pool that nobody uses.
    free: Cell<u64>,
    /// Neighbours among the arenas with as many free pools.
    pub(crate) next: Cell<Option<&'static Arena>>,
    pub(crate) prev: Cell<Option<&'static Arena>>,
}

// SAFETY: the cells are touched only by the holder of the commons.
unsafe impl Sync for Arena {}

impl Arena {
    /// Gets an arena from the system and enters it into the map. The reference
    /// is good until [`unmap`](Self::unmap).
    pub(crate) fn map() -> Option<&'static Arena> {
        let start = os::map_aligned(ARENA)?;
        // SAFETY: the mapping is large enough and aligned, and zeroes are a valid header.
        let arena = unsafe { start.cast::<Arena>().as_ref() };
        arena.free.set(u64::MAX);
        map::insert(arena);
        Some(arena)
    }

    /// Gives the arena back to the system.
    ///
    /// # Safety
    /// No pool is in use, and the arena is in no list.
    pub(crate) unsafe fn unmap(&'static self) {
        map::remove(self);
        // SAFETY: the caller's promise; the memory came from `map`.
        unsafe { os::unmap(NonNull::from(self).cast(), ARENA) };
    }

    /// The arena of a pool.
    pub(crate) fn of(pool: &Pool) -> &'static Arena {
        let pool = ptr::from_ref(pool);
        let start = pool.map_addr(|address| address - address % ARENA).cast::<Arena>();
        // SAFETY: descriptors of pools exist only in headers of arenas, and an arena with a used pool stays mapped.
        unsafe { &*start }
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

    /// How many pools nobody uses.
    pub(crate) fn free_pools(&self) -> usize {
        self.free.get().count_ones() as usize
    }

    /// The memory of a pool of this arena.
    pub(crate) fn area(&self, pool: &Pool) -> Range<*mut u8> {
        let index = self.index_of(pool);
        let start = ptr::from_ref(self).cast_mut().cast::<u8>();
        let header = if index == 0 { size_of::<Arena>() } else { 0 };
        start.wrapping_add(index * POOL + header)..start.wrapping_add((index + 1) * POOL)
    }

    fn index_of(&self, pool: &Pool) -> usize {
        (ptr::from_ref(pool).addr() - self.pools.as_ptr().addr()) / size_of::<Pool>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_disjoint_aligned_and_behind_the_header() {
        let arena = Arena::map().unwrap();
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
    fn a_pool_given_back_is_taken_again() {
        let arena = Arena::map().unwrap();
        let (first, second) = (arena.take(), arena.take());
        arena.give(first);
        assert!(ptr::eq(arena.take(), first));
        assert!(!ptr::eq(first, second));
        assert!(ptr::eq(Arena::of(second), arena));
    }
}
