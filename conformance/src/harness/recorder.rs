//! Writes operations into the shared board before they are made.

use std::sync::atomic::Ordering;

use crate::journal::Operation;
use crate::sandbox::shm::{Board, RING};

/// The child's end of the journal. Copies may be used by several threads.
#[derive(Clone, Copy)]
pub struct Recorder {
    board: *mut Board,
}

// SAFETY: counters and records are atomics.
unsafe impl Send for Recorder {}
// SAFETY: as above.
unsafe impl Sync for Recorder {}

impl Recorder {
    /// Records into `board`.
    ///
    /// # Safety
    /// `board` stays mapped, writable, for the life of the process.
    pub unsafe fn new(board: *mut Board) -> Self {
        Self { board }
    }

    /// Notes an operation that is about to be made. Returns its number, from 1.
    #[inline]
    pub fn begin(&self, operation: Operation) -> u64 {
        // SAFETY: the promise given to `new`.
        let begun = unsafe { &(*self.board).begun };
        // A child has one thread but for the checks of threads, which use
        // lanes: a plain store is enough, and far cheaper.
        let index = begun.load(Ordering::Relaxed);
        // SAFETY: the promise given to `new`.
        unsafe { &(*self.board).ring[index as usize % RING] }.write(operation);
        begun.store(index + 1, Ordering::Release);
        index + 1
    }

    /// Like [`Self::begin`], but notes nothing while another operation is under way.
    pub fn begin_alone(&self, operation: Operation) -> Option<u64> {
        // SAFETY: the promise given to `new`.
        let board = unsafe { &*self.board };
        let begun = board.ended.load(Ordering::Acquire);
        board.begun.compare_exchange(begun, begun + 1, Ordering::AcqRel, Ordering::Relaxed).ok()?;
        board.ring[begun as usize % RING].write(operation);
        Some(begun + 1)
    }

    /// Like [`Self::begin`], for the thread that has this lane.
    pub fn begin_in(&self, lane: usize, operation: Operation) -> u64 {
        // SAFETY: the promise given to `new`.
        let board = unsafe { &*self.board };
        let number = board.begun.fetch_add(1, Ordering::AcqRel) + 1;
        board.lanes[lane].record.write(operation);
        board.lanes[lane].open.store(number, Ordering::Release);
        board.ring[(number - 1) as usize % RING].write(operation);
        number
    }

    /// Notes that operation `number` returned.
    #[inline]
    pub fn end(&self, number: u64) {
        // SAFETY: the promise given to `new`.
        unsafe { &(*self.board).ended }.store(number, Ordering::Release);
    }

    /// Like [`Self::end`], for the thread that has this lane.
    pub fn end_in(&self, lane: usize) {
        // SAFETY: the promise given to `new`.
        let board = unsafe { &*self.board };
        board.ended.fetch_add(1, Ordering::AcqRel);
        board.lanes[lane].open.store(0, Ordering::Release);
    }

    /// Notes the seed of the random program that is run.
    pub fn note_seed(&self, seed: u64) {
        // SAFETY: the promise given to `new`.
        unsafe { &*self.board }.note_seed(seed);
    }

    /// Operations begun so far.
    pub fn begun(&self) -> u64 {
        // SAFETY: the promise given to `new`.
        unsafe { &(*self.board).begun }.load(Ordering::Relaxed)
    }
}
