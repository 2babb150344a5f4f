//! A harness in this process, without a sandbox, for allocators that are trusted not to harm it.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::time::Duration;

use pymem_spec::Domain;

use super::{Harness, Outcome, Recorder, Subject, Switches};
use crate::sandbox::shm::Board;

/// Nothing takes longer.
const SHARE: Duration = Duration::from_secs(600);

/// Does something with a harness on `subject`, whose journal nobody reads.
///
/// # Errors
/// Those of `body`.
pub fn privately(subject: &Subject, body: impl FnOnce(&mut Harness) -> Outcome) -> Outcome {
    let board = PrivateBoard::new();
    // SAFETY: the board outlives the harness, and nobody else uses it.
    let recorder = unsafe { Recorder::new(board.0) };
    body(&mut Harness::new(subject, Domain::Raw, recorder, Switches::default(), 1, SHARE, 0))
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
