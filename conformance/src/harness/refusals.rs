//! Which requests an allocator of ours refuses.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Refuses all requests, or the n-th from now, or none. Asked by one thread at a time.
#[derive(Default)]
pub(super) struct Refusals {
    all: AtomicBool,
    /// Requests up to the one that is refused, which counts; 0 for none.
    left: AtomicU64,
    made: AtomicU64,
}

impl Refusals {
    /// Whether every request is refused from now on.
    pub(super) fn all(&self, refuses: bool) {
        self.all.store(refuses, Ordering::Relaxed);
    }

    /// Refuses the n-th request from now on, counted from 1, and no other; for 0 none.
    pub(super) fn nth(&self, n: u64) {
        self.left.store(n, Ordering::Relaxed);
    }

    /// How many were refused so far.
    pub(super) fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Whether the request that arrives now is refused.
    pub(super) fn refuse_this(&self) -> bool {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        let refused = left == 1 || self.all.load(Ordering::Relaxed);
        self.made.fetch_add(u64::from(refused), Ordering::Relaxed);
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(refusals: &Refusals) -> Vec<bool> {
        (0..4).map(|_| refusals.refuse_this()).collect()
    }

    #[test]
    fn the_nth_is_refused_once() {
        let refusals = Refusals::default();
        assert_eq!(refused(&refusals), [false; 4]);
        refusals.nth(2);
        assert_eq!(refused(&refusals), [false, true, false, false]);
        refusals.nth(1);
        refusals.nth(0);
        assert_eq!(refused(&refusals), [false; 4]);
        assert_eq!(refusals.made(), 1);
    }

    #[test]
    fn all_are_refused_until_told_otherwise() {
        let refusals = Refusals::default();
        refusals.all(true);
        assert_eq!(refused(&refusals), [true; 4]);
        refusals.all(false);
        assert_eq!(refused(&refusals), [false; 4]);
    }
}
