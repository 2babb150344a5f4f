//! Every interleaving of the remote list, within loom's bounds.
//!
//!     RUSTFLAGS="--cfg loom" cargo test -p pymem-ref --release --test loom_remote
//!
//! The two modules are compiled once more here, with loom's atomics for those of `sync`.

#![cfg(loom)]

#[path = "../src/block.rs"]
mod block;
#[allow(dead_code, reason = "the tests use a part of the module")]
#[path = "../src/remote.rs"]
mod remote;
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicUsize, Ordering};
}

use std::ptr;

use block::Block;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use remote::{Pushed, Remote};

/// A pool with two live blocks, as far as its remote list is concerned.
struct Pool {
    remote: Remote,
    /// Blocks that came back to their owner, one way or the other.
    returned: AtomicUsize,
}

impl Pool {
    fn new() -> Arc<Self> {
        Arc::new(Self { remote: Remote::from_word(AtomicUsize::new(0)), returned: AtomicUsize::new(0) })
    }

    /// Frees a fresh block as another thread would; what is not queued is
    /// counted at once, as the owner or an adopter would do.
    fn free(&self) {
        let block = Box::into_raw(Box::new([0u128; 1])).cast::<Block>();
        // SAFETY: a block of our own that we give up.
        match unsafe { self.remote.push(block) } {
            Pushed::Queued => {}
            Pushed::TellOwner | Pushed::Abandoned => {
                release(block);
                self.returned.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Counts a list that the owner has taken.
    fn take_back(&self, mut list: *mut Block) {
        while !list.is_null() {
            // SAFETY: the list was taken, so it is ours.
            let next = unsafe { Block::next(list) };
            release(list);
            self.returned.fetch_add(1, Ordering::Relaxed);
            list = next;
        }
    }
}

fn release(block: *mut Block) {
    // SAFETY: made by `Pool::free`, and released once.
    drop(unsafe { Box::from_raw(block.cast::<[u128; 1]>()) });
}

#[test]
fn no_block_is_lost_while_the_owner_collects() {
    loom::model(|| {
        let pool = Pool::new();
        let threads = [0, 1].map(|_| {
            let pool = pool.clone();
            thread::spawn(move || pool.free())
        });
        pool.take_back(pool.remote.attach());
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        pool.take_back(pool.remote.attach());
        assert_eq!(pool.returned.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn a_detached_pool_tells_its_owner_exactly_once() {
    loom::model(|| {
        let pool = Pool::new();
        let detached = pool.remote.detach();
        assert!(detached);
        let threads = [0, 1].map(|_| {
            let pool = pool.clone();
            thread::spawn(move || pool.free())
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(pool.returned.load(Ordering::Relaxed), 1, "one block tells, the other is queued");
        pool.take_back(pool.remote.attach());
        assert_eq!(pool.returned.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn no_block_is_queued_on_an_abandoned_pool() {
    loom::model(|| {
        let pool = Pool::new();
        let threads = [0, 1].map(|_| {
            let pool = pool.clone();
            thread::spawn(move || pool.free())
        });
        pool.take_back(pool.remote.abandon());
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(pool.returned.load(Ordering::Relaxed), 2);
        assert!(ptr::eq(pool.remote.attach(), ptr::null_mut()));
    });
}
