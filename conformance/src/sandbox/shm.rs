//! The two mappings that keeper and worker share.
//!
//! [`Control`] holds what the keeper says; the worker maps it read-only, so a
//! target that scribbles over every writable mapping cannot forge it.
//! [`Board`] holds what the worker and its children say: nothing in it is
//! trusted, every length is clamped, and a verdict counts only with the nonce
//! of the command it answers.

use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

use crate::journal::{Operation, Record};

/// Bytes for the launch order, as JSON.
pub const LAUNCH_BYTES: usize = 256 * 1024;
/// Bytes for a check's outcome, or for the worker's message, as JSON.
pub const MESSAGE_BYTES: usize = 32 * 1024;
/// Records in the journal's ring. A power of two.
pub const RING: usize = 1024;

/// Checks that one child runs at most.
pub const TOGETHER: usize = 16;

/// Threads of one check that may call the target at the same time.
pub const LANES: usize = 128;

/// What the keeper says.
#[repr(C)]
pub struct Control {
    /// Raised for each command; the worker waits on it as a futex.
    pub command: AtomicU32,
    /// What is to be done: a [`Task`].
    pub task: AtomicU32,
    /// Checks to be run, one after the other, until one does not pass.
    pub count: AtomicU32,
    /// Index of each into the table of checks.
    pub checks: [AtomicU32; TOGETHER],
    /// Its domain, as its C value.
    pub domains: [AtomicU32; TOGETHER],
    /// Bits of [`crate::harness::Switches`].
    pub switches: AtomicU32,
    /// Echoed in the outcome.
    pub nonce: AtomicU64,
    /// Seed for whatever the check does at random.
    pub seed: AtomicU64,
    /// Each check's share of time, in microseconds.
    pub share: AtomicU64,
    /// One bit for each [`crate::journal::Function`] that is not to be called
    /// any more, because it hung too often.
    pub broken: AtomicU32,
    /// The process that the worker must not outlive.
    pub keeper: AtomicI32,
    /// Length of `launch`.
    pub launch_len: AtomicU32,
    /// The launch order.
    pub launch: [u8; LAUNCH_BYTES],
}

/// What a child is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Task {
    /// Run checks.
    Check = 0,
    /// The same, with every step noted on the tape.
    Record = 1,
    /// Make the steps again that are on the tape.
    Replay = 2,
}

/// How far the worker has come. Its death is explained by the last stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Stage {
    /// Not even our first instruction: the dynamic loader refused something.
    Loader = 0,
    /// Constructors of preloaded libraries run.
    Constructors = 1,
    /// Our code runs.
    Entered = 2,
    /// The target is being opened.
    Opening = 3,
    /// The target is open; hooks are being installed.
    Opened = 4,
    /// The interpreter is being initialised.
    Initialising = 5,
    /// Commands are awaited.
    Ready = 6,
    /// The worker gave up and left a message.
    Refused = 7,
}

impl Stage {
    /// Reads a stage; anything unknown counts as [`Stage::Entered`].
    pub fn from_u32(value: u32) -> Self {
        match value {
            0 => Self::Loader,
            1 => Self::Constructors,
            3 => Self::Opening,
            4 => Self::Opened,
            5 => Self::Initialising,
            6 => Self::Ready,
            7 => Self::Refused,
            _ => Self::Entered,
        }
    }
}

/// What the worker and its children say.
#[repr(C)]
pub struct Board {
    /// A [`Stage`].
    pub stage: AtomicU32,
    /// The child of the current command; 0 before it is made, -1 if it cannot
    /// be.
    pub child: AtomicI32,
    /// Threads of the process once it is ready.
    pub threads: AtomicU32,
    /// 1 if a fork would not be a copy: the target has threads, or memory that
    /// parent and child would share.
    pub unforkable: AtomicU32,
    /// Operations begun by the child.
    pub begun: AtomicU64,
    /// Operations that returned.
    pub ended: AtomicU64,
    /// Random programs that a child has begun in a deep run.
    pub programs: AtomicU64,
    /// The seeds of the last ones, `programs % CHAIN` being the next to be written.
    pub seeds: [AtomicU64; CHAIN],
    /// The nonce of the command that `message` answers.
    pub nonce: AtomicU64,
    /// Length of `message`.
    pub message_len: AtomicU32,
    /// An outcome, or why the worker gave up.
    pub message: [u8; MESSAGE_BYTES],
    /// The last operations, `begun % RING` being the next to be written.
    pub ring: [Record; RING],
    /// What each thread is doing, in checks that have several.
    pub lanes: [Lane; LANES],
}

