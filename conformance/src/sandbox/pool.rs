//! What the keepers of one run share: who does what next, and what has hung.

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::journal::Function;

/// Sessions of one run at most: two modes and eight `PYTHONMALLOC` names need
/// fewer.
pub const SESSIONS: usize = 16;
/// Keepers of one run at most.
pub const KEEPERS: usize = 64;
/// Hangs of one function after which it is not called any more.
const HANGS_OF_ONE: u32 = 3;
/// Hangs of all functions after which one more suffices.
const HANGS_OF_ALL: u32 = 6;
/// Items that must be left for a second worker to be worth its start.
const WORTH_HELPING: u32 = 6;
/// Checks that use too much memory until others are not run any more.
const OVERUSES: u32 = 4;
/// No item.
pub const NONE: u32 = u32::MAX;

/// What a keeper is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The session.
    pub session: usize,
    /// Its items; none while a worker is started.
    pub items: Range<usize>,
}

impl Place {
    /// As one number: 8 bits for the session, 8 for how many items, 16 for the first.
    pub fn pack(&self) -> u32 {
        (self.session << 24 | self.items.len() << 16 | self.items.start) as u32
    }

    /// The number taken apart.
    pub fn unpack(packed: u32) -> Self {
        let [session, count] = [packed >> 24, packed >> 16 & 0xff].map(|part| part as usize);
        let first = packed as usize & 0xffff;
        Self { session, items: first..first + count }
    }
}

/// One session's progress.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Progress {
    /// Items of the session.
    pub count: AtomicU32,
    /// The next one to be run.
    pub next: AtomicU32,
    /// Keepers that work for it.
    pub opened: AtomicU32,
    /// 1 once the target could not be brought into the state of the session.
    pub failed: AtomicU32,
}

/// Memory that supervisor and keepers share.
#[derive(Debug)]
#[repr(C)]
pub struct Pool {
    sessions: [Progress; SESSIONS],
    /// What each keeper is at: a [`Place`], or [`NONE`].
    pub current: [AtomicU32; KEEPERS],
    hangs: [AtomicU32; 4],
    huge: AtomicU32,
    overuses: AtomicU32,
    stuck: AtomicU32,
    load_failed: AtomicU32,
}

