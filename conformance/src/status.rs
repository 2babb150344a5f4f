//! How the process ends.

use std::process::ExitCode;

use crate::report::Conformance;

/// The exit status of a run. Ordered: a worse status has a larger number, and
/// [`merge`](Self::merge) only ever goes up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Status {
    /// The target conforms; warnings and notes are allowed.
    #[default]
    Conforms = 0,
    /// A clause that binds the target failed, or the baseline no longer holds.
    Violates = 1,
    /// The command line or a file it names is wrong, or selects nothing.
    BadUse = 2,
    /// The target cannot be tested.
    Untestable = 3,
    /// Results are missing or inconsistent, or the report cannot be written.
    HarnessFailed = 4,
    /// The user ended the run early.
    Interrupted = 130,
}

impl Status {
    /// The number that the caller sees.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The worse of two statuses.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status.code())
    }
}

impl From<Conformance> for Status {
    fn from(conformance: Conformance) -> Self {
        match conformance {
            Conformance::Conforms => Self::Conforms,
            Conformance::Violates => Self::Violates,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use super::Status::{self, *};
    use crate::report::Conformance;

    #[test]
    fn merging_only_goes_up() {
        let all = [Conforms, Violates, BadUse, Untestable, HarnessFailed, Interrupted];
        assert_eq!(all.map(Status::code), [0, 1, 2, 3, 4, 130]);
        for (i, low) in all.into_iter().enumerate() {
            for high in all.into_iter().skip(i) {
                assert_eq!((low.merge(high), high.merge(low)), (high, high));
            }
        }
    }

    #[test]
    fn the_caller_sees_the_number() {
        assert_eq!(ExitCode::from(HarnessFailed), ExitCode::from(4));
        assert_ne!(ExitCode::from(HarnessFailed), ExitCode::from(Untestable));
    }

    #[test]
    fn a_target_that_violates_a_clause_has_another_status() {
        assert_eq!([Conformance::Conforms, Conformance::Violates].map(Status::from), [Conforms, Violates]);
    }
}
