//! Loading small libraries and calling what they offer.

mod common;

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Lab, family, twelve};
use pymem_abi::{Audit, Function, Loaded, Request, audit};
use pymem_spec::{Domain, Kind};
use rstest::rstest;

/// C source of four functions that hand out their arguments instead of memory:
/// malloc(n) is n, calloc(n, s) is 1000 n + s, realloc(p, n) is p + n; each plus `offset`.
fn telling(malloc: &str, calloc: &str, realloc: &str, free: &str, offset: u32) -> String {
    format!(
        "void *{malloc}(unsigned long n) {{ return (void *)(n + {offset}); }}
         void *{calloc}(unsigned long n, unsigned long s) {{ return (void *)(1000 * n + s + {offset}); }}
         void *{realloc}(char *p, unsigned long n) {{ return p + n + {offset}; }}
         void {free}(void *p) {{ }}\n"
    )
}

fn audited(path: &Path) -> Audit {
    audit(&Request::new(path)).expect("the library offers an allocator")
}

fn opened(path: &Path) -> Loaded {
    Loaded::open(&audited(path)).expect("the library has all that it needs")
}

/// What malloc(5), calloc(2, 3) and realloc(0x100, 7) of a domain give.
fn answers(loaded: &Loaded, domain: Domain) -> [usize; 3] {
    let family = loaded.family(domain).expect("the domain is offered");
    // SAFETY: the library only counts.
    let malloc = unsafe { family.malloc(5) };
    // SAFETY: the library only counts.
    let calloc = unsafe { family.calloc(2, 3) };
    // SAFETY: the library only counts.
    let realloc = unsafe { family.realloc(0x100 as *mut c_void, 7) };
    [malloc, calloc, realloc].map(|block| block as usize)
}

fn names(loaded: &Loaded, domain: Domain) -> [&'static str; 4] {
    let family = loaded.family(domain).expect("the domain is offered");
    Function::ALL.map(|function| family.function_name(function))
}

#[test]
fn three_domains_of_a_python_api_each_with_its_functions() {
    let lab = Lab::new();
    let source = telling("PyMem_RawMalloc", "PyMem_RawCalloc", "PyMem_RawRealloc", "PyMem_RawFree", 0)
        + &telling("PyMem_Malloc", "PyMem_Calloc", "PyMem_Realloc", "PyMem_Free", 10)
        + &telling("PyObject_Malloc", "PyObject_Calloc", "PyObject_Realloc", "PyObject_Free", 20);
    let loaded = opened(&lab.library("libx.so", &source));
    assert_eq!(answers(&loaded, Domain::Raw), [5, 2003, 0x107]);
    assert_eq!(answers(&loaded, Domain::Mem), [15, 2013, 0x107 + 10]);
    assert_eq!(answers(&loaded, Domain::Obj), [25, 2023, 0x107 + 20]);
    assert_eq!(
        names(&loaded, Domain::Obj),
        ["PyObject_Malloc", "PyObject_Calloc", "PyObject_Realloc", "PyObject_Free"]
    );
}

#[test]
fn a_domain_with_a_hole_is_not_offered_but_calloc_may_lack() {
    let lab = Lab::new();
    let source = "void *PyMem_RawMalloc(unsigned long n) { return 0; }
        void *PyMem_RawRealloc(void *p, unsigned long n) { return 0; }
        void PyMem_RawFree(void *p) { }
        void *PyMem_Malloc(unsigned long n) { return 0; }";
    let loaded = opened(&lab.library("libx.so", source));
    assert!(!loaded.family(Domain::Raw).expect("three functions as in 3.4").has_calloc());
    assert!(loaded.family(Domain::Mem).is_none());
}

#[test]
fn a_prefix_is_looked_up_and_named() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &telling("je_malloc", "je_calloc", "je_realloc", "je_free", 0));
    let loaded = opened(&library);
    assert_eq!(answers(&loaded, Domain::Raw), [5, 2003, 0x107]);
    assert_eq!(names(&loaded, Domain::Raw), ["je_malloc", "je_calloc", "je_realloc", "je_free"]);
    assert!(loaded.family(Domain::Mem).is_none() && loaded.family(Domain::Obj).is_none());
    assert!(loaded.python().is_none());
}

#[test]
fn a_table_for_each_domain_it_has() {
    let lab = Lab::new();
    let source = "
        struct table { void *ctx, *malloc, *calloc, *realloc, *free; };
        static void *m(char *ctx, unsigned long n) { return ctx + n; }
        static void *c(char *ctx, unsigned long n, unsigned long s) { return ctx + 1000 * n + s; }
        static void *r(char *ctx, char *p, unsigned long n) { return p + n; }
        static void f(char *ctx, char *p) { }
        int pymem_get_allocator(int domain, struct table *out) {
            if (domain == 1) return -1;
            *out = (struct table){(void *)(long)(domain * 10), m, c, r, f};
            return 0;
        }";
    let loaded = opened(&lab.library("libx.so", source));
    assert_eq!(answers(&loaded, Domain::Raw), [5, 2003, 0x107]);
    assert!(loaded.family(Domain::Mem).is_none());
    assert_eq!(answers(&loaded, Domain::Obj), [25, 2023, 0x107]);
    assert_eq!(names(&loaded, Domain::Obj), ["obj.malloc", "obj.calloc", "obj.realloc", "obj.free"]);
    assert!(loaded.table_entry().is_some());
}

