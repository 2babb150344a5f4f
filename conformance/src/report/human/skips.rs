//! What was not judged, and why.

use std::collections::BTreeMap;

use pymem_spec::Registry;

use super::{Page, plural};
use crate::report::assemble::is_starved;
use crate::report::paint::{Ink, wrap};
use crate::report::places::{Place, describe};
use crate::report::{ClauseResult, Verdict, escape};

/// Skips for memory and time, one by one: they leave open what the clause asks.
pub(super) fn starved(results: &[ClauseResult], page: Page<'_>) -> String {
    let mut reasons = BTreeMap::<&str, BTreeMap<&str, Vec<Place>>>::new();
    let mut count = 0;
    for result in results.iter().filter(|result| is_starved(result)) {
        let clauses = reasons.entry(&result.reason).or_default();
        clauses.entry(&result.clause).or_default().push(Place::of(result));
        count += 1;
    }
    if reasons.is_empty() {
        return String::new();
    }
    let ink = if page.strict { Ink::Fail } else { Ink::Warn };
    let strict = if page.strict { ", a violation under --strict" } else { "" };
    let title = page.paint.on(ink, format!("Not judged for want of memory or time{strict}"));
    let mut out = format!("{title} ({})\n", plural(count, "result"));
    for (reason, clauses) in reasons {
        out.push_str(&format!("  {}\n", escape(reason)));
        let ids = clauses.keys().map(|clause| escape(clause).chars().count()).max().unwrap_or(0);
        for (clause, places) in clauses {
            let lines = wrap(&describe(&places), page.width.saturating_sub(ids + 6));
            for (i, line) in lines.iter().enumerate() {
                let clause = if i == 0 { escape(clause) } else { String::new() };
                out.push_str(&format!("    {clause:ids$}  {line}\n"));
            }
        }
    }
    out
}

/// What is told in one line of clauses that no check can judge.
const UNCHECKED: &str = "nothing outside can judge the clause; `--format json` says why of each";

/// All other skips, counted by reason; of reasons that differ only behind a
/// colon (`symbol absent: NAME`) the first part is told once.
pub(super) fn others(results: &[ClauseResult], page: Page<'_>) -> String {
    let mut reasons = BTreeMap::<_, (usize, Vec<&str>)>::new();
    for result in results.iter().filter(|result| result.verdict == Verdict::Skip && !is_starved(result)) {
        let (head, tail) = parts(result);
        let (count, tails) = reasons.entry(head).or_default();
        *count += 1;
        if !tail.is_empty() && !tails.contains(&tail) {
            tails.push(tail);
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let width = reasons.iter().map(|(_, (count, _))| count.to_string().len()).max().unwrap_or(0);
    let mut out = format!("{}\n", page.paint.on(Ink::Strong, "Skipped"));
    for (head, (count, tails)) in reasons {
        let tails = if tails.is_empty() { String::new() } else { format!(": {}", tails.join(", ")) };
        let lines = wrap(&escape(&format!("{head}{tails}")), page.width.saturating_sub(width + 4));
        for (i, line) in lines.into_iter().enumerate() {
            let count = if i == 0 { count.to_string() } else { String::new() };
            out.push_str(&page.paint.on(Ink::Faint, format!("  {count:>width$}  {line}")));
            out.push('\n');
        }
    }
    out
}

/// What several reasons have in common, and what is this one's own.
fn parts(result: &ClauseResult) -> (&str, &str) {
    match result.reason.as_str() {
        _ if is_unchecked(result) => (UNCHECKED, ""),
        reason if reason.starts_with("holds ") => ("not in this version of the contract", reason),
        reason if reason.starts_with("only for ") => ("not for this build", reason),
        reason => reason.split_once(": ").unwrap_or((reason, "")),
    }
}

/// Whether the contract itself says why the clause has no check.
fn is_unchecked(result: &ClauseResult) -> bool {
    let mut clauses = Registry::embedded().clauses().iter();
    clauses
        .find(|clause| clause.id == result.clause)
        .is_some_and(|clause| clause.unchecked.as_ref() == Some(&result.reason))
}
