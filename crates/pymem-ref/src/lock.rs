//! A lock that can be held over a fork and released on both sides of it, which std's guards cannot express.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A mutex of the C library.
pub(crate) struct Lock {
    mutex: UnsafeCell<libc::pthread_mutex_t>,
    /// The thread that holds it over a fork, 0 for none.
    forking: AtomicUsize,
}

// SAFETY: a mutex is there to be shared.
unsafe impl Sync for Lock {}

impl Lock {
    pub(crate) const fn new() -> Self {
        Self { mutex: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER), forking: AtomicUsize::new(0) }
    }

    /// Waits for the lock.
    pub(crate) fn acquire(&self) {
        // SAFETY: a statically initialised mutex; locks are statics and never move.
        let status = unsafe { libc::pthread_mutex_lock(self.mutex.get()) };
        debug_assert_eq!(status, 0, "the lock is neither recursive nor robust");
    }

    /// Takes the lock if it is free. Returns whether it was.
    pub(crate) fn try_acquire(&self) -> bool {
        // SAFETY: as in `acquire`.
        unsafe { libc::pthread_mutex_trylock(self.mutex.get()) == 0 }
    }

    /// Gives back the lock that this thread has.
    pub(crate) fn release(&self) {
        // SAFETY: as in `acquire`.
        let status = unsafe { libc::pthread_mutex_unlock(self.mutex.get()) };
        debug_assert_eq!(status, 0, "released by the thread that holds it");
    }

    /// Takes the lock for a fork.
    ///
    /// Threads that start at the same time may have registered the fork handlers twice; the second call in a row by
    /// one thread does nothing.
    pub(crate) fn before_fork(&self) {
        let me = this_thread();
        if self.forking.load(Ordering::Relaxed) != me {
            self.acquire();
            self.forking.store(me, Ordering::Relaxed);
        }
    }

    /// Gives it back after the fork, in the parent and in the child.
    pub(crate) fn after_fork(&self) {
        if self.forking.load(Ordering::Relaxed) == this_thread() {
            self.forking.store(0, Ordering::Relaxed);
            self.release();
        }
    }
}

fn this_thread() -> usize {
    // SAFETY: always allowed.
    (unsafe { libc::pthread_self() }) as usize
}