impl Pool {
    /// A pool whose sessions have this many items each.
    ///
    /// # Errors
    /// If the system has no memory left.
    pub fn new(counts: &[usize]) -> io::Result<&'static Self> {
        let start = super::sys::map_anonymous(size_of::<Self>())?;
        // SAFETY: fresh zeroed memory, which is a valid pool, mapped for good.
        let pool: &'static Self = unsafe { &*start.cast::<Self>() };
        for (session, count) in pool.sessions.iter().zip(counts) {
            session.count.store(*count as u32, Ordering::Relaxed);
        }
        pool.current.iter().for_each(|current| current.store(NONE, Ordering::Relaxed));
        Ok(pool)
    }

    /// One session's progress.
    pub fn session(&self, session: usize) -> &Progress {
        &self.sessions[session]
    }

    /// The session to work for next: one that nobody works for, else the one
    /// with most left to do.
    pub fn choose(&self) -> Option<usize> {
        let usable =
            |(_, session): &(usize, &Progress)| session.failed.load(Ordering::Relaxed) == 0 && session.left() > 0;
        let untouched =
            self.sessions.iter().enumerate().filter(usable).find(|(_, session)| {
                session.opened.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_ok()
            });
        if let Some((index, _)) = untouched {
            return Some(index);
        }
        let (index, session) =
            self.sessions.iter().enumerate().filter(usable).max_by_key(|(_, session)| session.left())?;
        if session.left() < WORTH_HELPING && session.opened.load(Ordering::Relaxed) > 0 {
            return None;
        }
        session.opened.fetch_add(1, Ordering::Relaxed);
        Some(index)
    }

    /// Notes that a keeper no longer works for a session.
    pub fn leave(&self, session: usize) {
        let opened = &self.sessions[session].opened;
        let _ = opened.fetch_update(Ordering::AcqRel, Ordering::Relaxed, |count| count.checked_sub(1));
    }

    /// Takes the next items of a session: as many as `together` says of the first, at least one.
    pub fn take(&self, session: usize, together: impl Fn(usize) -> usize) -> Option<Range<usize>> {
        let session = &self.sessions[session];
        let count = session.count.load(Ordering::Relaxed) as usize;
        loop {
            let first = session.next.load(Ordering::Acquire);
            if session.failed.load(Ordering::Relaxed) != 0 || first as usize >= count {
                return None;
            }
            let end = count.min(first as usize + together(first as usize).max(1));
            let next = session.next.compare_exchange(first, end as u32, Ordering::AcqRel, Ordering::Relaxed);
            if next.is_ok() {
                return Some(first as usize..end);
            }
        }
    }

    /// Notes that the target does not load: no session can.
    pub fn note_load_failure(&self) {
        self.load_failed.store(1, Ordering::Release);
    }

    /// Whether the target is known not to load.
    pub fn load_failed(&self) -> bool {
        self.load_failed.load(Ordering::Acquire) != 0
    }

    /// Notes that a function hung.
    pub fn note_hang(&self, function: Function) {
        self.hangs[function as usize].fetch_add(1, Ordering::AcqRel);
    }

    /// Whether so much hung that no second run is needed to believe it.
    pub fn hangs_for_sure(&self, function: Function) -> bool {
        let of_one = self.hangs[function as usize].load(Ordering::Acquire);
        let of_all: u32 = self.hangs.iter().map(|hangs| hangs.load(Ordering::Acquire)).sum();
        of_one >= HANGS_OF_ONE || (of_one > 0 && of_all >= HANGS_OF_ALL)
    }

    /// The functions that are not to be called any more, as bits.
    pub fn broken(&self) -> u32 {
        let broken = Function::ALL.into_iter().filter(|function| self.hangs_for_sure(*function));
        broken.map(Function::bit).sum()
    }

    /// Waits until no other keeper runs a check that asks for a GiB or more.
    pub fn lock_huge(&self, keeper: usize) {
        let mine = keeper as u32 + 1;
        while let Err(other) = self.huge.compare_exchange(0, mine, Ordering::AcqRel, Ordering::Relaxed) {
            super::sys::futex_wait(&self.huge, other, Some(std::time::Duration::from_millis(50)));
        }
    }

    /// Lets others run such checks again, if this keeper held them up; it may
    /// have been killed meanwhile.
    pub fn unlock_huge(&self, keeper: usize) {
        if self.huge.load(Ordering::Acquire) == keeper as u32 + 1 {
            super::sys::futex_set(&self.huge, 0);
        }
    }

    /// Notes that a check did not end, without an operation to blame.
    pub fn note_stuck(&self) {
        self.stuck.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether so many checks did not end that others need not be run.
    pub fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::Acquire) >= HANGS_OF_ONE
    }

    /// Notes that a check used more memory than it may.
    pub fn note_overuse(&self) {
        self.overuses.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether so many checks used too much memory that others need not be run.
    pub fn overuses_for_sure(&self) -> bool {
        self.overuses.load(Ordering::Acquire) >= OVERUSES
    }
}

impl Progress {
    fn left(&self) -> u32 {
        self.count.load(Ordering::Relaxed).saturating_sub(self.next.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(counts: &[usize]) -> &'static Pool {
        Pool::new(counts).expect("memory")
    }

    #[test]
    fn every_item_is_taken_once() {
        let pool = pool(&[3, 0, 40]);
        let mut taken = Vec::new();
        while let Some(session) = pool.choose() {
            while let Some(items) = pool.take(session, |first| if first == 7 { 5 } else { 1 }) {
                assert_eq!(items.len(), if items.start == 7 { 5 } else { 1 });
                taken.extend(items.map(|item| (session, item)));
            }
        }
        taken.sort_unstable();
        let expected: Vec<_> = (0..3).map(|item| (0, item)).chain((0..40).map(|item| (2, item))).collect();
        assert_eq!(taken, expected);
    }

    #[test]
    fn a_place_is_a_number() {
        for place in [Place { session: 15, items: 0..0 }, Place { session: 0, items: 700..716 }] {
            assert_eq!(Place::unpack(place.pack()), place);
        }
    }

    #[test]
    fn untouched_sessions_come_before_helping() {
        let pool = pool(&[40, 3]);
        assert_eq!(pool.choose(), Some(0));
        assert_eq!(pool.choose(), Some(1));
        assert_eq!(pool.choose(), Some(0));
    }

    #[test]
    fn three_hangs_of_one_function_suffice_or_one_after_six_in_all() {
        let pool = pool(&[]);
        for _ in 0..2 {
            pool.note_hang(Function::Malloc);
        }
        assert_eq!(pool.broken(), 0);
        pool.note_hang(Function::Malloc);
        assert_eq!(pool.broken(), Function::Malloc.bit());
        for _ in 0..3 {
            pool.note_hang(Function::Free);
        }
        pool.note_hang(Function::Calloc);
        assert_eq!(pool.broken(), Function::Malloc.bit() | Function::Free.bit() | Function::Calloc.bit());
    }
}
