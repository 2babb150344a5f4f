//! One line on a terminal that tells how far a run is.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Runs that are shorter show nothing.
const QUIET: Duration = Duration::from_millis(700);

/// The progress line on standard error; nothing where that is no terminal.
pub struct Progress {
    total: usize,
    started: Instant,
    shown: bool,
}

impl Progress {
    /// A line for `total` checks.
    pub fn new(total: usize) -> Self {
        Self { total, started: Instant::now(), shown: false }
    }

    /// Shows that `done` checks are done.
    pub fn show(&mut self, done: usize) {
        if self.started.elapsed() > QUIET && stderr().is_terminal() {
            let _ = write!(stderr(), "\r\x1b[K{done} of {} checks", self.total);
            self.shown = true;
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
