//! Real allocators keep the contract, and the suite accuses none of them. What it finds of each CPython is kept, so that
//! a change of either shows: see `panel_digest`.

mod common;
mod panel_digest;

use std::path::Path;

use common::{Checked, Run, in_loader_cache, not_run};
use pymem_conform::report::{ClauseResult, Report, Verdict};
use pymem_spec::{Kind, Mode, Registry};
use rstest::rstest;

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
    for _ in 0..TRIES {
        let starved = panel_digest::starved(&report);
        if starved.is_empty() {
            break;
        }
        println!("once more: {}", starved.join(" "));
        let only = starved.iter().map(|clause| format!("--only={clause}"));
        panel_digest::settle(&mut report, &conforming(Run::json(path).with(["--jobs=1"]).with(only)));
    }
    report
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

/// The malloc families that people run Python on.
#[rstest]
#[case::jemalloc("libjemalloc.so.2", "libjemalloc2")]
#[case::mimalloc("libmimalloc.so.2", "libmimalloc2.0")]
#[case::tcmalloc("libtcmalloc_minimal.so.4", "libtcmalloc-minimal4")]
#[case::tbbmalloc("libtbbmalloc.so.2", "libtbbmalloc2")]
fn a_malloc_family(#[case] name: &str, #[case] package: &str) {
    match in_loader_cache(name) {
        Some(path) => malloc(&path, &path.to_string_lossy()),
        None => not_run(&format!("a run on {name}"), &format!("apt-get install -y {package}")),
    }
}

#[test]
fn the_malloc_of_the_c_library() {
    let path = in_loader_cache("libc.so.6").expect("this program needs it too");
    malloc(&path, &format!("malloc:{}", path.display()));
}

#[track_caller]
fn malloc(path: &Path, argument: &str) {
    let report = conforming(Run::json(argument));
    assert_eq!((report.target.kind, report.target.name.as_str()), (Kind::Malloc, argument), "{}", path.display());
    assert!(report.results.iter().all(|result| result.mode == Mode::Bare));
    assert!(report.summary.pass > 40, "{} results only", report.summary.pass);
}
