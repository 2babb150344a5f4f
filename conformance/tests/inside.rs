//! An allocator inside a real interpreter: whom the guard accuses, and whom not.

mod common;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use common::{Checked, Ended, Lab, Run, compiled, not_run};
use pymem_abi::Found;
use pymem_conform::report::Verdict;
use pymem_spec::Build;
use rstest::rstest;

/// The newest plain CPython that has an executable.
fn python() -> Option<PathBuf> {
    let is_plain =
        |python: &Found| python.builds.starts_with(&[Build::Release, Build::Gil]) && python.program.is_some();
    let found = pymem_abi::pythons().into_iter().rfind(is_plain);
    if found.is_none() {
        not_run("runs inside a CPython", "apt-get install -y python3");
    }
    found.map(|found| found.path)
}

/// A run of what real programs judge, without CPython's own tests.
fn programs(target: impl Into<OsString>, python: &Path) -> Run {
    let mut inside = OsString::from("--inside=");
    inside.push(python);
    Run::json(target.into()).with(["--only=customize.inside.*".into(), "--tests=".into(), inside])
}

#[track_caller]
fn is_in_order(ended: &Ended) -> Checked {
    let report = ended.report();
    assert!(report.failing().is_empty(), "{}", report.failures());
    let judged = report.results.iter().filter(|result| result.verdict == Verdict::Pass).count();
    assert!(judged >= 10, "{judged} results are judged");
    report
}

#[test]
fn the_reference_in_every_cpython() {
    for python in pymem_abi::pythons() {
        println!("{} {}", python.version, python.path.display());
        let ended = programs("reference", &python.path).end();
        let report = ended.has_status(0).report();
        assert!(report.failing().is_empty(), "{}", report.failures());
        assert_eq!(report.target.python_version, Some(python.version));
    }
}

#[rstest]
#[case::pymem("control", &[])]
#[case::vtable("control-vtable", &[])]
#[case::malloc("control-malloc", &[])]
#[case::preloaded("control-malloc", &["--how=preload"])]
#[case::raw_alone("control", &["--domains=raw"])]
#[case::objects_alone("control-vtable", &["--domains=obj"])]
fn sound_allocators_of_every_kind(#[case] name: &str, #[case] words: &[&str]) {
    let (Some(python), Some(library)) = (python(), compiled(name)) else { return };
    let report = is_in_order(programs(library, &python).with(words).end().has_status(0));
    assert_eq!(
        report.traits["inside.domains"],
        words.iter().find_map(|word| word.strip_prefix("--domains=")).unwrap_or("raw,mem,obj")
    );
}

/// What the suite judges of an interpreter holds with an allocator inside, too.
#[test]
fn every_clause_that_makes_sense() {
    let (Some(python), Some(library)) = (python(), compiled("control-vtable")) else { return };
    let mut inside = OsString::from("--inside=");
    inside.push(&python);
    let report = Run::json(library).with(["--tests=".into(), inside]).end().has_status(0).report();
    assert!(report.failing().is_empty(), "{}", report.failures());
    let passed = report.results.iter().filter(|result| result.verdict == Verdict::Pass);
    let areas: std::collections::BTreeSet<_> = passed.map(|result| result.area.as_str()).collect();
    for area in ["zero-size", "alignment", "customize", "debug-hooks", "objects", "threads", "tracemalloc"] {
        assert!(areas.contains(area), "{areas:?}");
    }
}

/// An allocator over the C library's, wrong in one place.
fn wrong(lab: &Lab, function: &str) -> Option<PathBuf> {
    let whole = [
        "void *x_malloc(size_t size) { return malloc(size); }",
        "void *x_calloc(size_t nelem, size_t elsize) { return calloc(nelem, elsize); }",
        "void *x_realloc(void *block, size_t size) { return realloc(block, size); }",
        "void x_free(void *block) { free(block); }",
    ];
    let name = |text: &str| text[text.find("x_").expect("a name")..].split('(').next().expect("a name").to_owned();
    let others = whole.into_iter().filter(|one| name(one) != name(function));
    let source: Vec<_> = others.chain([function]).collect();
    let head = "#include <stdlib.h>\n#include <string.h>\n#include <malloc.h>\n";
    lab.library("wrong.so", &format!("{head}{}", source.join("\n")), &[])
}

