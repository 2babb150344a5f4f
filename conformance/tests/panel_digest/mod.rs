//! What a run found of a CPython, so briefly that a change of either shows as a line: one for each clause, its results
//! collapsed, and one for each trait. Nothing that differs from run to run or from machine to machine.
//!
//! The files are `snapshots/cpython/VERSION-BUILD.snap`. After a change that is meant, or for a CPython that has none:
//!
//!     INSTA_UPDATE=always cargo test -p pymem-conform --test panel every_shared_cpython

mod collapse;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pymem_abi::Found;
use pymem_conform::report::{ClauseResult, Report, Verdict, assemble};
use pymem_spec::{Inapplicable, Registry, Situation};

use collapse::{Place, Sessions};

/// Traits that tell of the machine or the moment, by their last words.
const VARYING: [&str; 1] = ["environment.removed"];

/// Compares what a run found with what is kept of that version and build. A CPython of which nothing is kept is named.
pub fn compare(python: &Found, report: &Report) {
    let name = name_of(python);
    // What `cargo insta` and the command above set.
    let is_writing = std::env::var("INSTA_UPDATE").is_ok_and(|value| ["always", "unseen", "new"].contains(&&*value));
    if !kept().contains(&name) && !is_writing {
        println!("no snapshot of {name}; {REMEDY} writes one");
        return;
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/cpython");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, digest(python, report)));
}

/// Names what is kept of CPythons that this machine does not have.
pub fn tell_what_is_not_here(pythons: &[Found]) {
    let here: BTreeSet<String> = pythons.iter().map(name_of).collect();
    for name in kept().difference(&here) {
        println!("not run: the snapshot of {name}: this machine has no such CPython");
    }
}

/// The clauses of which something ran out of time or memory.
pub fn starved(report: &Report) -> Vec<String> {
    let starved = report.results.iter().filter(|result| assemble::is_starved(result));
    starved.map(|result| result.clause.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Puts results of another run of the same in the place of those that ran out of time or memory.
pub fn settle(report: &mut Report, again: &Report) {
    for result in report.results.iter_mut().filter(|result| assemble::is_starved(result)) {
        let is_same = |other: &&ClauseResult| other.clause == result.clause && Place::of(other) == Place::of(result);
        if let Some(settled) = again.results.iter().find(is_same) {
            *result = settled.clone();
        }
    }
    for (key, value) in &again.traits {
        report.traits.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

const REMEDY: &str = "`INSTA_UPDATE=always cargo test -p pymem-conform --test panel every_shared_cpython`";

/// `3.13.0-release-gil`.
fn name_of(python: &Found) -> String {
    let builds = python.builds.iter().map(|build| build.as_str());
    [python.version.to_string().as_str()].into_iter().chain(builds).collect::<Vec<_>>().join("-")
}

/// The names of all snapshots.
fn kept() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/cpython");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| name.strip_suffix(".snap").map(str::to_owned)).collect()
}

fn digest(python: &Found, report: &Report) -> String {
    let sessions = Sessions::of(&report.results);
    let mut clauses: Vec<(&str, Vec<&ClauseResult>)> = Vec::new();
    for result in &report.results {
        match clauses.last_mut() {
            Some((clause, results)) if *clause == result.clause => results.push(result),
            _ => clauses.push((&result.clause, vec![result])),
        }
    }
    let mut text = format!("{}, judged by the contract of {}\n", name_of(python), report.spec);
    let uncalled: Vec<Place> = report.results.iter().filter(|result| is_uncalled(result)).map(Place::of).collect();
    if !uncalled.is_empty() {
        text += &format!("{} cannot be called\n", sessions.describe(&uncalled));
    }
    text.push('\n');
    for (clause, results) in clauses {
        text += &format!("{clause}: {}\n", told(&results, report, &sessions));
    }
    text += "\nTraits\n";
    for (name, values) in traits(report) {
        let values: Vec<_> =
            values.iter().map(|(value, places)| format!("{value} in {}", sessions.describe(places))).collect();
        text += &format!("{name}: {}\n", values.join("; "));
    }
    text
}

/// `pass in raw (bare), raw mem obj (embedded); skip in mem obj (bare): no other domain ...`. What the clause says itself,
/// that it does not hold there, is left out, and so is what stands above all: that nothing can be called there.
fn told(results: &[&ClauseResult], report: &Report, sessions: &Sessions) -> String {
    let applying: Vec<_> = results.iter().copied().filter(|result| !is_elsewhere(result, report)).collect();
    let Some(first) = applying.first() else { return format!("skip: {}", results[0].reason) };
    let called: Vec<_> = applying.iter().copied().filter(|result| !is_uncalled(result)).collect();
    let told = if called.is_empty() { &applying } else { &called };
    let mut outcomes: Vec<(Verdict, String, Vec<Place>)> = Vec::new();
    for result in told {
        let (reason, place) = (reason(result), Place::of(result));
        match outcomes.iter_mut().find(|known| (known.0, &known.1) == (result.verdict, &reason)) {
            Some((_, _, places)) => places.push(place),
            None => outcomes.push((result.verdict, reason, vec![place])),
        }
    }
    outcomes.sort_by_key(|(verdict, _, places)| (*verdict, places[0]));
    if outcomes.len() == 1 && first.verdict == Verdict::Skip && applying.len() == results.len() {
        return format!("skip: {}", outcomes[0].1);
    }
    let parts = outcomes.iter().map(|(verdict, reason, places)| {
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        format!("{} in {}{reason}", word(*verdict), sessions.describe(places))
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Whether the clause speaks of other modes and configurations, on whatever CPython.
fn is_elsewhere(result: &ClauseResult, report: &Report) -> bool {
    let Some(clause) = Registry::embedded().get(&result.clause) else { return false };
    let situation = Situation {
        version: report.spec,
        builds: &report.target.build,
        kind: report.target.kind,
        mode: result.mode,
        configuration: result.configuration,
    };
    matches!(
        clause.applies(&situation),
        Err(Inapplicable::Kind(_) | Inapplicable::Mode(_) | Inapplicable::Configuration { .. })
    )
}

/// Whether the domain cannot be called in that state at all.
fn is_uncalled(result: &ClauseResult) -> bool {
    result.verdict == Verdict::Skip && result.reason.ends_with("cannot be called before the interpreter is initialised")
}

/// Without the domain, which the place tells, and without how far a check came.
fn reason(result: &ClauseResult) -> String {
    let domain = result.domain.map_or(String::new(), |domain| format!("{domain} "));
    let reason = result.reason.strip_prefix(&domain).unwrap_or(&result.reason);
    let starved = [assemble::OUT_OF_TIME, assemble::OUT_OF_MEMORY].into_iter().find(|start| reason.starts_with(start));
    starved.unwrap_or(reason).to_owned()
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::Skip => "skip",
        Verdict::Known => "known",
        Verdict::Fixed => "fixed",
    }
}

/// Each trait's values with their places.
fn traits(report: &Report) -> BTreeMap<String, Vec<(String, Vec<Place>)>> {
    let mut traits = BTreeMap::<_, Vec<(String, Vec<Place>)>>::new();
    for (key, value) in &report.traits {
        if VARYING.iter().any(|name| key.ends_with(name)) {
            continue;
        }
        let (place, name) = collapse::place_of_trait(key).unwrap_or_else(|| panic!("where is the trait {key}?"));
        let values = traits.entry(name.to_owned()).or_default();
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match values.iter_mut().find(|(known, _)| *known == value) {
            Some((_, places)) => places.push(place),
            None => values.push((value, vec![place])),
        }
    }
    traits
}
