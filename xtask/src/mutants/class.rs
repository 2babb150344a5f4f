//! What became of a mutant.

use serde::Serialize;

use crate::report::{ClauseResult, Verdict};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The clause that it breaks was found to be broken.
    KilledByOwn,
    /// What it is made from is not on this machine.
    NotHere,
    /// Only another clause was found to be broken.
    KilledByOther,
    /// Its clause failed because the process died where a verdict was due, or the suite did.
    WrongReason,
    /// Everything was found to hold.
    Survived,
    /// It cannot be made, or nothing shows that it has a defect.
    Void,
    /// The run did not end in time.
    TimedOut,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::KilledByOwn,
        Self::KilledByOther,
        Self::WrongReason,
        Self::Survived,
        Self::Void,
        Self::TimedOut,
        Self::NotHere,
    ];

    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::KilledByOwn => "killed by the clause that is broken",
            Self::KilledByOther => "killed by others only",
            Self::WrongReason => "killed for a wrong reason",
            Self::Survived => "survived",
            Self::Void => "void",
            Self::TimedOut => "timed out",
            Self::NotHere => "not on this machine",
        }
    }

    /// Whether it says nothing against the suite.
    pub const fn is_fine(self) -> bool {
        matches!(self, Self::KilledByOwn | Self::NotHere)
    }

    /// What `results` say of a mutant that breaks `clause`, of which it is known whether callers die of it.
    pub fn of(clause: &str, results: &[ClauseResult], dies: bool) -> Self {
        let failing = || results.iter().filter(|result| result.verdict == Verdict::Fail);
        let mut own = failing().filter(|result| result.clause == clause).peekable();
        if own.peek().is_some() {
            return if dies || own.any(|result| !is_death(result)) { Self::KilledByOwn } else { Self::WrongReason };
        }
        if failing().next().is_some() { Self::KilledByOther } else { Self::Survived }
    }
}

/// What the suite expected of a process that died during a check or before it.
const LIFE: [&str; 2] = ["the call returns", "the process lives on"];

fn is_death(result: &ClauseResult) -> bool {
    result.expected.as_deref().is_some_and(|expected| LIFE.contains(&expected))
}

#[cfg(test)]
mod tests {
    use super::super::samples::{died, failed, passed};
    use super::*;

    #[test]
    fn the_suite_still_says_so_of_a_death() {
        let judge = include_str!("../../../conformance/src/judge.rs");
        assert!(LIFE.iter().all(|words| judge.contains(&format!("fail(\"{words}\""))), "{LIFE:?}");
    }

    #[rstest::rstest]
    #[case::own(&[passed("free.any-order"), failed("free.null")], false, Class::KilledByOwn)]
    #[case::other(&[failed("free.any-order"), passed("free.null")], false, Class::KilledByOther)]
    #[case::none(&[passed("free.any-order"), passed("free.null")], false, Class::Survived)]
    #[case::not_judged(&[], false, Class::Survived)]
    #[case::died(&[died("free.null")], false, Class::WrongReason)]
    #[case::died_of_it(&[died("free.null")], true, Class::KilledByOwn)]
    #[case::died_once(&[died("free.null"), failed("free.null")], false, Class::KilledByOwn)]
    #[case::died_elsewhere(&[died("free.any-order")], true, Class::KilledByOther)]
    fn classes(#[case] results: &[ClauseResult], #[case] dies: bool, #[case] expected: Class) {
        assert_eq!(Class::of("free.null", results, dies), expected);
    }
}