#[test]
fn a_table_with_a_hole_says_which() {
    let lab = Lab::new();
    let library = lab.library("libx.so", "int pymem_get_allocator(int domain, void *out) { return 0; }");
    let loaded = opened(&library);
    let holes = [Domain::Raw, Domain::Mem, Domain::Obj].map(|domain| (domain, Function::Malloc));
    assert_eq!(loaded.holes(), holes);
    assert!(loaded.family(Domain::Raw).is_none());
}

#[test]
fn the_loader_says_what_is_missing() {
    let lab = Lab::new();
    let library =
        lab.library("libx.so", &(family("je_") + "void nobody_has_this(void); void f(void) { nobody_has_this(); }"));
    let error = Loaded::open(&audited(&library)).err().expect("a function is missing");
    assert_eq!(error, format!("{}: undefined symbol: nobody_has_this", audited(&library).path.display()));
}

#[test]
fn a_needed_library_that_is_gone() {
    let lab = Lab::new();
    let needed = lab.named_library("libgone.so.7", "");
    let argument = needed.to_str().expect("names here are UTF-8");
    let library = lab.compile("libx.so", &family("je_"), &["-shared", "-fPIC", "-Wl,--no-as-needed", argument]);
    std::fs::remove_file(&needed).expect("it was just made");
    let error = Loaded::open(&audited(&library)).err().expect("a library is missing");
    assert_eq!(error, "libgone.so.7: cannot open shared object file: No such file or directory");
}

#[test]
fn functions_and_variables_of_a_python_are_found_by_name() {
    let lab = Lab::new();
    let source = twelve("Py") + "int Py_NoSiteFlag = 41; const char *Py_GetVersion(void) { return \"3.1\"; }";
    let loaded = opened(&lab.library("libx.so", &source));
    let python = loaded.python().expect("it is of kind pymem");
    assert!(python.Py_GetVersion.is_some() && python.Py_InitializeEx.is_none());
    let flag = python.Py_NoSiteFlag.expect("it is defined");
    // SAFETY: an `int` of a library that stays loaded.
    assert_eq!(unsafe { flag.read() }, 41);
    assert!(loaded.function("Py_NoSiteFlag").is_none(), "a variable is no function");
    assert!(loaded.variable("Py_GetVersion").is_none(), "a function is no variable");
    assert!(loaded.function("malloc").is_none(), "the process has one, the target does not");
}

#[rstest]
#[case(Kind::Malloc, "je_")]
#[case(Kind::Pymem, "")]
fn only_plain_names_are_preloaded(#[case] kind: Kind, #[case] prefix: &str) {
    let lab = Lab::new();
    let source = if kind == Kind::Malloc { family(prefix) } else { twelve("Py") };
    let error = Loaded::preloaded(&audited(&lab.library("libx.so", &source))).err();
    assert_eq!(error.as_deref(), Some("only a malloc library with the plain names is preloaded"));
}

#[test]
fn a_preload_that_did_not_happen_is_noticed() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &family(""));
    let error = Loaded::preloaded(&audited(&library)).err().expect("this process has the malloc of glibc");
    assert!(error.starts_with("`calloc` is that of /") && error.contains("libc.so"), "{error}");
}

/// A real malloc for a child process: hands out memory and never takes it back.
const BUMP: &str = "
    static char arena[64 << 20]; static unsigned long used;
    void *malloc(unsigned long n) {
        unsigned long need = (n + 31) & ~15ul;
        unsigned long at = __atomic_fetch_add(&used, need, 5);
        *(unsigned long *)(arena + at) = n;
        return arena + at + 16;
    }
    void *calloc(unsigned long n, unsigned long s) { return malloc(n * s); }
    void *realloc(void *p, unsigned long n) {
        char *q = malloc(n);
        if (p) for (unsigned long i = 0, m = ((unsigned long *)p)[-2]; i < n && i < m; i++) q[i] = ((char *)p)[i];
        return q;
    }
    void free(void *p) { }
    __attribute__((aligned(16))) char pad;";

/// Runs itself again with the library preloaded.
#[test]
fn a_preloaded_library_is_proven_to_be_the_target() {
    const TARGET: &str = "PYMEM_ABI_TEST_TARGET";
    if let Some(target) = std::env::var_os(TARGET) {
        let loaded = Loaded::preloaded(&audited(&PathBuf::from(target))).expect("the parent preloaded it");
        let family = loaded.family(Domain::Raw).expect("a malloc library has the raw domain");
        // SAFETY: a working malloc.
        assert!(!unsafe { family.malloc(10) }.is_null());
        println!("proven: {}", family.function_name(Function::Malloc));
        return;
    }
    let lab = Lab::new();
    let library = lab.compile("libbump.so", BUMP, &["-shared", "-fPIC", "-fno-builtin"]);
    let run = Command::new(std::env::current_exe().expect("a test has a file"))
        .args(["--exact", "a_preloaded_library_is_proven_to_be_the_target", "--nocapture"])
        .env("LD_PRELOAD", &library)
        .env(TARGET, &library)
        .output()
        .expect("the test binary runs");
    let stdout = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && stdout.contains("proven: malloc"), "{run:?}");
}
