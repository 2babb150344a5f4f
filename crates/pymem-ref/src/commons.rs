//! What no heap owns, behind the only lock: arenas and their free pools, abandoned pools, idle heaps.
//!
//! A thread comes here once for some dozens of blocks, when it needs a pool or has emptied one.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::ptr;
use std::sync::atomic::Ordering;

use crate::arena::{Arena, POOLS};
use crate::arena_allocator::{OWN, PyObjectArenaAllocator};
use crate::class;
use crate::heap::Heap;
use crate::list::PoolList;
use crate::lock::Lock;
use crate::pool::Pool;
use crate::shelf::Shelf;
use crate::stats;
use crate::thread;

/// The state behind the lock.
pub(crate) struct Commons {
    /// Arenas whose heap has ended, but for empty ones.
    orphans: Shelf,
    /// An empty arena, kept so that a program at the brink of one does not map
    /// and unmap it again and again.
    spare: Option<&'static Arena>,
    /// Pools whose thread has ended, by class. They have live blocks.
    abandoned: [PoolList; class::COUNT],
    /// Every heap that ever had a thread, the newest first.
    heaps: Option<&'static Heap>,
    /// Heaps whose thread has ended.
    idle: Option<&'static Heap>,
    /// Memory for new heaps. Heaps are never unmapped: a late remote free may
    /// still speak to the heap of a thread that has ended.
    fresh: &'static [Heap],
    /// Arenas that were got and not given back.
    mapped_arenas: usize,
    /// Where arenas come from.
    pub(crate) arena_allocator: PyObjectArenaAllocator,
}

impl Commons {
    const fn new() -> Self {
        Self {
            orphans: Shelf::new(),
            spare: None,
            abandoned: [const { PoolList::new() }; class::COUNT],
            heaps: None,
            idle: None,
            fresh: &[],
            mapped_arenas: 0,
            arena_allocator: OWN,
        }
    }

    /// A pool of `class` with free blocks for `heap`: an abandoned one or an
    /// empty one. `None` if the system has no memory.
    pub(crate) fn take_pool(&mut self, class: usize, heap: &'static Heap) -> Option<&'static Pool> {
        if let Some(pool) = self.abandoned[class].first().filter(|pool| pool.has_room()) {
            self.adopt(pool, heap);
            return Some(pool);
        }
        let arena = self.arena_with_free_pool(heap)?;
        arena.home.set(Some(heap));
        let pool = arena.take();
        heap.shelf.put(arena);
        pool.reset(class, arena.area(pool));
        pool.owner.store(ptr::from_ref(heap).cast_mut(), Ordering::Relaxed);
        Some(pool)
    }

    /// Takes back a pool without live blocks. Returns the arena if it has other pools in use.
    pub(crate) fn give_pool(&mut self, pool: &'static Pool) -> Option<&'static Arena> {
        pool.owner.store(ptr::null_mut(), Ordering::Relaxed);
        let arena = Arena::of(pool);
        let shelf = arena.home.get().map_or(&self.orphans, |heap| &heap.shelf);
        shelf.remove(arena);
        arena.give(pool);
        if arena.free_pools() < POOLS {
            shelf.put(arena);
            return Some(arena);
        }
        if self.spare.is_none() {
            self.spare = Some(arena);
        } else {
            self.mapped_arenas -= 1;
            // SAFETY: all its pools are free, and it is in no list.
            unsafe { arena.give_back() };
        }
        None
    }

    /// Whether [`take_pool`](Self::take_pool) can do without a new arena.
    pub(crate) fn has_pool(&self, class: usize, heap: &Heap) -> bool {
        heap.shelf.has_pool()
            || self.orphans.has_pool()
            || self.has_spare()
            || self.abandoned[class].first().is_some_and(Pool::has_room)
    }

    /// Whether an empty arena is kept.
    pub(crate) fn has_spare(&self) -> bool {
        self.spare.is_some()
    }

    /// Makes `heap` the owner of an abandoned pool; the blocks in its remote
    /// list are free then.
    pub(crate) fn adopt(&mut self, pool: &'static Pool, heap: &'static Heap) {
        self.abandoned[pool.class()].remove(pool);
        pool.owner.store(ptr::from_ref(heap).cast_mut(), Ordering::Relaxed);
        pool.take_back(pool.remote.attach());
    }

    /// Takes a pool whose thread ends, or its memory if no block is live.
    pub(crate) fn abandon(&mut self, pool: &'static Pool) {
        pool.owner.store(ptr::null_mut(), Ordering::Relaxed);
        pool.take_back(pool.remote.abandon());
        self.settle(pool);
    }

    /// Frees a block of a pool that may be abandoned, for a thread that has no
    /// heap to adopt it. Returns whether the pool was abandoned.
    ///
    /// # Safety
    /// `block` is a live block of `pool` that the caller gives up.
    pub(crate) unsafe fn free_abandoned(&mut self, pool: &'static Pool, block: *mut crate::block::Block) -> bool {
        let abandoned = pool.remote.is_abandoned();
        if abandoned {
            // SAFETY: the caller's promise; the pool of nobody belongs to the holder of the commons.
            unsafe { pool.push(block) };
            self.abandoned[pool.class()].remove(pool);
            self.settle(pool);
        }
        abandoned
    }

    /// A heap for a thread that has none; `None` if the system has no memory.
    pub(crate) fn take_heap(&mut self) -> Option<&'static Heap> {
        if let Some(heap) = self.idle {
            self.idle = heap.next_idle.take();
            return Some(heap);
        }
        if self.fresh.is_empty() {
            self.fresh = Heap::map_many()?;
        }
        let (heap, rest) = self.fresh.split_first()?;
        self.fresh = rest;
        heap.next.set(self.heaps.replace(heap));
        Some(heap)
    }

    /// Keeps the heap of a thread that has ended for another one. Its arenas are anybody's from now on.
    pub(crate) fn give_heap(&mut self, heap: &'static Heap) {
        self.orphan(heap);
        heap.next_idle.set(self.idle.replace(heap));
    }

    /// After a fork, in the child: the arenas of all heaps but the calling thread's are anybody's.
    pub(crate) fn after_fork(&mut self, survivor: &Heap) {
        for heap in self.heaps().filter(|heap| !ptr::eq(*heap, survivor)) {
            self.orphan(heap);
        }
    }

    fn orphan(&self, heap: &'static Heap) {
        for (_, arena) in heap.shelf.iter() {
            heap.shelf.remove(arena);
            arena.home.set(None);
            self.orphans.put(arena);
        }
    }

    /// Every heap that ever had a thread.
    fn heaps(&self) -> impl Iterator<Item = &'static Heap> + use<> {
        std::iter::successors(self.heaps, |heap| heap.next.get())
    }

