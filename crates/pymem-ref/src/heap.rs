//! A heap: the pools of one thread.
//!
//! Allocating pops a block from the class's current pool; freeing pushes it onto the list of its own pool. Both are a
//! few plain loads and stores, because nobody else touches these lists. The rest of this file is what happens when
//! the list is empty, the pool has no live block left, or the block belongs to another thread's pool.
//!
//! A pool is in one of two lists of its heap: *available* for its class, the first of which is current, or *full*, put
//! aside because every block was in use. A full pool comes back with its first free block.

use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering, fence};

use crate::arena::{Arena, POOLS};
use crate::block::Block;
use crate::check;
use crate::class;
use crate::commons::{self, Commons};
use crate::list::PoolList;
use crate::os;
use crate::pool::{NO_POOL, Pool};
use crate::remote::Pushed;
use crate::shelf::Shelf;
use crate::small;

/// The state of one thread's allocator. The cells belong to that thread; the two
/// atomics are how other threads speak to it.
///
/// A page each, so that no two threads write to neighbouring cache lines.
#[repr(C, align(4096))]
pub(crate) struct Heap {
    /// The pool to allocate from, by class; [`NO_POOL`] where there is none.
    current: [Cell<&'static Pool>; class::COUNT],
    /// Pools that may have free blocks, by class.
    available: [PoolList; class::COUNT],
    /// Pools of all classes that were found to have none.
    full: PoolList,
    /// Empty pools kept back, by class. Each counts one block too many as used.
    kept: [Cell<Option<&'static Pool>>; class::COUNT],
    /// How many arenas there were when remote lists were looked through last.
    collected_at: Cell<usize>,
    /// Arenas that the pools come from. For the holder of the commons, as are the next two.
    pub(crate) shelf: Shelf,
    /// The heap that was made before this one.
    pub(crate) next: Cell<Option<&'static Heap>>,
    /// The next idle heap in the commons.
    pub(crate) next_idle: Cell<Option<&'static Heap>>,
    /// Blocks of full pools that other threads have freed.
    told: AtomicPtr<Block>,
    /// Whether a thread has this heap.
    alive: AtomicBool,
}

// SAFETY: the cells are touched only by the heap's thread, and by whoever creates the heap before that.
unsafe impl Sync for Heap {}

/// The heap of a thread that has none: it has no pools, so that the first
/// allocation takes the slow path. Never written to.
pub(crate) static NO_HEAP: Heap = Heap::new();

impl Heap {
    const fn new() -> Self {
        Self {
            current: [const { Cell::new(&NO_POOL) }; class::COUNT],
            available: [const { PoolList::new() }; class::COUNT],
            full: PoolList::new(),
            kept: [const { Cell::new(None) }; class::COUNT],
            collected_at: Cell::new(0),
            shelf: Shelf::new(),
            next: Cell::new(None),
            next_idle: Cell::new(None),
            told: AtomicPtr::new(ptr::null_mut()),
            alive: AtomicBool::new(false),
        }
    }

    /// New heaps in memory from the system; `None` if there is none.
    pub(crate) fn map_many() -> Option<&'static [Heap]> {
        const COUNT: usize = 16;
        let start = os::map(COUNT * size_of::<Heap>())?.cast::<Heap>();
        for index in 0..COUNT {
            // SAFETY: within the mapping, which begins at a page and nobody else has.
            unsafe { start.add(index).write(Heap::new()) };
        }
        // SAFETY: just initialised, and never unmapped.
        Some(unsafe { std::slice::from_raw_parts(start.as_ptr(), COUNT) })
    }

    /// Takes the heap into use by the calling thread.
    pub(crate) fn start(&self) {
        self.alive.store(true, Ordering::SeqCst);
    }

    /// Allocates a block of `class` from the current pool; null if that has
    /// none at hand, which [`malloc_slow`](Self::malloc_slow) can change.
    #[inline(always)]
    pub(crate) fn malloc(&self, class: usize) -> *mut u8 {
        check::before_malloc(self, class);
        self.current[class].get().pop().cast()
    }

    /// Frees a block of a pool that this heap owns.
    ///
    /// The one branch covers two rare cases. A pool that has lost its last block counts zero. A full pool is made to
    /// count one, whatever its size, so that its first free block ends here too.
    ///
    /// # Safety
    /// `block` is a live block of `pool` that the caller gives up.
    #[inline(always)]
    pub(crate) unsafe fn free(&self, pool: &'static Pool, block: *mut Block) {
        check::before_free(pool, block);
        // SAFETY: the caller's promise.
        if unsafe { pool.push(block) } == 0 {
            self.free_slow(pool);
        }
    }

    /// Allocates a block of `class` from wherever one can be had; null if the
    /// system has no memory. Not for [`NO_HEAP`].
    pub(crate) fn malloc_slow(&'static self, class: usize) -> *mut u8 {
        self.take_told();
        loop {
            let pool = match self.available[class].first() {
                Some(pool) => pool,
                None => match self.acquire(class) {
                    Some(pool) => pool,
                    None => return ptr::null_mut(),
                },
            };
            if self.refill(pool) {
                check::refilled(self, pool);
                return pool.pop().cast();
            }
        }
    }

    #[cold]
    #[inline(never)]
    extern "C" fn free_slow(&self, pool: &'static Pool) {
        if pool.detached.get() {
            self.reattach(pool, 1);
        }
        if pool.used.get() == 0 {
            self.emptied(pool);
        }
    }

    /// Makes sure that a pool in its class's list has a free block, or puts it
    /// aside. Returns whether it has one.
    fn refill(&self, pool: &'static Pool) -> bool {
        if pool.remote.has_blocks() {
            pool.take_back(pool.remote.attach());
        }
        !pool.free.get().is_null() || pool.carve() || self.put_aside(pool)
    }

    /// Moves a pool whose blocks are all in use to the full list. Returns true
    /// if that is no longer so.
    fn put_aside(&self, pool: &'static Pool) -> bool {
        if !pool.remote.detach() {
            pool.take_back(pool.remote.attach());
            return true;
        }
        self.stop_keeping(pool);
        pool.detached.set(true);
        pool.used.set(1);
        self.unlist(pool);
        self.full.push_back(pool);
        false
    }

    /// Brings a full pool back, of which `freed` blocks have become free.
    fn reattach(&self, pool: &'static Pool, freed: u32) {
        self.full.remove(pool);
        pool.detached.set(false);
        pool.used.set(capacity(pool) - freed);
        pool.take_back(pool.remote.attach());
        self.list(pool);
    }

    /// Keeps an empty pool if it is the only one of its class, else gives it back.
    ///
    /// A program that frees its last block of a class and allocates another one must not pay for a pool each time.
    /// The kept pool counts one more block than there is, so that it does not come here with each such block.
    fn emptied(&self, pool: &'static Pool) {
        let class = pool.class();
        let mut commons = commons::lock();
        let arena = if self.available[class].is_only(pool) {
            pool.used.set(1);
            self.kept[class].set(Some(pool));
            Some(Arena::of(pool))
        } else {
            self.unlist(pool);
            commons.give_pool(pool)
        };
        if let Some(arena) = arena.filter(|_| commons.has_spare()) {
            self.free_if_only_kept(arena, &mut commons);
        }
    }

    /// Gets a pool with free blocks of a class from the commons. Kept pools are
    /// given back before the system is asked for an arena.
    fn acquire(&'static self, class: usize) -> Option<&'static Pool> {
        let mut commons = commons::lock();
        if !commons.has_pool(class, self) {
            self.collect(&mut commons);
            self.kept_and_empty().for_each(|pool| self.give_kept(pool, &mut commons));
        }
        let pool = commons.take_pool(class, self)?;
        self.list(pool);
        Some(pool)
    }

    /// Takes back what other threads have freed in pools of any class, which else would wait for the next request of
    /// that class. That looks at every pool, so not before the arenas have become more by a quarter.
    fn collect(&self, commons: &mut Commons) {
        let arenas = commons.mapped_arenas();
        let before = self.collected_at.get().min(arenas);
        if arenas < before + before / 4 + 1 {
            self.collected_at.set(before);
            return;
        }
        for pool in self.available.iter().flat_map(PoolList::iter).filter(|pool| pool.remote.has_blocks()) {
            pool.take_back(pool.remote.attach());
            if pool.used.get() == 0 {
                self.unlist(pool);
                commons.give_pool(pool);
            }
        }
        self.collected_at.set(commons.mapped_arenas());
    }

    /// Empties an arena in which nothing but kept pools is in use. Only while
    /// there is a spare arena: without one, this arena does its service.
    fn free_if_only_kept(&self, arena: &'static Arena, commons: &mut Commons) {
        let used = POOLS - arena.free_pools();
        let here = || self.kept_and_empty().filter(|pool| ptr::eq(Arena::of(pool), arena));
        if used <= class::COUNT && used == here().count() {
            here().for_each(|pool| self.give_kept(pool, commons));
        }
    }

    /// Kept pools without live blocks; the one just returned may be given back.
    fn kept_and_empty(&self) -> impl Iterator<Item = &'static Pool> {
        self.kept.iter().filter_map(|kept| kept.get()).filter(|pool| pool.used.get() == 1)
    }

    /// Gives a kept pool without live blocks back to the commons.
    fn give_kept(&self, pool: &'static Pool, commons: &mut Commons) {
        self.kept[pool.class()].set(None);
        self.unlist(pool);
        commons.give_pool(pool);
    }

    /// Corrects the count of a pool if it was kept while empty.
    fn stop_keeping(&self, pool: &'static Pool) {
        let kept = &self.kept[pool.class()];
        if kept.get().is_some_and(|kept| ptr::eq(kept, pool)) {
            kept.set(None);
            pool.used.set(pool.used.get() - 1);
        }
    }

    /// Appends a pool to its class's list.
    fn list(&self, pool: &'static Pool) {
        self.available[pool.class()].push_back(pool);
        self.point(pool.class());
    }

    /// Takes a pool out of its class's list.
    fn unlist(&self, pool: &'static Pool) {
        self.available[pool.class()].remove(pool);
        self.point(pool.class());
    }

    /// Makes the first available pool of a class the current one.
    fn point(&self, class: usize) {
        self.current[class].set(self.available[class].first().unwrap_or(&NO_POOL));
    }
}

/// Across threads.
impl Heap {
    /// Frees a block of a pool that this heap does not own.
    ///
    /// # Safety
    /// `block` is a live block of `pool` that the caller gives up.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe extern "C" fn free_remote(&'static self, pool: &'static Pool, block: *mut Block) {
        check::before_free(pool, block);
        loop {
            // SAFETY: the caller's promise.
            match unsafe { pool.remote.push(block) } {
                Pushed::Queued => return,
                Pushed::TellOwner => {
                    // SAFETY: the block is live until its owner has it, so that its pool and the owner's heap exist.
                    if let Some(owner) = unsafe { pool.owner.load(Ordering::Acquire).as_ref() } {
                        // SAFETY: the caller's promise.
                        return unsafe { owner.tell(block) };
                    }
                }
                // SAFETY: the caller's promise.
                Pushed::Abandoned => match unsafe { self.free_abandoned(pool, block) } {
                    true => return,
                    false => continue,
                },
            }
        }
    }

