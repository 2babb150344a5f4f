//! What the suite finds of real allocators is what is known of them, so that a change of either shows. Of each CPython,
//! which keeps the contract, all is kept: see `panel_digest`. Of the others, what fails and why: see `c-tests/panel.toml`.

mod common;
mod panel_digest;

use std::collections::BTreeSet;
use std::path::Path;

use c_tests::panel::{self, Failed, Member};
use common::{Checked, Run, in_loader_cache, not_run};
use pymem_conform::report::{ClauseResult, Report, Verdict};
use pymem_spec::{Kind, Mode, Registry};

/// Results that a run on the newest CPython judges at least.
const MANY: usize = 400;

/// How often what ran out of time is judged once more.
const TRIES: usize = 5;

/// A run that finds nothing at all, not even at level `detail`.
#[track_caller]
fn conforming(run: Run) -> Checked {
    let ended = run.end();
    assert!(ended.status == Some(0), "{ended:?}");
    let report = ended.report();
    assert!(report.failing().is_empty(), "{}", report.failures());
    assert_eq!(ended.stderr, "");
    report
}

fn judged(result: &&ClauseResult) -> bool {
    result.verdict == Verdict::Pass
}

#[test]
fn the_reference() {
    let report = conforming(Run::new(["--format=json"]));
    assert_eq!(report.target.name, "reference");
    assert_eq!((report.target.kind, &report.target.sha256), (Kind::Pymem, &None));
    assert_eq!(report.spec, Registry::newest());
    // What is not judged has no part in it: nothing ran out of memory or time.
    let starved = report.results.iter().find(|result| result.reason.starts_with("out of "));
    assert!(starved.is_none(), "{starved:?}");
}

#[test]
fn every_shared_cpython() {
    let pythons = pymem_abi::shared_pythons();
    if pythons.is_empty() {
        return not_run("runs on a shared CPython", "apt-get install -y libpython3-dev");
    }
    for python in &pythons {
        println!("{} {:?}", python.version, python.builds);
        let report = unhurried(&python.path);
        panel_digest::compare(python, &report);
        assert_eq!(report.target.kind, Kind::Cpython);
        // Judged by its own version.
        assert_eq!((report.target.python_version, report.spec), (Some(python.version), python.version));
        assert_eq!(report.target.build, python.builds);
        for mode in [Mode::Bare, Mode::Embedded] {
            let results = report.results.iter().filter(judged).filter(|result| result.mode == mode).count();
            assert!(results > 0, "{} judged nothing in {mode} mode", python.version);
        }
        if python.version == pythons[pythons.len() - 1].version {
            assert!(report.summary.pass >= MANY, "{} judged {} results only", python.version, report.summary.pass);
        }
    }
    panel_digest::tell_what_is_not_here(&pythons);
}

/// A report without skips for want of time, unless the machine is very busy: what ran out of time is judged once more,
/// alone.
#[track_caller]
fn unhurried(path: &Path) -> Report {
    let mut report = Report::clone(&conforming(Run::json(path)));
    again_where_starved(&mut report, |words| Some(Report::clone(&conforming(Run::json(path).with(words)))));
    report
}

/// Judges once more, by a run with these words, what ran out of time or memory; until a run has no report.
fn again_where_starved(report: &mut Report, run: impl Fn(Vec<String>) -> Option<Report>) {
    for _ in 0..TRIES {
        let starved = panel_digest::starved(report);
        if starved.is_empty() {
            break;
        }
        println!("once more: {}", starved.join(" "));
        let only = starved.iter().map(|clause| format!("--only={clause}"));
        let words: Vec<String> = ["--jobs=1".to_owned()].into_iter().chain(only).collect();
        let Some(again) = run(words) else { break };
        panel_digest::settle(report, &again);
    }
}

#[test]
fn the_python_of_debian() {
    let is_here = |line: &u16| in_loader_cache(&format!("libpython3.{line}.so.1.0"));
    let Some(path) = (6..30).rev().find_map(|line| is_here(&line)) else {
        return not_run("a run on the system's libpython", "apt-get install -y libpython3-dev");
    };
    let report = conforming(Run::json(&path));
    assert_eq!(report.target.kind, Kind::Cpython);
    assert!(report.summary.pass > 0);
}

/// The rest of the panel: real allocators of which `c-tests/panel.toml` says what fails, and why.
#[test]
fn every_member_of_the_panel() {
    let mut told = Vec::new();
    for member in panel::members() {
        match member.path() {
            Some(path) => told.extend(judge(&member, &path)),
            None => {
                let remedy =
                    format!("{}, or, if no package brings it, take it out of {}", member.remedy(), panel::FILE);
                not_run(&format!("a run on {}", member.name), &remedy);
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// What is not as it is known to be.
fn judge(member: &Member, path: &Path) -> Vec<String> {
    let ended = run(member, path).end();
    assert!(matches!(ended.status, Some(0 | 1)), "{}: {ended:?}", member.name);
    let mut report = Report::clone(&ended.report());
    again_where_starved(&mut report, |words| {
        let ended = run(member, path).with(words).end();
        // Where nothing can be judged, an allocator takes more memory than a check may have.
        (ended.status != Some(2)).then(|| Report::clone(&ended.report()))
    });
    println!(
        "{}: {} pass, {} skip in {:.2} s",
        member.name,
        passing(&report),
        skipped(&report),
        report.summary.seconds
    );
    assert_eq!(report.target.kind, member.kind, "{}", member.name);
    let mut told = member.differences(&failed(&report));
    // What chance decides, or a busy machine left open, is not counted.
    let is_settled = member.is_settled() && panel_digest::starved(&report).is_empty();
    let counts = (passing(&report), skipped(&report));
    if told.is_empty() && is_settled && counts != (member.pass, member.skip) {
        told.push(format!(
            "{}: {} results pass and {} are skipped, where {} says {} and {}: change that there, if what is judged was \
             meant to change",
            member.name,
            counts.0,
            counts.1,
            panel::FILE,
            member.pass,
            member.skip
        ));
    }
    told
}

fn run(member: &Member, path: &Path) -> Run {
    let mut words = member.arguments(path);
    let target = words.pop().expect("a target is named");
    Run::json(target).with(words)
}

fn failed(report: &Report) -> BTreeSet<Failed> {
    let failing = report.results.iter().filter(|result| result.verdict.is_failure());
    failing
        .map(|result| Failed {
            clause: result.clause.clone(),
            domain: result.domain,
            mode: result.mode,
            configuration: result.configuration,
            level: result.level,
        })
        .collect()
}

fn passing(report: &Report) -> usize {
    report.results.iter().filter(judged).count()
}

fn skipped(report: &Report) -> usize {
    report.results.iter().filter(|result| result.verdict == Verdict::Skip).count()
}
