//! Programs in this process, without a sandbox: for allocators that are trusted not to harm it.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::time::Duration;

use pymem_abi::family::Family;
use pymem_spec::{Configuration, Domain, Kind, Mode};

use super::{Op, Program, run};
use crate::harness::{Harness, Outcome, Recorder, Subject, Switches};
use crate::sandbox::launch::{Launch, Param};
use crate::sandbox::shm::Board;

/// No program takes longer.
const SHARE: Duration = Duration::from_secs(600);

/// Runs a program over three families, those of raw, mem and obj. Squeezes are left out: they would take memory from the
/// whole process.
///
/// # Errors
/// Those of [`run`].
pub fn run_here(families: [Family; 3], program: &Program) -> Outcome {
    let alignment = |domain: &Domain| Param { name: "alignment-cap".into(), domain: *domain, value: 16 };
    let concurrent = |domain: &Domain| Param { name: "concurrent".into(), domain: *domain, value: 1 };
    let params = Domain::ALL.iter().map(alignment).chain(Domain::ALL.iter().map(concurrent)).collect();
    let launch = Launch {
        callable: Domain::ALL.to_vec(),
        params,
        ..Launch::empty(Kind::Pymem, Mode::Bare, Configuration::Default)
    };
    let subject = Subject { families: families.map(Some), holes: Vec::new(), python: None, launch };
    let board = PrivateBoard::new();
    // SAFETY: the board outlives the harness, and nobody else uses it.
    let recorder = unsafe { Recorder::new(board.0) };
    let squeezes = |op: &Op| matches!(op, Op::Squeeze { .. } | Op::Exhaust { .. });
    let program = Program { ops: program.ops.iter().copied().filter(|op| !squeezes(op)).collect() };
    run(&mut Harness::new(&subject, Domain::Raw, recorder, Switches::default(), 1, SHARE, 0), &program)
}

/// A journal that no other process sees.
struct PrivateBoard(*mut Board);

impl PrivateBoard {
    fn new() -> Self {
        let layout = Layout::new::<Board>();
        // SAFETY: a board is not empty.
        let board = unsafe { alloc_zeroed(layout) };
        if board.is_null() {
            handle_alloc_error(layout);
        }
        // All zero is a valid board, as it is for a fresh mapping.
        Self(board.cast())
    }
}

impl Drop for PrivateBoard {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` with this layout.
        unsafe { dealloc(self.0.cast(), Layout::new::<Board>()) };
    }
}