    /// Leaves a block of one of this heap's full pools for its thread to free.
    ///
    /// # Safety
    /// `block` is a live block that the caller gives up.
    unsafe fn tell(&'static self, block: *mut Block) {
        let mut first = self.told.load(Ordering::Relaxed);
        loop {
            // SAFETY: the block is ours until the exchange publishes it.
            unsafe { Block::link(block, first) };
            match self.told.compare_exchange_weak(first, block, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => break,
                Err(seen) => first = seen,
            }
        }
        // Together with the one in `end`: either the ending thread sees the block, or we see that it has ended.
        fence(Ordering::SeqCst);
        if !self.alive.load(Ordering::SeqCst) {
            self.take_told();
        }
    }

    /// Frees what other threads have left here.
    fn take_told(&'static self) {
        if self.told.load(Ordering::Relaxed).is_null() {
            return;
        }
        let mut block = self.told.swap(ptr::null_mut(), Ordering::Acquire);
        while !block.is_null() {
            // SAFETY: taking the list has made its blocks ours alone.
            let next = unsafe { Block::next(block) };
            // SAFETY: as above.
            unsafe { small::free(block.cast()) };
            block = next;
        }
    }

    /// Frees a block of an abandoned pool, and adopts the pool if this heap is a thread's that needs one: a thread that
    /// only frees must not gather pools. Returns false if the pool has found an owner meanwhile.
    ///
    /// # Safety
    /// `block` is a live block of `pool` that the caller gives up.
    unsafe fn free_abandoned(&'static self, pool: &'static Pool, block: *mut Block) -> bool {
        let mut commons = commons::lock();
        if ptr::eq(self, &NO_HEAP) || self.available[pool.class()].first().is_some() {
            // SAFETY: the caller's promise.
            return unsafe { commons.free_abandoned(pool, block) };
        }
        if !pool.remote.is_abandoned() {
            return false;
        }
        commons.adopt(pool, self);
        drop(commons);
        self.list(pool);
        // SAFETY: the caller's promise, and the pool is ours now.
        unsafe { self.free(pool, block) };
        true
    }