/// Random programs that are remembered together: one may fail only after those before it.
pub const CHAIN: usize = 8;

/// One thread's operation: the ring is soon written over by threads that go on
/// while another one hangs.
#[repr(C, align(64))]
pub struct Lane {
    /// The number of the operation that has not returned, from 1; 0 for none.
    pub open: AtomicU64,
    /// That operation.
    pub record: Record,
}

impl Board {
    /// Forgets the operations of the last command.
    pub fn clear(&self) {
        self.child.store(0, Ordering::Relaxed);
        self.begun.store(0, Ordering::Relaxed);
        self.ended.store(0, Ordering::Relaxed);
        self.nonce.store(0, Ordering::Relaxed);
        self.programs.store(0, Ordering::Relaxed);
        self.lanes.iter().for_each(|lane| lane.open.store(0, Ordering::Relaxed));
    }

    /// Notes the seed of a random program that is begun.
    pub fn note_seed(&self, seed: u64) {
        let programs = self.programs.load(Ordering::Relaxed);
        self.seeds[programs as usize % CHAIN].store(seed, Ordering::Relaxed);
        self.programs.store(programs + 1, Ordering::Release);
    }

    /// The seeds of the last random programs, the oldest first.
    pub fn chain(&self) -> Vec<u64> {
        let programs = self.programs.load(Ordering::Acquire);
        let first = programs.saturating_sub(CHAIN as u64);
        (first..programs).map(|at| self.seeds[at as usize % CHAIN].load(Ordering::Relaxed)).collect()
    }

    /// The numbers of operations that were begun and have not returned.
    pub fn open(&self) -> impl Iterator<Item = u64> {
        let (begun, ended) = (self.begun.load(Ordering::Acquire), self.ended.load(Ordering::Acquire));
        let lanes = self.lanes.iter().map(|lane| lane.open.load(Ordering::Acquire)).filter(|number| *number != 0);
        let mut lanes = lanes.peekable();
        // Without threads there is one at most, and it is the last one begun.
        let alone = (lanes.peek().is_none() && begun != ended).then_some(begun);
        lanes.chain(alone)
    }

    /// An operation by its number, as far as it is still there.
    pub fn operation(&self, number: u64) -> Option<Operation> {
        let lane = self.lanes.iter().find(|lane| lane.open.load(Ordering::Acquire) == number);
        let record = lane.map_or_else(|| &self.ring[(number.wrapping_sub(1)) as usize % RING], |lane| &lane.record);
        record.read()
    }

    /// Leaves `text` for the keeper, cut to what fits.
    ///
    /// # Safety
    /// No other thread of any process writes a message at the same time.
    pub unsafe fn post(this: *mut Board, nonce: u64, text: &[u8]) {
        let len = text.len().min(MESSAGE_BYTES);
        // SAFETY: `this` is the mapped board; `message` is plain bytes that
        // only the caller writes.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), (&raw mut (*this).message).cast(), len);
        }
        // SAFETY: the board is mapped for the life of the process.
        let board = unsafe { &*this };
        board.message_len.store(len as u32, Ordering::Relaxed);
        board.nonce.store(nonce, Ordering::Release);
    }

    /// The message that was posted for `nonce`, if there is one.
    ///
    /// # Safety
    /// `this` is a mapped board.
    pub unsafe fn read(this: *const Board, nonce: u64) -> Option<Vec<u8>> {
        // SAFETY: the caller's promise.
        let board = unsafe { &*this };
        if board.nonce.load(Ordering::Acquire) != nonce {
            return None;
        }
        let len = (board.message_len.load(Ordering::Relaxed) as usize).min(MESSAGE_BYTES);
        let mut text = vec![0; len];
        // SAFETY: `len` is within the array; a byte that a stray process
        // changes meanwhile only changes the copy.
        unsafe { std::ptr::copy_nonoverlapping((&raw const (*this).message).cast(), text.as_mut_ptr(), len) };
        Some(text)
    }
}
