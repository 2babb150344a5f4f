//! The child: runs a check, or some that bear each other, and leaves the verdicts.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use pymem_spec::Domain;
use serde::{Deserialize, Serialize};

use super::keeper::PANICKED;
use super::shm::{Board, Control, TOGETHER, Task};
use super::{entry, sys};
use crate::checks::TABLE;
use crate::harness::{Harness, Outcome, Recorder, Stop, Subject, Switches, Verdict, replay};
use crate::inside::violation::Violation;
use crate::inside::{self, found};
use crate::tape::{self, Tape};

/// The nonce under which a panic of ours leaves its text.
pub const PANIC: u64 = u64::MAX - 1;

/// What a child reports of one check.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// What it found.
    pub verdict: Verdict,
    /// How long it took.
    pub microseconds: u64,
}

impl Report {
    /// Whether the check left everything as it has to be for the next one.
    pub fn lets_others_follow(&self) -> bool {
        matches!(self.verdict.outcome, Ok(()) | Err(Stop::Skip(_)))
    }
}

/// Makes the steps again that are on the tape.
fn replay(h: &mut Harness) -> Outcome {
    let steps = entry::tape().and_then(Tape::read).ok_or_else(|| Stop::Skip("the tape cannot be read".into()))?;
    replay::run(h, &steps)
}

/// The board, for a panic hook.
struct SharedBoard(*mut Board);

// SAFETY: the board is shared memory, mapped for the life of the process.
unsafe impl Send for SharedBoard {}
// SAFETY: as above.
unsafe impl Sync for SharedBoard {}

/// Where a check that ends early leaves its verdict.
struct Early {
    board: SharedBoard,
    nonce: u64,
    process: u32,
}

static EARLY: OnceLock<Early> = OnceLock::new();

/// Ends a check whose program got something wrong: what comes of it would only hide it. A fork of the check goes on,
/// and the check sees what it found.
fn end_early(violation: &Violation) {
    let Some(Early { board, nonce, process }) = EARLY.get() else { return };
    if *process != std::process::id() {
        return;
    }
    let verdict = Verdict::ended(found::stop(violation));
    let text = serde_json::to_vec(&[Report { verdict, microseconds: 0 }]).expect("a verdict is plain data");
    // SAFETY: the board is mapped for good, and the process ends here.
    unsafe { Board::post(board.0, *nonce, &text) };
    sys::exit_now(0);
}

/// Makes a fresh clone a process of its own: it dies with the keeper, and its
/// group can be killed.
pub fn become_child() {
    sys::die_with_parent();
    sys::lead_group();
    sys::confine_signals();
}

/// Runs the checks that `control` names, until one does not pass, leaves the verdicts on the board, and ends the
/// process.
///
/// # Safety
/// `board` is mapped for the life of the process.
pub unsafe fn run(control: &Control, board: *mut Board, subject: &Subject) -> ! {
    // What a target prints while it is called tells nothing, may be endless, and
    // must not fail for want of a reader.
    sys::silence();
    let board_of_panic = SharedBoard(board);
    // A panic is a fault of ours and must not look like one of the target's.
    std::panic::set_hook(Box::new(move |panic| {
        let board = &board_of_panic;
        // SAFETY: the process ends right after.
        unsafe { Board::post(board.0, PANIC, panic.to_string().as_bytes()) };
        sys::exit_now(PANICKED);
    }));
    let task = control.task.load(Ordering::Relaxed);
    if let Some(tape) = entry::tape().filter(|_| task == Task::Record as u32) {
        tape.clear();
        tape::record(tape);
    }
    let count = (control.count.load(Ordering::Relaxed) as usize).clamp(1, TOGETHER);
    let mut reports: Vec<Report> = Vec::with_capacity(count);
    while reports.len() < count && reports.last().is_none_or(Report::lets_others_follow) {
        let check = TABLE[control.checks[reports.len()].load(Ordering::Relaxed) as usize];
        let domain = Domain::ALL[control.domains[reports.len()].load(Ordering::Relaxed) as usize];
        let started = Instant::now();
        let harness = Harness::new(
            subject,
            domain,
            // SAFETY: the caller's promise.
            unsafe { Recorder::new(board) },
            Switches(control.switches.load(Ordering::Relaxed)),
            control.seed.load(Ordering::Relaxed),
            Duration::from_micros(control.share.load(Ordering::Relaxed)),
            control.broken.load(Ordering::Relaxed),
        );
        if check.workload {
            let nonce = control.nonce.load(Ordering::Relaxed);
            EARLY.get_or_init(|| Early { board: SharedBoard(board), nonce, process: std::process::id() });
            // SAFETY: the caller's promise.
            inside::journal::note_in(unsafe { Recorder::new(board) });
            found::begin(end_early);
        }
        let verdict = harness.judge(if task == Task::Replay as u32 { replay } else { check.run });
        reports.push(Report { verdict, microseconds: started.elapsed().as_micros() as u64 });
        // After each, so that the keeper knows in which one the process died.
        let text = serde_json::to_vec(&reports).expect("a verdict is plain data");
        // SAFETY: the check's threads have ended.
        unsafe { Board::post(board, control.nonce.load(Ordering::Relaxed), &text) };
    }
    sys::exit_now(0)
}