#[rstest]
#[case::misaligned(
    "void *x_malloc(size_t size) { char *p = malloc(size + 8); return size == 5000 ? p + 8 : p; }",
    "a multiple of 8 only"
)]
#[case::dirty(
    "void *x_calloc(size_t n, size_t m) { char *p = malloc(n * m); return p ? memset(p, n * m > 60000, n * m) : p; }",
    "byte 0 is not zero"
)]
#[case::forgets(
    "void *x_realloc(void *p, size_t size) { char *q = realloc(p, size); if (p && size > 50000) q[4096] ^= 1; return q; }",
    "they changed"
)]
#[case::twice(
    "void *x_malloc(size_t size) { static void *p; if (size == 5000) return p ? p : (p = malloc(size)); return malloc(size); }",
    "it overlaps a live block"
)]
fn what_a_real_program_gets_wrong_is_told_with_its_line(#[case] function: &str, #[case] actual: &str) {
    let lab = Lab::new();
    let (Some(python), Some(library)) = (python(), wrong(&lab, function)) else { return };
    let program = lab.file(
        "program.py",
        "def work():\n    n = 4967\n    kept = [b'x' * n, b'x' * n]\n    grown = bytearray(100)\n    grown.extend(b'x' * 70000)\n    \
         grown.extend(b'y' * 70000)\n    return kept, bytes(100000), grown\nwork()\n",
    );
    let ended = on_wrong(&library, &python, &[program.as_os_str()]).end();
    assert_eq!(ended.status, Some(1), "{ended:?}");
    let line = ended.stderr.lines().find(|line| line.contains(actual)).unwrap_or_else(|| panic!("{ended:?}"));
    assert!(line.contains("program.py\", line ") && line.contains(" in work"), "{line}");

    // The suite's own programs find it too, or do not ask for such a block.
    let report = programs(concat("malloc:", &library), &python).with(["--prefix=x_"]).end().report();
    if let Some(failed) = report.results.iter().find(|result| result.verdict == Verdict::Fail) {
        assert!(failed.reason.contains(actual), "{}", report.failures());
    }
}

/// A program of Python on an allocator from [`wrong`].
fn on_wrong(library: &Path, python: &Path, words: &[&OsStr]) -> Run {
    let alloc = concat("--alloc=malloc:", library);
    let own = ["python".into(), alloc, "--prefix=x_".into(), concat("--python=", python), "--".into()];
    Run::new(own.into_iter().chain(words.iter().map(OsString::from)))
}

fn concat(text: &str, path: &Path) -> OsString {
    let mut whole = OsString::from(text);
    whole.push(path);
    whole
}

#[test]
fn a_program_runs_as_ever() {
    let (Some(python), Some(library)) = (python(), compiled("control-malloc")) else { return };
    let run = |how: &str, words: &[&str]| {
        let first =
            ["python".into(), concat("--alloc=", &library), concat("--python=", &python), how.into(), "--".into()];
        Run::new(first.into_iter().chain(words.iter().map(OsString::from))).end()
    };
    for how in ["--how=set", "--how=preload"] {
        let ended = run(how, &["-c", "import sys; print(sys.argv[1:], sys.flags.dev_mode); sys.exit(7)", "a b", "--x"]);
        assert_eq!((ended.status, &ended.stdout[..]), (Some(7), &b"['a b', '--x'] False\n"[..]), "{ended:?}");
        assert!(ended.stderr.ends_with("every block in order\n"), "{ended:?}");
    }
    // Debug hooks that the program asks for lie on top.
    let ended = run("--how=set", &["-X", "dev", "-c", "import sys; print(sys.flags.dev_mode)"]);
    assert_eq!((ended.status, &ended.stdout[..]), (Some(0), &b"True\n"[..]), "{ended:?}");
    let ended = run("--how=set", &["-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"]);
    assert_eq!(ended.status, Some(128 + 11), "{ended:?}");
    assert!(ended.stderr.contains("SIGSEGV killed Python"), "{ended:?}");
    // What it starts runs on it too.
    let nested = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', 'import sys; sys.exit(5)']))";
    assert_eq!(run("--how=set", &["-c", nested]).status, Some(5));
    let unguarded = run("--unguarded", &["-c", "print(1)"]);
    assert_eq!((unguarded.status, &unguarded.stdout[..], unguarded.stderr.as_str()), (Some(0), &b"1\n"[..], ""));
}

