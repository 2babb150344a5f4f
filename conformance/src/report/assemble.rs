//! From single results to the verdict: order, counts, conformance.

use std::collections::BTreeSet;

use pymem_spec::Level;

use super::places::{Place, describe};
use super::{ClauseResult, Conformance, Summary, Verdict};
use crate::status::Status;

/// How the reason of a skip for want of memory begins.
pub const OUT_OF_MEMORY: &str = "out of memory";
/// How the reason of a skip for want of time begins.
pub const OUT_OF_TIME: &str = "out of time";

/// Puts results in report order: area, clause id, domain (none, raw, mem, obj),
/// mode, configuration.
pub fn sort(results: &mut [ClauseResult]) {
    results.sort_by(|a, b| order(a).cmp(&order(b)));
}

/// Whether results can be a report: one for each (clause, domain, mode,
/// configuration), ids that start with their area, and a reason for all but a
/// pass.
///
/// # Errors
/// One sentence that names the first result that cannot be right; the run ends
/// in [`Status::HarnessFailed`].
pub fn verify(results: &[ClauseResult]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for result in results {
        let ClauseResult { clause, area, .. } = result;
        if !clause.strip_prefix(area.as_str()).is_some_and(|rest| rest.starts_with('.')) {
            return Err(format!("a result of clause `{clause}` is filed under the area `{area}`"));
        }
        if !seen.insert(order(result)) {
            let place = describe(&[Place::of(result)]);
            return Err(format!("two results of clause `{clause}` in {place}"));
        }
        if result.reason.is_empty() && matches!(result.verdict, Verdict::Fail | Verdict::Skip | Verdict::Known) {
            return Err(format!("a result of clause `{clause}` that is no pass gives no reason"));
        }
    }
    Ok(())
}

/// Counts results. `seconds` is the wall-clock time of the run; it is kept to
/// the millisecond.
pub fn summarise(results: &[ClauseResult], seconds: f64) -> Summary {
    let mut summary = Summary {
        clauses: results.iter().map(|result| &result.clause).collect::<BTreeSet<_>>().len(),
        seconds: (seconds * 1e3).round() / 1e3,
        ..Summary::default()
    };
    for result in results {
        *match (result.verdict, result.level) {
            (Verdict::Pass, _) => &mut summary.pass,
            (Verdict::Fail, Level::Must) => &mut summary.fail,
            (Verdict::Fail, Level::Should) => &mut summary.warn,
            (Verdict::Fail, Level::Detail) => &mut summary.note,
            (Verdict::Skip, _) => &mut summary.skip,
            (Verdict::Known, _) => &mut summary.known,
            (Verdict::Fixed, _) => &mut summary.fixed,
        } += 1;
    }
    summary
}

/// The verdict on the target.
pub fn conformance(results: &[ClauseResult], strict: bool) -> Conformance {
    match results.iter().any(|result| is_violation(result, strict)) {
        true => Conformance::Violates,
        false => Conformance::Conforms,
    }
}

/// The exit status that the verdict on the target asks for.
pub fn status(results: &[ClauseResult], strict: bool) -> Status {
    conformance(results, strict).into()
}

/// Whether this result alone makes the target violate the contract.
pub fn is_violation(result: &ClauseResult, strict: bool) -> bool {
    match result.verdict {
        Verdict::Fail => result.level == Level::Must || strict && result.level == Level::Should,
        Verdict::Fixed => true,
        Verdict::Skip => strict && is_starved(result),
        Verdict::Pass | Verdict::Known => false,
    }
}

/// Whether the result was skipped for want of memory or time: what the clause
/// asks for is then open, where any other skip says that it does not apply.
pub fn is_starved(result: &ClauseResult) -> bool {
    result.verdict == Verdict::Skip && [OUT_OF_MEMORY, OUT_OF_TIME].iter().any(|start| result.reason.starts_with(start))
}

fn order(result: &ClauseResult) -> impl Ord + '_ {
    (result.area, result.clause.as_str(), result.domain, result.mode, result.configuration)
}
