//! What is selected is what runs, and the words of a run decide it for good.

mod common;

use std::collections::BTreeSet;

use common::{Checked, Run, Turn, compiled};
use pymem_conform::report::{ClauseResult, Listing, Report, Way};
use pymem_spec::{Level, Registry};
use rstest::rstest;

fn clauses(report: &Checked) -> BTreeSet<&str> {
    report.results.iter().map(|result| result.clause.as_str()).collect()
}

#[rstest]
#[case(&["--only=free.null"], &["free.null"])]
#[case(&["--only=free.n*"], &["free.neighbours", "free.null"])]
#[case(&["--only=free.null", "--only=malloc.usable"], &["free.null", "malloc.usable"])]
#[case(&["--only=free.n*", "--skip=*.null"], &["free.neighbours"])]
fn only_and_skip(#[case] words: &[&str], #[case] expected: &[&str]) {
    let ended = Run::json("reference").with(words).end();
    let report = ended.has_status(0).report();
    assert_eq!(clauses(&report).into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn an_area_is_all_its_clauses_and_skip_takes_the_rest() {
    let areas = |word: &str| {
        let ended = Run::json("reference").with([word, "--skip=resources", "--skip=threads"]).end();
        let report = ended.has_status(0).report();
        report.results.iter().map(|result| result.clause.clone()).collect::<BTreeSet<_>>()
    };
    let (with, without) = (areas("--only=free"), areas("--skip=free"));
    assert!(with.iter().all(|clause| clause.starts_with("free.")) && with.len() > 2);
    assert!(without.iter().all(|clause| !clause.starts_with("free.")) && without.len() > 20);
}

/// Loading and surviving are judged although no check is theirs.
#[rstest]
#[case("robustness.load", "load-exits", 1)]
#[case("robustness.load", "control", 0)]
fn a_clause_alone_is_judged(#[case] clause: &str, #[case] name: &str, #[case] status: i32) {
    let Some(library) = compiled(name) else { return };
    let ended = Run::json(library).with([format!("--only={clause}")]).end();
    let report = ended.has_status(status).report();
    assert_eq!((report.summary.fail, report.summary.pass), if status == 1 { (1, 0) } else { (0, 1) });
}

#[test]
fn a_list_runs_nothing() {
    // Loading would take two seconds.
    let (Some(library), Some(quick)) = (compiled("slow-load"), compiled("control")) else { return };
    let ended = Run::human(&library).with(["--list"]).end();
    let list = ended.has_status(0).within(1.0).text();
    // It exports the same names.
    let report = Run::json(&quick).with(["--skip=resources"]).end();
    let judged: BTreeSet<String> = {
        let report = report.has_status(0).report();
        let runs = report.results.iter().filter(|result| result.verdict != pymem_conform::report::Verdict::Skip);
        runs.map(|result| result.clause.clone()).collect()
    };
    let first_word = |line: &str| line.trim().split(' ').next().unwrap_or_default().to_owned();
    let listed: BTreeSet<String> =
        list.lines().map(first_word).filter(|word| Registry::embedded().get(word).is_some()).collect();
    assert!(judged.is_subset(&listed), "{:?}", judged.difference(&listed));
    let one = Run::human(&library).with(["--list", "--only=free.null"]).end();
    assert!(one.has_status(0).text().contains("free.null") && !one.text().contains("free.reuse"), "{}", one.text());
}

/// A program reads the same that people do, in every form that was asked for.
#[test]
fn a_list_for_programs() {
    let mut run = Run::json("reference").with(["--list", "--only=symbols", "--only=free.null", "--format=human=list"]);
    run = run.may_leave("list");
    let human = run.path("list");
    let turn = Turn::take();
    let (ended, human) = run.start(&turn).end_with(|| std::fs::read_to_string(human).expect("it was asked for"));
    let list: Listing = serde_json::from_str(ended.has_status(0).text()).expect("it is JSON of that form");
    assert_eq!((list.format.as_str(), list.target.as_str()), (Listing::FORMAT, "reference"));
    let ways: Vec<_> = list.clauses.iter().map(|selected| (selected.clause.as_str(), selected.judged_by)).collect();
    // Selected, though it binds no target of this kind.
    assert!(ways.contains(&("symbols.vtable", Some(Way::Check))), "{ways:?}");
    assert!(ways.contains(&("symbols.functions", Some(Way::Symbols))), "{ways:?}");
    assert!(ways.contains(&("free.null", Some(Way::Check))), "{ways:?}");
    let results: Vec<_> = list.results.iter().filter(|planned| planned.clause == "free.null").collect();
    assert!(results.len() > 3 && results.is_sorted_by_key(|planned| planned.domain), "{results:?}");
    assert!(human.ends_with(&format!(" {} results\n", list.results.len())), "{human}");
}

/// A report without what a clock decides.
fn timeless(report: &Checked) -> Report {
    let mut report = Report::clone(report);
    report.summary.seconds = 0.0;
    report.results.iter_mut().for_each(|result| result.microseconds = 0);
    report
}

#[rstest]
#[case("control")]
#[case("control-malloc")]
#[case("contents-after-500-blocks")]
#[case("zero-malloc-null")]
fn the_same_seed_gives_the_same_report(#[case] name: &str) {
    let Some(library) = compiled(name) else { return };
    // Where threads of a check run into damage, the system decides which one is first.
    let words = |jobs| ["--seed=7", "--skip=threads", "--skip=resources", jobs];
    let report = |jobs| timeless(&Run::json(&library).with(words(jobs)).end().report());
    let first = report("--jobs=1");
    assert_eq!(first.seed, 7);
    for jobs in ["--jobs=1", "--jobs=2"] {
        let next = report(jobs);
        let pairs = first.results.iter().zip(&next.results);
        let different: Vec<(&ClauseResult, &ClauseResult)> = pairs.filter(|(one, other)| one != other).collect();
        assert!(different.is_empty(), "{jobs}: {different:#?}");
        assert_eq!(first, next, "{jobs}");
    }
}

#[rstest]
// A clause of level `should`.
#[case("limit-calloc-library", Level::Should, "limits.calloc.library")]
fn strict_counts_warnings(#[case] name: &str, #[case] level: Level, #[case] clause: &str) {
    let Some(library) = compiled(name) else { return };
    let run = || Run::json(&library).with([format!("--only={clause}")]);
    let mild = run().end();
    let report = mild.has_status(0).report();
    assert_eq!((report.summary.fail, report.summary.warn, report.results[0].level), (0, 1, level));
    run().with(["--strict"]).end().has_status(1).report();
}

#[test]
fn strict_counts_what_was_not_judged_for_want_of_memory() {
    let Some(library) = compiled("budget-1-mib") else { return };
    let run = || Run::json(&library).with(["--only=realloc.large", "--only=free.null"]);
    let mild = run().end();
    let report = mild.has_status(0).report();
    let starved = report.of("realloc.large");
    assert!(
        starved.len() == 3 && starved.iter().all(|result| result.reason.starts_with("out of memory")),
        "{starved:?}"
    );
    run().with(["--strict"]).end().has_status(1).report();
}

/// The last line of a report tells how to run again only what failed.
#[test]
fn what_failed_can_be_run_again() {
    let Some(library) = compiled("zero-malloc-null") else { return };
    let (all, human) = (Run::json(&library).end(), Run::human(&library).end());
    let (all, last) = (all.report(), human.has_status(1).text().lines().last().unwrap_or_default().to_owned());
    let (_, command) = last.split_once("rerun: pymem-conform ").unwrap_or_else(|| panic!("{last}"));
    // Quotes stand around what a shell would take for a pattern.
    let words = command.split(' ').map(|word| word.trim_matches('\''));
    let again = Run::new(["--format=json"].into_iter().chain(words)).end();
    let again = again.has_status(1).report();
    assert_eq!(again.failing(), all.failing());
    assert_eq!(clauses(&again), again.failing());
}
