//! A doubly linked list of pools, threaded through them.

use std::cell::Cell;
use std::ptr;

use crate::pool::Pool;

/// Pools in order. A pool is in one list at most.
pub(crate) struct PoolList {
    head: Cell<Option<&'static Pool>>,
    tail: Cell<Option<&'static Pool>>,
}

impl PoolList {
    /// An empty list.
    pub(crate) const fn new() -> Self {
        Self { head: Cell::new(None), tail: Cell::new(None) }
    }

    /// The pool in front.
    pub(crate) fn first(&self) -> Option<&'static Pool> {
        self.head.get()
    }

    /// Whether `pool`, which is in the list, is the only one.
    pub(crate) fn is_only(&self, pool: &Pool) -> bool {
        pool.next.get().is_none() && self.head.get().is_some_and(|head| ptr::eq(head, pool))
    }

    /// Appends a pool that is in no list.
    pub(crate) fn push_back(&self, pool: &'static Pool) {
        let last = self.tail.replace(Some(pool));
        pool.prev.set(last);
        pool.next.set(None);
        match last {
            Some(last) => last.next.set(Some(pool)),
            None => self.head.set(Some(pool)),
        }
    }

    /// Puts a pool that is in no list in front.
    pub(crate) fn push_front(&self, pool: &'static Pool) {
        let first = self.head.replace(Some(pool));
        pool.next.set(first);
        pool.prev.set(None);
        match first {
            Some(first) => first.prev.set(Some(pool)),
            None => self.tail.set(Some(pool)),
        }
    }

    /// Takes out a pool that is in this list.
    pub(crate) fn remove(&self, pool: &'static Pool) {
        let (prev, next) = (pool.prev.take(), pool.next.take());
        match prev {
            Some(prev) => prev.next.set(next),
            None => self.head.set(next),
        }
        match next {
            Some(next) => next.prev.set(prev),
            None => self.tail.set(prev),
        }
    }

    /// The pools in order; the one just returned may be taken out.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static Pool> + use<> {
        let mut next = self.head.get();
        std::iter::from_fn(move || {
            let pool = next?;
            next = pool.next.get();
            Some(pool)
        })
    }
}
