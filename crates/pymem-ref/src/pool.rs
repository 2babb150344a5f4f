//! A pool: 32 KiB of blocks of one size class.
//!
//! What is here is the descriptor, one cache line in the header of the arena. Were it at the start of the pool's
//! own memory, the descriptors of all pools would compete for the same few sets of the processor's cache.

use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::block::Block;
use crate::class;
use crate::heap::Heap;
use crate::remote::Remote;
use crate::sync::AtomicUsize;

/// The size of a pool's memory, and its alignment.
pub(crate) const POOL: usize = 32 << 10;

/// How much of a pool is cut into blocks at a time: up to the end of a page, so
/// that a pool that is hardly used does not become resident as a whole.
const CARVE: usize = 4 << 10;

/// The descriptor of a pool. All zeroes is a pool that nobody uses.
///
/// The cells belong to the owner: the heap in `owner`, or for a pool without one the holder of the commons. `class`
/// may be read by anybody who holds a live block, for it cannot change while there is one.
#[repr(C, align(64))]
pub(crate) struct Pool {
    /// Blocks to hand out next.
    pub(crate) free: Cell<*mut Block>,
    /// The heap whose thread alone may touch the cells.
    pub(crate) owner: AtomicPtr<Heap>,
    /// Blocks in use, those in the remote list included. See [`Heap::free`] for
    /// the two states in which it holds something else.
    pub(crate) used: Cell<u32>,
    class: Cell<u8>,
    /// Which one of its arena it is.
    pub(crate) index: Cell<u8>,
    /// Whether the owner has put the pool aside because all blocks were in use.
    pub(crate) detached: Cell<bool>,
    /// The end of what has been cut into blocks.
    carved: Cell<*mut u8>,
    /// The end of what can be.
    end: Cell<*mut u8>,
    /// Blocks that other threads have freed.
    pub(crate) remote: Remote,
    /// Neighbours in the list that the pool is in.
    pub(crate) next: Cell<Option<&'static Pool>>,
    /// The other neighbour.
    pub(crate) prev: Cell<Option<&'static Pool>>,
}

// SAFETY: the cells are touched by one thread at a time, by the rule of ownership above.
unsafe impl Sync for Pool {}

/// A pool without blocks: where a heap has none of a class, it points here, so
/// that allocating need not ask whether there is a pool. Never written to.
pub(crate) static NO_POOL: Pool = Pool {
    free: Cell::new(ptr::null_mut()),
    owner: AtomicPtr::new(ptr::null_mut()),
    used: Cell::new(0),
    class: Cell::new(0),
    index: Cell::new(0),
    detached: Cell::new(false),
    carved: Cell::new(ptr::null_mut()),
    end: Cell::new(ptr::null_mut()),
    remote: Remote::from_word(AtomicUsize::new(0)),
    next: Cell::new(None),
    prev: Cell::new(None),
};

impl Pool {
    /// Prepares a pool whose memory is `area` for blocks of `class`.
    pub(crate) fn reset(&self, class: usize, area: std::ops::Range<*mut u8>) {
        let bytes = area.end as usize - area.start as usize;
        self.free.set(ptr::null_mut());
        self.used.set(0);
        self.class.set(class as u8);
        self.detached.set(false);
        self.carved.set(area.start);
        self.end.set(area.start.wrapping_add(bytes - bytes % class::size(class)));
        self.remote.attach();
    }

    /// The size class of the blocks.
    #[inline(always)]
    pub(crate) fn class(&self) -> usize {
        usize::from(self.class.get())
    }

    /// The size of the blocks, in bytes.
    #[inline(always)]
    pub(crate) fn block_size(&self) -> usize {
        class::size(self.class())
    }

    /// Takes a block from the free list; null if that is empty.
    #[inline(always)]
    pub(crate) fn pop(&self) -> *mut Block {
        let block = self.free.get();
        if !block.is_null() {
            // SAFETY: blocks in the free list are free, and the list is ours.
            self.free.set(unsafe { Block::next(block) });
            self.used.set(self.used.get() + 1);
        }
        block
    }

    /// Puts a block back into the free list and counts it as unused; returns
    /// the blocks still in use.
    ///
    /// # Safety
    /// `block` is a live block of this pool that the caller gives up.
    #[inline(always)]
    pub(crate) unsafe fn push(&self, block: *mut Block) -> u32 {
        // SAFETY: the block was given up to us.
        unsafe { Block::link(block, self.free.get()) };
        self.free.set(block);
        let used = self.used.get() - 1;
        self.used.set(used);
        used
    }

    /// Puts a list of blocks that came out of the remote list into the free list.
    pub(crate) fn take_back(&self, mut list: *mut Block) {
        while !list.is_null() {
            // SAFETY: the list was taken from our own remote list, so its blocks are ours alone.
            let next = unsafe { Block::next(list) };
            // SAFETY: as above; blocks in the remote list still count as used.
            unsafe { self.push(list) };
            list = next;
        }
    }

    /// Cuts more memory into blocks and puts them into the free list, which is
    /// empty. Returns whether there was any memory left.
    pub(crate) fn carve(&self) -> bool {
        let size = self.block_size();
        let start = self.carved.get();
        let left = self.end.get() as usize - start as usize;
        // Blocks that end within the page, and the one that reaches into the next.
        let page = CARVE - start.addr() % CARVE;
        let bytes = left.min(page.div_ceil(size) * size);
        let mut list = ptr::null_mut();
        for offset in (0..bytes).step_by(size).rev() {
            let block = start.wrapping_add(offset).cast::<Block>();
            // SAFETY: what lies between `carved` and `end` is mapped and nobody has it.
            unsafe { Block::link(block, list) };
            list = block;
        }
        self.free.set(list);
        self.carved.set(start.wrapping_add(bytes));
        bytes != 0
    }

    /// Whether a block can be had without looking at the remote list.
    pub(crate) fn has_room(&self) -> bool {
        !self.free.get().is_null() || self.carved.get() != self.end.get()
    }

    /// How many blocks have been cut out of `area`, the pool's memory.
    pub(crate) fn carved_blocks(&self, area: &std::ops::Range<*mut u8>) -> usize {
        (self.carved.get() as usize - area.start as usize) / self.block_size()
    }

    /// Whether `heap` owns the pool. Only the owner's thread can get a yes.
    #[inline(always)]
    pub(crate) fn is_owned_by(&self, heap: &Heap) -> bool {
        ptr::eq(self.owner.load(Ordering::Relaxed), heap)
    }
}
