//! Pythons whose API is in their executable are entered before `main`, and judged in every mode.

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use common::{Lab, Run, not_run};
use pymem_conform::report::Verdict;
use pymem_spec::{Kind, Mode};

/// One that carries its API itself.
fn executable() -> Option<PathBuf> {
    let found = pymem_abi::pythons().into_iter().rfind(|python| !python.is_shared);
    if found.is_none() {
        not_run("runs on a Python that is one executable", "apt-get install -y python3");
    }
    found.map(|found| found.path)
}

#[test]
fn a_python_that_is_one_executable_is_judged_as_a_library_is() {
    let Some(python) = executable() else { return };
    let report = Run::json(&python).with(["--skip=resources", "--skip=arenas"]).end().has_status(0).report();
    assert!(report.failing().is_empty(), "{}", report.failures());
    assert_eq!(report.target.kind, Kind::Cpython);
    for mode in [Mode::Bare, Mode::Embedded] {
        let passed = |result: &&_| matches!(result, pymem_conform::report::ClauseResult { verdict: Verdict::Pass, mode: found, .. } if *found == mode);
        assert!(report.results.iter().filter(passed).count() > 100, "{mode}");
    }
}

#[test]
fn names_and_links_of_an_executable_decide_nothing() {
    let Some(python) = executable() else { return };
    let lab = Lab::new();
    let odd = lab.path("odd $ORIGIN:name");
    fs::create_dir(&odd).expect("the folder is ours");
    let copy = odd.join("py thon");
    fs::copy(&python, &copy).expect("it can be read");
    let link = lab.path("link");
    symlink(&copy, &link).expect("the folder is ours");
    for path in [&copy, &link] {
        // A copy has no standard library beside it.
        let report = Run::json(path).with(["--only=alignment", "--mode=bare"]).end().has_status(0).report();
        assert!(report.failing().is_empty(), "{}", report.failures());
    }
}

#[test]
fn a_virtual_environment_of_it_is_entered_in_every_mode() {
    let Some(python) = executable() else { return };
    let lab = Lab::new();
    fs::create_dir_all(lab.path("venv/bin")).expect("the folder is ours");
    symlink(&python, lab.path("venv/bin/python")).expect("the folder is ours");
    let home = python.parent().expect("a folder").display().to_string();
    fs::write(lab.path("venv/pyvenv.cfg"), format!("home = {home}\n")).expect("the folder is ours");
    let report = Run::json(lab.path("venv/bin/python")).with(["--only=alignment"]).end().has_status(0).report();
    assert!(report.failing().is_empty(), "{}", report.failures());
    let embedded = report.results.iter().filter(|result| result.mode == Mode::Embedded);
    assert!(embedded.clone().any(|result| result.verdict == Verdict::Pass));
}
