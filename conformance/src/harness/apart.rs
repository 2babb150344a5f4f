//! Work in a process of its own that gives something back.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Harness, Outcome, Stop};
use crate::sandbox::keeper::PANICKED;
use crate::sandbox::provoke::{Answer, Death, End, provoke};

/// How long what is expected to die may take: some operations, and a diagnostic.
const UNTIL_DEATH: Duration = Duration::from_secs(1);
/// How long what starts interpreters may take.
const UNTIL_ANSWER: Duration = Duration::from_secs(5);

impl Harness<'_> {
    /// Does something in a fork of this process, which is expected to die of it.
    ///
    /// # Errors
    /// If no process can be made, or the work was stopped before it came to what was to be provoked.
    pub fn provoke(&mut self, work: impl FnOnce(&mut Self) -> Outcome) -> Result<Death, Stop> {
        self.fork(UNTIL_DEATH, work).map(|(death, _)| death)
    }

    /// Does something in a fork of this process, and takes over what it found; how the fork died if it did.
    ///
    /// # Errors
    /// If no process can be made, or what stopped the work.
    pub fn apart<T: Serialize + DeserializeOwned>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<Result<T, Death>, Stop> {
        let (death, found) = self.fork(UNTIL_ANSWER, work)?;
        Ok(found.ok_or(death))
    }

    /// Does something in a fork of this process; what was written to standard error meanwhile, and how it ended.
    ///
    /// # Errors
    /// If no process can be made, or what stopped the work.
    pub fn overhear(&mut self, work: impl FnOnce(&mut Self) -> Outcome) -> Result<Death, Stop> {
        self.fork(UNTIL_ANSWER, work).map(|(death, _)| death)
    }

    /// How a fork ended, and what it found if it came to the end of its work.
    fn fork<T: Serialize + DeserializeOwned>(
        &mut self,
        limit: Duration,
        work: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<(Death, Option<T>), Stop> {
        let answer = Answer::new().map_err(no_process)?;
        // SAFETY: a check that forks has one thread.
        let death = unsafe { provoke(limit, || answer.give(&work(self))) }.map_err(no_process)?;
        assert_ne!(death.end, Some(End::Exited(PANICKED)), "the check panicked in a fork");
        if death.end.is_some() {
            return Ok((death, None));
        }
        let found: Result<T, Stop> = answer.take().map_err(no_process)?;
        Ok((death, Some(found?)))
    }
}

fn no_process(error: std::io::Error) -> Stop {
    Stop::Skip(format!("no process could be made: {error}"))
}
