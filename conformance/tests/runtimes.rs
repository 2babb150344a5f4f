//! Runtimes whose interpreter starts in another way than CPython's.

mod common;

use std::path::PathBuf;

use common::{Lab, Run, in_loader_cache, not_run};
use pymem_conform::report::Verdict;
use pymem_spec::{Domain, Kind, Mode, Version};
use rstest::rstest;

/// What starts a PyPy, and its lock. `WORKS` says which step does not, and mem and obj die before the last one.
const LIKE_PYPY: &str = r#"
#include <stddef.h>
#include <stdlib.h>
static int steps, locked;
void rpython_startup_code(void) { steps = 1; }
int pypy_setup_home(const char *home, int verbose) { steps += steps == 1; return HOME_IS_THERE ? 0 : -1; }
int pypy_execute_source(const char *source) { steps += steps == 2; return MODULE_IS_THERE ? 0 : -1; }
void pypy_init_threads(void) { steps += steps == 3; }
int PyPyGILState_Ensure(void) { locked++; return 0; }
void PyPyGILState_Release(int state) { locked--; }
const char *PyPy_GetVersion(void) { return "3.9.16 (7.3.11, somewhere)"; }
static void check(void) { if (steps != 4 || !locked) abort(); }
static int too_large(size_t n) { return n > (size_t)-1 / 2; }
#define FAMILY(name, check) \
    void *PyPy##name##Malloc(size_t n) { check; return too_large(n) ? NULL : malloc(n ? n : 1); } \
    void *PyPy##name##Calloc(size_t n, size_t s) \
    { \
        check; \
        if (s && n > (size_t)-1 / 2 / s) return NULL; \
        return n && s ? calloc(n, s) : calloc(1, 1); \
    } \
    void *PyPy##name##Realloc(void *p, size_t n) { check; return too_large(n) ? NULL : realloc(p, n ? n : 1); } \
    void PyPy##name##Free(void *p) { check; free(p); }
FAMILY(Mem_Raw, )
FAMILY(Mem_, check())
FAMILY(Object_, check())
"#;

fn like_pypy(lab: &Lab, home_is_there: bool, module_is_there: bool) -> Option<PathBuf> {
    let flag = |name: &str, value: bool| format!("-D{name}={}", i32::from(value));
    let flags = [flag("HOME_IS_THERE", home_is_there), flag("MODULE_IS_THERE", module_is_there)];
    lab.library("libruntime.so", LIKE_PYPY, &[&flags[0], &flags[1], "-fno-builtin"])
}

fn run(library: &PathBuf) -> Run {
    Run::json(library).with(["--prefix=PyPy", "--only=malloc", "--only=zero-size", "--only=free", "--only=limits"])
}

/// Before it has started and without the lock, mem and obj are not called.
#[test]
fn an_interpreter_is_started_step_by_step() {
    let lab = Lab::new();
    let Some(library) = like_pypy(&lab, true, true) else { return };
    let ended = run(&library).end();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let report = ended.report();
    assert_eq!((report.target.kind, report.target.python_version), (Kind::Pymem, Some(Version::new(3, 9, 16))));
    assert_eq!(report.spec, Version::new(3, 9, 16));
    let passes = |mode, domain| {
        let mut results = report.results.iter().filter(|result| result.mode == mode && result.domain == Some(domain));
        results.any(|result| result.verdict == Verdict::Pass)
    };
    for domain in [Domain::Raw, Domain::Mem, Domain::Obj] {
        assert!(passes(Mode::Embedded, domain), "{domain}");
        assert_eq!(passes(Mode::Bare, domain), domain == Domain::Raw, "{domain}");
    }
}

#[rstest]
#[case(false, true, "pypy_setup_home finds no standard library; name its folder with --home")]
#[case(true, false, "its C API cannot be imported")]
fn one_that_does_not_start_is_told_of(#[case] home: bool, #[case] module: bool, #[case] reason: &str) {
    let lab = Lab::new();
    let Some(library) = like_pypy(&lab, home, module) else { return };
    let ended = run(&library).end();
    assert_eq!(ended.status, Some(3), "{ended:?}");
    assert!(ended.stderr.contains(reason), "{ended:?}");
    // What needs no interpreter can be asked for.
    assert_eq!(run(&library).with(["--mode=bare"]).end().status, Some(0));
}

/// All that a run can be asked for works on a real one.
#[test]
fn pypy() {
    let Some(library) = (9..30).rev().find_map(|line| in_loader_cache(&format!("libpypy3.{line}-c.so"))) else {
        return not_run("runs on a PyPy", "apt-get install -y pypy3");
    };
    let list = Run::new(["--prefix=PyPy", "--list"]).with([&library]).end();
    assert_eq!(list.status, Some(0), "{list:?}");
    let report = run(&library).end().report();
    assert!(report.target.python_version.is_some_and(|version| version >= Version::new(3, 9, 0)));
    let alignment = Run::json(&library).with(["--prefix=PyPy", "--only=alignment.malloc"]).end();
    assert_eq!(alignment.status, Some(0), "{alignment:?}");
    let report = alignment.report();
    assert!(report.traits.keys().any(|key| key.starts_with("embedded.default.obj.")), "{:?}", report.traits);
}
