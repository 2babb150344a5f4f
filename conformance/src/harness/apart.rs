//! Work in a process of its own that gives something back.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Harness, Outcome, Stop};
use crate::sandbox::keeper::PANICKED;
use crate::sandbox::provoke::{Answer, Death, End, provoke};
use crate::sandbox::sys;

/// How long what is expected to die may take: some operations, and a diagnostic.
const UNTIL_DEATH: Duration = Duration::from_secs(1);
/// How long what starts interpreters may take.
const UNTIL_ANSWER: Duration = Duration::from_secs(5);

/// The status of a fork whose share of time was spent before its work was done.
const OUT_OF_TIME: i32 = 94;

impl Harness<'_> {
    /// Does something in a fork of this process, which is expected to die of it.
    ///
    /// # Errors
    /// If no process can be made, or time was up in it.
    pub fn provoke(&mut self, work: impl FnOnce(&mut Self) -> Outcome) -> Result<Death, Stop> {
        let death = self.fork(UNTIL_DEATH, |h| {
            // It did not come to what was to be provoked, which says nothing of the target.
            if let Err(Stop::OutOfTime { .. }) = work(h) {
                sys::exit_now(OUT_OF_TIME);
            }
        })?;
        if death.end == Some(End::Exited(OUT_OF_TIME)) {
            return Err(Stop::OutOfTime { done: 0, of: 1 });
        }
        Ok(death)
    }

    /// Does something in a fork of this process, and takes over what it found; how the fork died if it did.
    ///
    /// # Errors
    /// If no process can be made, or what stopped the work.
    pub fn apart<T: Serialize + DeserializeOwned>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<Result<T, Death>, Stop> {
        let answer = Answer::new().map_err(no_process)?;
        let death = self.fork(UNTIL_ANSWER, |h| answer.give(&work(h)))?;
        if death.end.is_some() {
            return Ok(Err(death));
        }
        let found: Result<T, Stop> = answer.take().map_err(no_process)?;
        found.map(Ok)
    }

    /// Does something in a fork of this process; what was written to standard error meanwhile, and how it ended.
    ///
    /// # Errors
    /// If no process can be made, or what stopped the work.
    pub fn overhear(&mut self, work: impl FnOnce(&mut Self) -> Outcome) -> Result<Death, Stop> {
        let answer = Answer::new().map_err(no_process)?;
        let death = self.fork(UNTIL_ANSWER, |h| answer.give(&work(h)))?;
        if death.end.is_none() {
            let found: Outcome = answer.take().map_err(no_process)?;
            found?;
        }
        Ok(death)
    }

    fn fork(&mut self, limit: Duration, work: impl FnOnce(&mut Self)) -> Result<Death, Stop> {
        // SAFETY: a check that forks has one thread.
        let death = unsafe { provoke(limit, || work(self)) }.map_err(no_process)?;
        assert_ne!(death.end, Some(End::Exited(PANICKED)), "the check panicked in a fork");
        Ok(death)
    }
}

fn no_process(error: std::io::Error) -> Stop {
    Stop::Skip(format!("no process could be made: {error}"))
}