    /// How many arenas are mapped, the spare one included.
    pub(crate) fn mapped_arenas(&self) -> usize {
        self.mapped_arenas
    }

    /// Every abandoned pool.
    pub(crate) fn abandoned(&self) -> impl Iterator<Item = &'static Pool> {
        self.abandoned.iter().flat_map(PoolList::iter)
    }

    /// Every arena but the spare one, with the number of free pools that it is filed under.
    pub(crate) fn arenas(&self) -> impl Iterator<Item = (usize, &'static Arena)> {
        std::iter::once(&self.orphans).chain(self.heaps().map(|heap| &heap.shelf)).flat_map(Shelf::iter)
    }

    /// Finds the place of a pool that has lost its owner or a block: with those
    /// of its class, the ones with free blocks first, or back in its arena.
    fn settle(&mut self, pool: &'static Pool) {
        let abandoned = &self.abandoned[pool.class()];
        if pool.used.get() == 0 {
            self.give_pool(pool);
        } else if pool.has_room() {
            abandoned.push_front(pool);
        } else {
            abandoned.push_back(pool);
        }
    }

    /// An arena with a free pool for a heap, on no shelf.
    fn arena_with_free_pool(&mut self, heap: &Heap) -> Option<&'static Arena> {
        let own = || heap.shelf.take_fullest().or_else(|| self.orphans.take_fullest());
        let found = own().or_else(|| self.spare.take()).or_else(|| self.heaps().find_map(|heap| heap.shelf.give_one()));
        if found.is_some() {
            return found;
        }
        let arena = Arena::get(self.arena_allocator)?;
        self.mapped_arenas += 1;
        stats::new_arena(self);
        Some(arena)
    }
}

/// Waits for the commons and holds them until the guard is dropped.
pub(crate) fn lock() -> Guard {
    thread::watch_forks();
    LOCK.acquire();
    Guard(())
}

/// Access to the commons while the lock is held.
pub(crate) struct Guard(());

impl Deref for Guard {
    type Target = Commons;
    fn deref(&self) -> &Commons {
        // SAFETY: the lock is held, and the only other references come from this guard.
        unsafe { &*COMMONS.0.get() }
    }
}

impl DerefMut for Guard {
    fn deref_mut(&mut self) -> &mut Commons {
        // SAFETY: as in `deref`.
        unsafe { &mut *COMMONS.0.get() }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        LOCK.release();
    }
}

struct Shared<T>(UnsafeCell<T>);

// SAFETY: the contents are used under the lock.
unsafe impl<T> Sync for Shared<T> {}

static COMMONS: Shared<Commons> = Shared(UnsafeCell::new(Commons::new()));

/// Held over forks, so that a child gets the commons in a consistent state.
pub(crate) static LOCK: Lock = Lock::new();
