//! The remote list of a pool: blocks that other threads have freed.
//!
//! One atomic word holds the list and the pool's state towards other threads, so that a block can never be queued
//! on a pool that has just changed hands unnoticed. Blocks are aligned to 16, which leaves the low bits for the state.
//!
//! | state | meaning | a remote free |
//! | --- | --- | --- |
//! | attached | the owner looks here before it takes another pool | queues the block |
//! | detached | all blocks are in use and the owner has put the pool aside | tells the owner, once |
//! | abandoned | the owner's thread has ended | adopts the pool |

use super::block::Block;
use super::sync::{AtomicUsize, Ordering};

const ATTACHED: usize = 0;
const DETACHED: usize = 1;
const ABANDONED: usize = 2;
const STATE: usize = 3;

/// The list and the state, in one word.
pub(crate) struct Remote(AtomicUsize);

/// What became of a block that another thread frees.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Pushed {
    /// It is in the list, and no longer the caller's.
    Queued,
    /// It is still the caller's, who alone must hand it to the owner so that it
    /// takes up the pool again.
    TellOwner,
    /// It is still the caller's: the pool has no owner.
    Abandoned,
}

impl Remote {
    /// An empty list on an attached pool, around the word that holds it.
    pub(crate) const fn from_word(zero: AtomicUsize) -> Self {
        Self(zero)
    }

    /// Queues a block, or says what else to do with it.
    ///
    /// # Safety
    /// `block` is a live block of this pool that the caller gives up.
    pub(crate) unsafe fn push(&self, block: *mut Block) -> Pushed {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let (next, outcome) = match word & STATE {
                ABANDONED => return Pushed::Abandoned,
                // A detached pool's list is empty. Leaving the state tells all later threads that the owner knows.
                DETACHED => (ATTACHED, Pushed::TellOwner),
                _ => {
                    // SAFETY: the block is still ours; the exchange below publishes it.
                    unsafe { Block::link(block, word as *mut Block) };
                    (block as usize, Pushed::Queued)
                }
            };
            match self.0.compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return outcome,
                Err(seen) => word = seen,
            }
        }
    }

    /// Takes the list, and leaves the pool attached. Only for the owner, or for
    /// the holder of the commons when it adopts the pool.
    pub(crate) fn attach(&self) -> *mut Block {
        (self.0.swap(ATTACHED, Ordering::AcqRel) & !STATE) as *mut Block
    }

    /// Marks the pool as put aside, unless a block has been queued. Only for the owner.
    pub(crate) fn detach(&self) -> bool {
        self.0.compare_exchange(ATTACHED, DETACHED, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Takes the list, and leaves the pool without an owner. Only for the owner,
    /// while it holds the commons.
    pub(crate) fn abandon(&self) -> *mut Block {
        (self.0.swap(ABANDONED, Ordering::AcqRel) & !STATE) as *mut Block
    }

    /// Whether the list may hold blocks. Cheaper than taking it.
    pub(crate) fn has_blocks(&self) -> bool {
        self.0.load(Ordering::Relaxed) & !STATE != 0
    }

    /// Whether the next remote free has to tell the owner.
    pub(crate) fn is_detached(&self) -> bool {
        self.0.load(Ordering::Relaxed) & STATE == DETACHED
    }

    /// Whether the pool has no owner. Stable only while the commons are held.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.0.load(Ordering::Acquire) & STATE == ABANDONED
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Sixteen aligned bytes that stand for a block.
    #[repr(align(16))]
    struct Memory {
        _bytes: [u8; 16],
    }

    fn push(remote: &Remote, memory: &mut Memory) -> Pushed {
        // SAFETY: the memory outlives the list of each test.
        unsafe { remote.push((&raw mut *memory).cast()) }
    }

    fn length(mut list: *mut Block) -> usize {
        let mut length = 0;
        while !list.is_null() {
            // SAFETY: the list was taken, so it is ours.
            list = unsafe { Block::next(list) };
            length += 1;
        }
        length
    }

    #[test]
    fn an_attached_pool_queues_blocks() {
        let (remote, mut memory) = (Remote::from_word(AtomicUsize::new(0)), [const { Memory { _bytes: [0; 16] } }; 3]);
        for block in &mut memory {
            assert_eq!(push(&remote, block), Pushed::Queued);
        }
        assert!(remote.has_blocks() && !remote.detach());
        assert_eq!(length(remote.attach()), 3);
        assert!(!remote.has_blocks());
    }

    #[test]
    fn a_detached_pool_asks_once_to_tell_its_owner() {
        let (remote, mut memory) = (Remote::from_word(AtomicUsize::new(0)), [const { Memory { _bytes: [0; 16] } }; 2]);
        assert!(remote.detach() && remote.is_detached());
        assert_eq!(push(&remote, &mut memory[0]), Pushed::TellOwner);
        assert_eq!(push(&remote, &mut memory[1]), Pushed::Queued);
        assert_eq!(length(remote.attach()), 1, "the block that tells is not in the list");
    }

    #[test]
    fn an_abandoned_pool_takes_no_blocks_until_it_is_adopted() {
        let (remote, mut memory) = (Remote::from_word(AtomicUsize::new(0)), [const { Memory { _bytes: [0; 16] } }; 2]);
        assert_eq!(push(&remote, &mut memory[0]), Pushed::Queued);
        assert_eq!(length(remote.abandon()), 1);
        assert!(remote.is_abandoned());
        assert_eq!(push(&remote, &mut memory[1]), Pushed::Abandoned);
        assert_eq!(length(remote.attach()), 0);
        assert_eq!(push(&remote, &mut memory[1]), Pushed::Queued);
    }
}
