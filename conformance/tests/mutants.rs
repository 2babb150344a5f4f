//! Each broken allocator is caught by the clause that it breaks.

mod common;

use c_tests::{Group, Library};
use common::{Ended, Run, each, libraries};
use pymem_spec::Level;

#[test]
fn every_mutant_is_killed_by_its_own_clause() {
    each(&libraries(Group::Mutant), is_killed);
}

fn is_killed(library: &Library) {
    let clause = library.breaks.expect("every mutant breaks a clause");
    let ended = only(library, clause);
    let report = ended.report();
    assert!(
        report.failing().contains(clause),
        "{clause} was found to hold; {:?}\n{}",
        library.about,
        report.failures()
    );
    // What nobody promises is noted, and violates nothing.
    let is_promised = report.of(clause).iter().any(|result| result.level != Level::Detail);
    ended.has_status(i32::from(is_promised));
}

/// The sound allocators that the mutants were made from.
const SOUND: [&str; 5] = ["arenas", "control", "control-malloc", "control-vtable", "customizable"];

/// What kills a mutant must let the sound allocator that it was made from live.
#[test]
fn sound_allocators_are_killed_by_no_clause() {
    let mut clauses: Vec<&str> = libraries(Group::Mutant).iter().filter_map(|library| library.breaks).collect();
    clauses.sort_unstable();
    clauses.dedup();
    let sound = libraries(Group::Odd).into_iter().filter(|library| SOUND.contains(&library.name));
    let only: Vec<String> = clauses.iter().map(|clause| format!("--only={clause}")).collect();
    each(&sound.collect::<Vec<_>>(), |library| {
        let ended = Run::json(&library.file).with(&only).end();
        let report = ended.has_status(0).report();
        assert!(report.failing().is_empty(), "{}", report.failures());
    });
}

/// A run of the clause's own checks: for survival and loading those are all.
fn only(library: &Library, clause: &str) -> Ended {
    // Some clauses are of level `should`.
    let run = Run::json(&library.file).with(["--strict"]);
    if clause.starts_with("robustness.") { run.end() } else { run.with(["--only", clause]).end() }
}
