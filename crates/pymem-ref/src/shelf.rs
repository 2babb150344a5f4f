//! A shelf: arenas by their number of free pools.
//!
//! A pool is taken from the fullest arena, so that the others can become empty. Each heap has a shelf, and the commons
//! have one for arenas whose heap has ended. Were arenas shared, the descriptors of two threads' pools would lie beside
//! each other, and each thread would wait for cache lines that the other writes.

use std::cell::Cell;

use crate::arena::{Arena, POOLS};

/// Arenas with pools in use. The cells are touched only by the holder of the commons.
pub(crate) struct Shelf {
    /// The first of those with as many free pools as the index says.
    arenas: [Cell<Option<&'static Arena>>; POOLS],
    /// One bit for each list above, from 1 on, that has an arena.
    filled: Cell<u64>,
}

impl Shelf {
    /// An empty shelf.
    pub(crate) const fn new() -> Self {
        Self { arenas: [const { Cell::new(None) }; POOLS], filled: Cell::new(0) }
    }

    /// Puts an arena that is on no shelf where its number of free pools asks for.
    pub(crate) fn put(&self, arena: &'static Arena) {
        let free = arena.free_pools();
        let next = self.arenas[free].replace(Some(arena));
        arena.prev.set(None);
        arena.next.set(next);
        if let Some(next) = next {
            next.prev.set(Some(arena));
        }
        // Full arenas have no bit: nobody looks for them.
        self.filled.set(self.filled.get() | (1 << free) & !1);
    }

    /// Takes an arena down, whose number of free pools has not changed since it was put here.
    pub(crate) fn remove(&self, arena: &'static Arena) {
        let free = arena.free_pools();
        let (prev, next) = (arena.prev.take(), arena.next.take());
        match prev {
            Some(prev) => prev.next.set(next),
            None => self.arenas[free].set(next),
        }
        if let Some(next) = next {
            next.prev.set(prev);
        }
        if self.arenas[free].get().is_none() {
            self.filled.set(self.filled.get() & !(1 << free));
        }
    }

    /// Takes down the fullest arena that has a free pool.
    pub(crate) fn take_fullest(&self) -> Option<&'static Arena> {
        let free = self.has_pool().then(|| self.filled.get().trailing_zeros() as usize)?;
        let arena = self.arenas[free].get().expect("the bit says that there is one");
        self.remove(arena);
        Some(arena)
    }

    /// Takes down the emptiest arena, for another heap; only if it is at least half empty and not the only one with
    /// free pools, so that what a heap keeps to itself is bounded.
    pub(crate) fn give_one(&self) -> Option<&'static Arena> {
        let free = self.filled.get().checked_ilog2()? as usize;
        let arena = self.arenas[free].get().filter(|_| free >= POOLS / 2)?;
        let is_only = self.filled.get().is_power_of_two() && arena.next.get().is_none();
        (!is_only).then(|| {
            self.remove(arena);
            arena
        })
    }

    /// Whether an arena here has a free pool.
    pub(crate) fn has_pool(&self) -> bool {
        self.filled.get() != 0
    }

    /// Every arena, with the number of free pools that it is filed under; the one just returned may be taken down.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &'static Arena)> {
        self.arenas.iter().enumerate().flat_map(|(free, first)| {
            let mut next = first.get();
            std::iter::from_fn(move || {
                let arena = next?;
                next = arena.next.get();
                Some((free, arena))
            })
        })
    }
}
