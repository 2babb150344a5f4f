//! A command to a worker: what its next child is to do.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::keeper::Item;
use super::shm::Task;
use super::spawn::Process;
use super::sys;
use super::watch::{self, End, Limits};

/// What a child is to do, and within what.
pub struct Command<'a> {
    /// The checks, which share a process; of steps on the tape, the one that they were noted of.
    pub items: &'a [Item],
    /// What is done with them.
    pub task: Task,
    /// Seed for the checks.
    pub seed: u64,
    /// Each one's share of time.
    pub share: Duration,
    /// Bits of functions that must not be called.
    pub broken: u32,
    /// Whether the worker itself becomes the child.
    pub direct: bool,
    /// Limits on the child.
    pub limits: Limits,
}

impl Command<'_> {
    /// Has `worker` make a child for it, and waits for its end; under which nonce it answers.
    pub fn give(&self, worker: &mut Process) -> (End, u64) {
        let (control, board) = (worker.control(), worker.board());
        let command = control.command.load(Ordering::Relaxed) + 1;
        let nonce = self.seed.rotate_left(32) ^ u64::from(command) ^ (u64::from(std::process::id()) << 24);
        board.clear();
        control.task.store(self.task as u32, Ordering::Relaxed);
        control.count.store(self.items.len() as u32, Ordering::Relaxed);
        for (at, item) in self.items.iter().enumerate() {
            control.checks[at].store(item.check as u32, Ordering::Relaxed);
            control.domains[at].store(item.domain as u32, Ordering::Relaxed);
        }
        control.switches.store(self.items[0].switches, Ordering::Relaxed);
        control.nonce.store(nonce, Ordering::Relaxed);
        control.seed.store(self.seed, Ordering::Relaxed);
        control.share.store(self.share.as_micros() as u64, Ordering::Relaxed);
        control.broken.store(self.broken, Ordering::Relaxed);
        sys::futex_set(&control.command, command);
        let end = watch::await_end(worker, self.direct, self.share * self.items.len() as u32, self.limits);
        watch::sweep((!self.direct).then_some(worker.pid));
        worker.take_output();
        (end, nonce)
    }
}