#[test]
fn cpythons_own_tests() {
    let lab = Lab::new();
    let Some(python) = python() else { return };
    let run = |target: OsString, more: &[&str]| {
        let words = ["--only=customize.inside.tests".into(), "--tests=test_list".into(), concat("--inside=", &python)];
        Run::json(target).with(words).with(more).end().report()
    };
    let report = run("reference".into(), &[]);
    let result = report.of("customize.inside.tests")[0];
    if result.verdict == Verdict::Skip {
        return not_run("CPython's own tests", "apt-get install -y libpython3-testsuite");
    }
    assert_eq!(result.verdict, Verdict::Pass, "{}", result.reason);
    assert!(report.traits["inside.tests"].as_u64().is_some_and(|count| count > 20));
    // What the guard finds there counts too.
    let forgets = "void *x_realloc(void *p, size_t size) { char *q = realloc(p, size); if (p && size > 50000) q[4096] ^= 1; return q; }";
    let Some(library) = wrong(&lab, forgets) else { return };
    let report = run(concat("malloc:", &library), &["--prefix=x_"]);
    let result = report.of("customize.inside.tests")[0];
    assert_eq!(result.verdict, Verdict::Fail, "{}", result.reason);
    assert!(result.reason.contains("they changed"), "{}", result.reason);
}

#[rstest]
#[case::without_an_interpreter(&["--domains=raw"], 2, "`--domains` has no meaning without `--inside`")]
#[case::no_python(&["--inside=reference"], 2, "`--inside` takes a CPython")]
#[case::unknown_domain(&["--inside=python:3", "--domains=stack"], 2, "`--domains` takes some of raw, mem and obj")]
#[case::unknown_way(&["--inside=python:3", "--how=late"], 2, "`--how` is set or preload")]
#[case::odd_tests(&["--inside=python:3", "--tests=os.system"], 2, "`--tests` takes modules")]
#[case::empty(&["--inside="], 2, "`--inside` needs a Python")]
#[case::not_there(&["--inside=/nowhere/python"], 3, "there is no such file")]
fn mistakes_get_one_sentence(#[case] words: &[&str], #[case] status: i32, #[case] sentence: &str) {
    let ended = Run::new(words).end();
    assert_eq!(ended.status, Some(status), "{ended:?}");
    assert!(ended.stderr.contains(sentence) && ended.stderr.lines().count() == 1, "{ended:?}");
}

#[test]
fn what_cannot_be_put_in_is_refused() {
    let (Some(python), Some(library)) = (python(), compiled("control")) else { return };
    let mut ended = programs(&python, &python).end();
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("is an interpreter, which cannot be put inside another"), "{ended:?}");
    ended = programs(library, &python).with(["--how=preload"]).end();
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("needs a library with malloc"), "{ended:?}");
    ended = Run::new(["python", "--python=python:3.99", "--", "-c", ""]).end();
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("`--alloc` is missing"), "{ended:?}");
}

