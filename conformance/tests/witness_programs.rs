//! Every program that is written for a clause, and every kind of step, read by compilers.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::not_run;
use pymem_abi::audit::Audit;
use pymem_conform::checks::TABLE;
use pymem_conform::report::{ClauseResult, Verdict};
use pymem_conform::sandbox::launch::{Launch, Param};
use pymem_conform::tape::{Act, Fault, Finding, Step};
use pymem_conform::witness::source::{Body, Failing};
use pymem_conform::witness::steps::{Dialect, Failure};
use pymem_conform::witness::templates;
use pymem_spec::{Clause, Configuration, Domain, Kind, Level, Mode, Registry};
use rstest::rstest;

/// More lines than this nobody reads.
const MOST_LINES: usize = 95;

/// Where steps can be made.
const STATES: [(Kind, Mode); 5] = [
    (Kind::Cpython, Mode::Bare),
    (Kind::Cpython, Mode::Embedded),
    (Kind::Pymem, Mode::Bare),
    (Kind::Vtable, Mode::Bare),
    (Kind::Malloc, Mode::Bare),
];

/// The program that is written for the clause, for a target of this kind in this mode.
fn written(clause: &Clause, kind: Kind, mode: Mode) -> String {
    let text = templates::of(&clause.id, mode).expect("it has one").to_owned();
    with_body(clause, kind, mode, Body { text, ..Body::default() })
}

