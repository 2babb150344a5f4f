//! Every program that is written for a clause, read by compilers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pymem_abi::audit::Audit;
use pymem_spec::{Clause, Configuration, Domain, Kind, Level, Mode, Registry};
use rstest::rstest;
use tempfile::TempDir;

use super::source::{Body, Failing};
use super::templates;
use crate::checks::TABLE;
use crate::report::{ClauseResult, Verdict};
use crate::sandbox::launch::{Launch, Param};

/// More lines than this nobody reads.
const MOST_LINES: usize = 95;

/// What is shown of a target of this kind in this mode.
fn written(clause: &Clause, kind: Kind, mode: Mode) -> String {
    let configuration = clause.configurations.first().copied().unwrap_or(Configuration::Default);
    let domain = clause.domains.first().copied().unwrap_or(Domain::Raw);
    let mut launch = Launch::empty(kind, mode, configuration);
    launch.audit = Some(Audit {
        path: "/lib/target.so".into(),
        kind,
        prefix: None,
        vtable_symbol: None,
        exports: Default::default(),
        variables: ["Py_NoSiteFlag".to_owned()].into(),
        preload: kind == Kind::Malloc,
        knows_pythonmalloc: true,
        tls_size: 0,
        python: None,
        sha256: String::new(),
    });
    let text = templates::of(&clause.id, mode).expect("it has one").to_owned();
    let names = text.split('@').skip(1).step_by(2);
    launch.params = names.map(|name| Param { name: name.to_owned(), domain, value: 8 }).collect();
    let result = ClauseResult {
        clause: clause.id.clone(),
        area: clause.area,
        level: Level::Must,
        domain: Some(domain),
        mode,
        configuration,
        verdict: Verdict::Fail,
        reason: "it fails".to_owned(),
        expected: None,
        actual: None,
        operation: None,
        witness: None,
        microseconds: 0,
    };
    let failing = Failing { clause, result: &result, launch: &launch, path: Path::new("/lib/target.so") };
    failing.source(&Body { text, ..Body::default() }, &[])
}

/// The compiler of that name; none where the machine has none.
fn compiler(name: &str) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Writes every one into a folder; their files.
fn all(folder: &TempDir) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for clause in templates::clauses().filter_map(|id| Registry::embedded().get(id)) {
        let states = clause.kinds.iter().map(|kind| (*kind, clause.modes[0]));
        // Few of them differ with an interpreter.
        let differs = [Mode::Bare, Mode::Embedded].map(|mode| templates::of(&clause.id, mode));
        let embedded = (differs[0] != differs[1]).then_some((Kind::Cpython, Mode::Embedded));
        for (kind, mode) in states.chain(embedded) {
            let path = folder.path().join(format!("{}.{kind}.{mode}.c", clause.id));
            fs::write(&path, written(clause, kind, mode)).expect("the folder is writable");
            files.push(path);
        }
    }
    files
}

#[rstest]
#[case::gcc("gcc")]
#[case::clang("clang")]
fn every_program_compiles_without_a_warning(#[case] name: &str) {
    // gcc is there where the suite's tests run; clang where somebody put it.
    let Some(compiler) = compiler(name) else {
        assert_ne!(name, "gcc", "there is no gcc");
        return;
    };
    let folder = tempfile::tempdir().expect("there is a place for files");
    let words = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-fno-builtin"];
    let output = Command::new(compiler).args(words).args(all(&folder)).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_program_is_short_enough_to_read() {
    let folder = tempfile::tempdir().expect("there is a place for files");
    let lines = |path: &PathBuf| fs::read_to_string(path).expect("it was written").lines().count();
    let long: Vec<PathBuf> = all(&folder).into_iter().filter(|path| lines(path) > MOST_LINES).collect();
    assert_eq!(long, Vec::<PathBuf>::new());
}

#[test]
fn what_calls_do_not_tell_has_a_program() {
    let told = |id: &str| TABLE.iter().any(|check| check.clause == id && check.is_told_by_calls());
    let shown = |id: &str| templates::of(id, Mode::Bare).is_some();
    let checked = TABLE.iter().map(|check| check.clause);
    let dark: Vec<_> = checked.filter(|id| !told(id) && !shown(id)).collect();
    assert_eq!(dark, [""; 0]);
}