/// The interpreter dies of it, in every state.
#[test]
fn an_interpreter_that_does_not_start() {
    let lab = Lab::new();
    let broken = "void *x_realloc(void *p, size_t size) { static char one[1 << 20]; return one; }";
    let (Some(python), Some(library)) = (python(), wrong(&lab, broken)) else { return };
    let words = ["--prefix=x_", "--jobs=1", "--only=integrity"];
    let report = programs(concat("malloc:", &library), &python).with(words).end().has_status(1).report();
    assert_eq!(report.failing().into_iter().collect::<Vec<_>>(), ["customize.inside.start"]);
}

/// A heap for objects that stands on the interpreter's raw, as pymalloc does.
const ON_RAW: &str = r#"
#include <stddef.h>
#include <dlfcn.h>
typedef struct { void *ctx; void *(*malloc)(void *, size_t); void *(*calloc)(void *, size_t, size_t);
                 void *(*realloc)(void *, void *, size_t); void (*free)(void *, void *); } PyMemAllocatorEx;
static void *raw(const char *name) { return dlsym(RTLD_DEFAULT, name); }
static void *m(void *c, size_t n) { return ((void *(*)(size_t))raw("PyMem_RawMalloc"))(n); }
static void *z(void *c, size_t n, size_t s) { return ((void *(*)(size_t, size_t))raw("PyMem_RawCalloc"))(n, s); }
static void *r(void *c, void *p, size_t n) { return ((void *(*)(void *, size_t))raw("PyMem_RawRealloc"))(p, n); }
static void f(void *c, void *p) { ((void (*)(void *))raw("PyMem_RawFree"))(p); }
#include <stdlib.h>
static void *rm(void *c, size_t n) { return malloc(n ? n : 1); }
static void *rz(void *c, size_t n, size_t s) { return n && s ? calloc(n, s) : calloc(1, 1); }
static void *rr(void *c, void *p, size_t n) { return realloc(p, n ? n : 1); }
static void rf(void *c, void *p) { free(p); }
int pymem_get_allocator(int domain, PyMemAllocatorEx *out)
{
    *out = domain ? (PyMemAllocatorEx){NULL, m, z, r, f} : (PyMemAllocatorEx){NULL, rm, rz, rr, rf};
    return 0;
}
"#;

#[test]
fn a_heap_that_stands_on_raw_is_no_fault() {
    let lab = Lab::new();
    let (Some(python), Some(library)) = (python(), lab.library("on-raw.so", ON_RAW, &[])) else { return };
    is_in_order(programs(concat("vtable:", &library), &python).end().has_status(0));
}

/// More live blocks than the guard verifies: the others still go back to whom they came from.
#[test]
fn millions_of_blocks() {
    let Some(python) = python() else { return };
    let program = "kept = [str(n) for n in range(2500000)]; print(len(kept)); del kept";
    let words = [
        "python".into(),
        "--alloc=reference".into(),
        concat("--python=", &python),
        "--".into(),
        "-c".into(),
        program.into(),
    ];
    let ended = Run::new(words).end();
    assert_eq!((ended.status, &ended.stdout[..]), (Some(0), &b"2500000\n"[..]), "{ended:?}");
}

/// A budget is no fault, even where an interpreter cannot start within it.
#[test]
fn refusals_are_legal() {
    let (Some(python), Some(library)) = (python(), compiled("budget-48-mib")) else { return };
    let report = programs(library, &python).end().has_status(0).report();
    assert!(report.failing().is_empty(), "{}", report.failures());
}

#[test]
fn who_ignores_the_end_of_children_is_not_held_up() {
    let lab = Lab::new();
    let misaligned = "void *x_malloc(size_t size) { char *p = malloc(size + 8); return size == 5000 ? p + 8 : p; }";
    let (Some(python), Some(library)) = (python(), wrong(&lab, misaligned)) else { return };
    let program = "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); n = 4967; kept = b'x' * n; print(1)";
    let ended = on_wrong(&library, &python, &["-c".as_ref(), program.as_ref()]).end();
    assert_eq!((ended.status, &ended.stdout[..]), (Some(1), &b"1\n"[..]), "{ended:?}");
}
