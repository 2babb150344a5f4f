//! How the whole ends, from how each run ended.

use super::model::Matrix;
use super::run::Ran;
use crate::failure::Failure;
use crate::text::plural;

/// None if all conform; else the worst status, and one sentence. Where clauses were selected, a target to which none
/// applies (status 2) is no mistake unless that is so of all: the selection is one for them together.
pub fn of(ran: &[Ran], matrix: &Matrix, is_narrow: bool) -> Option<Failure> {
    let statuses = ran.iter().map(|ran| ran.status.and_then(|status| u8::try_from(status).ok()).unwrap_or(NO_SUITE));
    let counts = |status: &u8| !(is_narrow && *status == BAD_USE);
    let worst = statuses.clone().filter(counts).max().or_else(|| statuses.max())?;
    if worst == 0 {
        return None;
    }
    let violating: Vec<_> =
        matrix.targets.iter().filter(|column| !column.conforms).map(|column| column.name.to_string()).collect();
    let untested: Vec<_> = matrix.untested.iter().map(|untested| untested.name.as_str()).collect();
    let mut parts = Vec::new();
    if !violating.is_empty() {
        let verb = if violating.len() == 1 { "violates" } else { "violate" };
        parts.push(format!("{} of {} {verb} the contract: {}", violating.len(), targets(ran), violating.join(", ")));
    }
    if !untested.is_empty() {
        let verb = if untested.len() == 1 { "was" } else { "were" };
        parts.push(format!("{} of {} {verb} not tested: {}", untested.len(), targets(ran), untested.join(", ")));
    }
    Some(Failure::of_suite(worst, parts.join("; ")))
}

fn targets(ran: &[Ran]) -> String {
    plural(ran.len(), "target")
}

/// How the suite ends where nothing applies, among others.
const BAD_USE: u8 = 2;
/// How it ends where it failed itself; so does one that a signal ended.
const NO_SUITE: u8 = 4;

#[cfg(test)]
mod tests {
    use super::super::samples::{ran, report};
    use super::*;

    /// Runs with these statuses, as the suite has them.
    fn ended(statuses: &[Option<i32>], is_narrow: bool) -> Option<(u8, String)> {
        let run = |(index, status): (usize, &Option<i32>)| {
            let mut report = report(&format!("3.{}.0", 6 + index), &[]);
            match status {
                Some(0) => ran(Ok(report)),
                Some(1) => {
                    report.verdict = "violates".into();
                    Ran { status: *status, ..ran(Ok(report)) }
                }
                other => Ran { status: *other, target: format!("t{index}").into(), ..ran(Err("why".into())) },
            }
        };
        let runs: Vec<_> = statuses.iter().enumerate().map(run).collect();
        of(&runs, &Matrix::new(&runs), is_narrow).map(|failure| (failure.status(), failure.to_string()))
    }

    #[rstest::rstest]
    #[case(&[Some(0), Some(0)], None)]
    #[case(&[Some(0), Some(1)], Some(1))]
    #[case(&[Some(3), Some(1), Some(0)], Some(3))]
    #[case(&[Some(4), Some(3)], Some(4))]
    #[case(&[Some(0), Some(2)], Some(2))]
    // Killed by a signal.
    #[case(&[Some(0), None], Some(4))]
    fn the_worst_decides(#[case] statuses: &[Option<i32>], #[case] expected: Option<u8>) {
        assert_eq!(ended(statuses, false).map(|(status, _)| status), expected);
    }

    #[test]
    fn a_selection_need_not_apply_to_all() {
        assert_eq!(ended(&[Some(2), Some(0)], true), None);
        assert_eq!(ended(&[Some(2), Some(1)], true).map(|(status, _)| status), Some(1));
        assert_eq!(ended(&[Some(2), Some(2)], true).map(|(status, _)| status), Some(2));
    }

    #[test]
    fn the_sentence_names_whom() {
        let (_, sentence) = ended(&[Some(0), Some(1), Some(3)], false).expect("a failure");
        assert_eq!(sentence, "1 of 3 targets violates the contract: 3.7.0; 1 of 3 targets was not tested: t2");
    }
}