    /// Gives everything to the commons, at the end of the thread. The heap is
    /// no longer the calling thread's.
    pub(crate) fn end(&'static self) {
        self.alive.store(false, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let mut commons = commons::lock();
        for pool in self.full.iter() {
            self.full.remove(pool);
            pool.detached.set(false);
            pool.used.set(capacity(pool));
            commons.abandon(pool);
        }
        for list in &self.available {
            while let Some(pool) = list.first() {
                self.stop_keeping(pool);
                list.remove(pool);
                commons.abandon(pool);
            }
        }
        for current in &self.current {
            current.set(&NO_POOL);
        }
        drop(commons);
        self.take_told();
        commons::lock().give_heap(self);
    }

    /// Repairs what a fork has cut off, in the child: a thread that had yet to
    /// tell us of a full pool will not do so any more.
    ///
    /// What the child frees of blocks in other threads' pools is lost to it, but not the pools that these had free.
    pub(crate) fn after_fork(&self) {
        commons::lock().after_fork(self);
        for pool in self.full.iter() {
            if !pool.remote.is_detached() {
                self.reattach(pool, 0);
            }
        }
    }
}

/// For the invariants.
impl Heap {
    /// The pools with free blocks of a class, and whether the current one is the first of them.
    pub(crate) fn available(&self, class: usize) -> (&PoolList, bool) {
        let first = self.available[class].first().unwrap_or(&NO_POOL);
        (&self.available[class], ptr::eq(self.current[class].get(), first))
    }

    /// The pools that were put aside.
    pub(crate) fn full(&self) -> &PoolList {
        &self.full
    }

    /// The pool of a class that is kept although it was empty.
    pub(crate) fn kept(&self, class: usize) -> Option<&'static Pool> {
        self.kept[class].get()
    }
}

/// How many blocks of its class a pool has once all of it is carved.
fn capacity(pool: &Pool) -> u32 {
    pool.carved_blocks(&Arena::of(pool).area(pool)) as u32
}