/// What shows a clause, with that body.
fn with_body(clause: &Clause, kind: Kind, mode: Mode, body: Body) -> String {
    let configuration = clause.configurations.first().copied().unwrap_or(Configuration::Default);
    let domain = clause.domains.first().copied().unwrap_or(Domain::Raw);
    let mut launch = Launch::empty(kind, mode, configuration);
    launch.audit = Some(Audit {
        path: "/lib/target.so".into(),
        is_executable: false,
        program: None,
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
    let names = body.text.split('@').skip(1).step_by(2);
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
    failing.source(&body, &[])
}

/// The compiler of that name; none where the machine has none.
fn compiler(name: &str) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Steps of every kind, in two threads, as a target of this kind can make them.
fn every_step(kind: Kind) -> Vec<Step> {
    let hooks = matches!(kind, Kind::Cpython | Kind::Pymem);
    let step = |act, thread, block, size| Step { act, domain: Domain::Raw, thread, block, size, more: 3 };
    let mut steps = vec![
        step(Act::Churn, 0, 0, 16),
        step(Act::Malloc, 1, 0, 24),
        step(Act::Fill, 0, 0, 24),
        step(Act::Calloc, 1, 1, 8),
        step(Act::EndThread, 1, 0, 0),
        step(Act::Bounce, 0, 1, 20),
        step(Act::Free, 0, 1, 0),
        step(Act::FreeNull, 0, 0, 0),
        step(Act::Squeeze, 0, 0, 1),
        step(Act::Hold, 0, 0, 16),
        step(Act::ReallocNull, 2, 2, 100),
        step(Act::Fill, 0, 2, 100),
        step(Act::Realloc, 2, 0, 4000),
        step(Act::Squeeze, 0, 0, 0),
    ];
    if hooks {
        steps.extend([step(Act::Hook, 0, 0, 2), step(Act::Realloc, 0, 2, 70), step(Act::Unhook, 0, 0, 0)]);
    }
    steps.push(step(Act::Realloc, 0, 0, u64::MAX));
    steps
}

/// Writes the programs of all clauses into a folder; their files.
fn of_clauses(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let has_one = |clause: &&Clause| templates::of(&clause.id, Mode::Bare).is_some();
    for clause in Registry::embedded().clauses().iter().filter(has_one) {
        let states = clause.kinds.iter().map(|kind| (*kind, clause.modes[0]));
        // Few of them differ with an interpreter.
        let differs = [Mode::Bare, Mode::Embedded].map(|mode| templates::of(&clause.id, mode));
        let embedded = (differs[0] != differs[1]).then_some((Kind::Cpython, Mode::Embedded));
        for (kind, mode) in states.chain(embedded) {
            let path = folder.join(format!("{}.{kind}.{mode}.c", clause.id));
            fs::write(&path, written(clause, kind, mode)).expect("the folder is writable");
            files.push(path);
        }
    }
    files
}

/// Writes steps of every kind, and every fault of them, into a folder; their files.
fn of_steps(folder: &Path) -> Vec<PathBuf> {
    let clause = Registry::embedded().get("integrity.random-operations").expect("there is one");
    let mut files = Vec::new();
    for (kind, mode) in STATES {
        let steps = every_step(kind);
        for fault in [Fault::Changed(false), Fault::Overlaps(0), Fault::NotZero, Fault::Served] {
            let finding = Finding { step: steps.len() - 1, block: 2, fault };
            let body = Dialect { kind, prefix: "" }.body(&steps, Failure::Found(finding));
            let path = folder.join(format!("steps.{kind}.{mode}.{}.c", files.len()));
            fs::write(&path, with_body(clause, kind, mode, body)).expect("the folder is writable");
            files.push(path);
        }
    }
    files
}

#[rstest]
#[case::gcc("gcc")]
#[case::clang("clang")]
fn every_program_compiles_without_a_warning(#[case] name: &str) {
    let Some(compiler) = compiler(name) else {
        not_run(&format!("witnesses are compiled by {name}"), &format!("apt-get install -y {name}"));
        return;
    };
    let folder = tempfile::tempdir().expect("there is a place for files");
    let files = [of_clauses(folder.path()), of_steps(folder.path())].concat();
    let words = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-fno-builtin"];
    let output = Command::new(compiler).args(words).args(files).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Sound libraries of a kind, on which steps can be made.
fn sound_libraries(kind: Kind) -> Vec<PathBuf> {
    let of_ours = |name: &str| c_tests::find(name).map(|library| library.file).into_iter().collect();
    match kind {
        Kind::Pymem => of_ours("customizable"),
        Kind::Vtable => of_ours("control-vtable"),
        // The C library, which a program has anyway.
        Kind::Malloc => vec![PathBuf::new()],
        Kind::Cpython => pymem_abi::discover::shared_pythons().into_iter().map(|python| python.path).collect(),
    }
}

#[test]
fn steps_of_every_kind_show_nothing_of_a_sound_library() {
    let compiler = compiler("gcc").expect("gcc is there where the suite's tests run");
    let folder = tempfile::tempdir().expect("there is a place for files");
    let clause = Registry::embedded().get("integrity.random-operations").expect("there is one");
    for (kind, mode) in STATES {
        let steps = every_step(kind);
        let finding = Finding { step: steps.len() - 1, block: 2, fault: Fault::Changed(false) };
        let body = Dialect { kind, prefix: "" }.body(&steps, Failure::Found(finding));
        let (source, program) = (folder.path().join("steps.c"), folder.path().join("steps"));
        fs::write(&source, with_body(clause, kind, mode, body)).expect("the folder is writable");
        let words = ["-w", "-pthread", "-fno-builtin", "-o"];
        let status = Command::new(&compiler).args(words).args([&program, &source]).status().expect("it starts");
        assert!(status.success(), "{kind} {mode}");
        for library in sound_libraries(kind) {
            let output = Command::new(&program).arg(&library).output().expect("it starts");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let ended = (output.status.code(), said.as_str());
            assert_eq!(ended, (Some(0), "the defect does not show\n"), "{kind} {mode} {}", library.display());
        }
    }
}

#[test]
fn every_program_is_short_enough_to_read() {
    let folder = tempfile::tempdir().expect("there is a place for files");
    let lines = |path: &PathBuf| fs::read_to_string(path).expect("it was written").lines().count();
    let long: Vec<PathBuf> = of_clauses(folder.path()).into_iter().filter(|path| lines(path) > MOST_LINES).collect();
    assert_eq!(long, Vec::<PathBuf>::new());
}

#[test]
fn what_calls_do_not_tell_has_a_program() {
    let told = |id: &str| TABLE.iter().any(|check| check.clause == id && check.is_told_by_calls());
    let shown = |id: &str| templates::of(id, Mode::Bare).is_some();
    // What real programs judge is shown by running these again.
    let checked = TABLE.iter().filter(|check| !check.workload).map(|check| check.clause);
    let dark: Vec<_> = checked.filter(|id| !told(id) && !shown(id)).collect();
    assert_eq!(dark, [""; 0]);
}
