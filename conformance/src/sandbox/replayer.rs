//! Has a check run once more with its steps noted, and steps made again, each time in a fresh process.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::commanding::Command;
use super::keeper::{Ending, Item, end, ending, reports};
use super::shm::Task;
use super::spawn::{Order, Process};
use super::watch::{self, Limits};
use crate::tape::Step;

/// A worker with a tape.
pub struct Replayer {
    order: Order,
    worker: Option<Process>,
    /// Whether each process has to be a fresh one, because none can be cloned.
    direct: bool,
    seed: u64,
    limits: Limits,
}

impl Replayer {
    /// One for the state that `order` says. This process must be a keeper: with one thread, and nobody else's children.
    pub fn new(order: &Order, seed: u64, limits: Limits) -> Self {
        Self { order: Order { taped: true, ..order.clone() }, worker: None, direct: false, seed, limits }
    }

    /// From now on a call that takes longer than this hangs.
    pub fn hurry(&mut self, operation: Duration) {
        self.limits.operation = operation.min(self.limits.operation);
    }

    /// From now on the random programs of these seeds are run again.
    pub fn run_after(&mut self, seeds: &[u64]) {
        if self.order.launch.failed_before != seeds {
            self.dismiss();
            self.order.launch.failed_before = seeds.to_vec();
        }
    }

    /// Runs checks in one process, until one does not pass: how that ended, and all steps.
    pub fn record(&mut self, items: &[Item]) -> Option<(Ending, Vec<Step>)> {
        let ending = self.give(items, Task::Record, items.first()?.share, None)?;
        let steps = self.worker.as_ref()?.tape()?.read()?;
        Some((ending, steps))
    }

    /// Makes steps again; how that ended. `None` where there is no process for it.
    pub fn replay(&mut self, item: &Item, steps: &[Step], limit: Duration) -> Option<Ending> {
        self.give(std::slice::from_ref(item), Task::Replay, limit, Some(steps))
    }

    fn give(&mut self, items: &[Item], task: Task, share: Duration, steps: Option<&[Step]>) -> Option<Ending> {
        if self.direct {
            // The last one has become its child.
            self.dismiss();
        }
        if self.worker.is_none() {
            self.start()?;
        }
        let worker = self.worker.as_mut()?;
        if let Some(steps) = steps
            && !worker.tape()?.write(steps)
        {
            return None;
        }
        let command =
            Command { items, task, seed: self.seed, share, broken: 0, direct: self.direct, limits: self.limits };
        let (how, nonce) = command.give(worker);
        let report = reports(worker, nonce).and_then(|mut reports| reports.pop());
        let ending = ending(worker, how, report);
        if ending.is_none() {
            self.dismiss();
        }
        ending
    }

    fn start(&mut self) -> Option<()> {
        self.order.launch.direct = self.direct;
        let mut worker = Process::start(&self.order).ok()?;
        if watch::await_ready(&mut worker, self.limits.load).is_err() {
            end(&mut worker);
            return None;
        }
        if worker.board().unforkable.load(Ordering::Relaxed) != 0 && !self.direct {
            end(&mut worker);
            self.direct = true;
            return self.start();
        }
        self.worker = Some(worker);
        Some(())
    }

    fn dismiss(&mut self) {
        if let Some(mut worker) = self.worker.take() {
            end(&mut worker);
        }
    }
}

impl Drop for Replayer {
    fn drop(&mut self) {
        self.dismiss();
    }
}
