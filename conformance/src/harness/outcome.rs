//! What a check can end with.

use serde::{Deserialize, Serialize};

use crate::journal::{Function, Operation};
use crate::tape::Finding;

/// A check runs to its end and passes, or stops early.
pub type Outcome = Result<(), Stop>;

/// Why a check stopped early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// The clause does not hold.
    Fail {
        /// What it demands here.
        expected: String,
        /// What was seen.
        actual: String,
    },
    /// A request was refused, legally, and the check cannot go on without it.
    OutOfMemory,
    /// A request was refused that should have been served: at most 1 KiB while
    /// the check held less than 64 KiB. It fails only if a fresh child is
    /// refused too.
    SmallRefusal {
        /// The bytes that were asked for.
        size: u64,
    },
    /// The share of time is spent.
    OutOfTime {
        /// Steps made.
        done: u64,
        /// Steps planned.
        of: u64,
    },
    /// The check needs a function that hung too often to be called again.
    Hangs(Function),
    /// The clause cannot be judged here.
    Skip(String),
}

impl Stop {
    /// Whether it speaks against the target.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Fail { .. } | Self::SmallRefusal { .. })
    }

    /// A failure.
    pub fn fail(expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self::Fail { expected: expected.into(), actual: actual.into() }
    }
}

/// What a child reports of a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// How the check ended.
    pub outcome: Outcome,
    /// Operations made.
    pub operations: u64,
    /// The operation that showed a failure, with its number from 1.
    pub shown_by: Option<(u64, Operation)>,
    /// Facts worth knowing that no clause judges.
    pub traits: Vec<(String, u64)>,
    /// What was found when steps were made again.
    #[serde(default)]
    pub finding: Option<Finding>,
}

impl Verdict {
    /// One without anything else to tell.
    pub fn ended(stop: Stop) -> Self {
        Self { outcome: Err(stop), operations: 0, shown_by: None, traits: Vec::new(), finding: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_target_did_speaks_against_it() {
        assert!(Stop::fail("this", "that").is_failure() && Stop::SmallRefusal { size: 1 }.is_failure());
        let others = [
            Stop::OutOfMemory,
            Stop::OutOfTime { done: 1, of: 2 },
            Stop::Hangs(Function::Free),
            Stop::Skip("so".into()),
        ];
        assert!(!others.iter().any(Stop::is_failure));
    }
}
