//! Which kind a library is, from the functions that it defines.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use common::{Lab, family, twelve};
use pymem_abi::{Audit, Request, audit};
use pymem_spec::{Build, Kind, Version};
use rstest::rstest;

const ENTRY: &str = "int pymem_get_allocator(int domain, void *out) { return 1; }";
const START: &str = "void Py_InitializeEx(int signals) { }";
const VERSION: &str = "const unsigned long Py_Version = 0x030d02f0;";

#[rstest]
#[case::cpython(twelve("Py") + START + VERSION, Kind::Cpython, None)]
#[case::cpython_with_a_malloc(twelve("Py") + START + VERSION + &family("") + ENTRY, Kind::Cpython, None)]
#[case::pymem(twelve("Py"), Kind::Pymem, None)]
#[case::pymem_with_a_table(twelve("Py") + ENTRY, Kind::Pymem, None)]
#[case::table(ENTRY.to_owned(), Kind::Vtable, None)]
#[case::table_beats_malloc(family("") + ENTRY, Kind::Vtable, None)]
#[case::malloc(family(""), Kind::Malloc, None)]
#[case::plain_beats_prefix(family("je_") + &family(""), Kind::Malloc, None)]
#[case::first_prefix(family("mi_") + &family("je_"), Kind::Malloc, Some("je_"))]
#[case::whole_beats_first(family("mi_") + "void *malloc(unsigned long n) { return 0; }", Kind::Malloc, Some("mi_"))]
#[case::rpmalloc(family("rp"), Kind::Malloc, Some("rp"))]
fn the_first_kind_that_fits(#[case] source: String, #[case] kind: Kind, #[case] prefix: Option<&str>) {
    let lab = Lab::new();
    let library = lab.library("libx.so", &source);
    let audit = audit(&Request::new(&library)).expect("it offers an allocator");
    assert_eq!((audit.kind, audit.prefix.as_deref()), (kind, prefix));
    assert_eq!(audit.preload, kind == Kind::Malloc && prefix.is_none());
}

#[rstest]
#[case::python(twelve("PyPy"), "PyPy", Kind::Pymem, "PyObject_Calloc", "PyPyObject_Calloc")]
#[case::malloc(family("xx_"), "xx_", Kind::Malloc, "calloc", "xx_calloc")]
#[case::of_two(family("xx_") + &twelve("Py"), "xx_", Kind::Malloc, "calloc", "xx_calloc")]
fn a_prefix_chooses(
    #[case] source: String,
    #[case] prefix: &str,
    #[case] kind: Kind,
    #[case] canonical: &str,
    #[case] symbol: &str,
) {
    let lab = Lab::new();
    let library = lab.library("libx.so", &source);
    let audit = audit(&Request { prefix: Some(prefix), ..Request::new(&library) }).expect("the prefix is there");
    assert_eq!((audit.kind, audit.prefix.as_deref(), audit.preload), (kind, Some(prefix), false));
    assert!(audit.has(canonical));
    assert_eq!(audit.symbol(canonical), symbol);
}

const LIKE_PYPY: &str = "void rpython_startup_code(void) { } int pypy_setup_home(char *home, int v) { return 0; }
    int pypy_execute_source(char *source) { return 0; }";
const LAST_STEP: &str = "void pypy_init_threads(void) { }";
const TELLS: &str = "const char *PyPy_GetVersion(void) { return \"3.9.16 (7.3.11, x)\"; }";

/// All steps of its start have to be there, and the version is that of the function that tells it.
#[rstest]
#[case::whole(String::from(LAST_STEP) + TELLS, true, Some(Version::new(3, 9, 16)))]
#[case::without_a_step(TELLS.to_owned(), false, Some(Version::new(3, 9, 16)))]
#[case::that_tells_nothing(LAST_STEP.to_owned(), true, None)]
fn another_runtime(#[case] rest: String, #[case] starts: bool, #[case] version: Option<Version>) {
    let lab = Lab::new();
    let library = lab.library("libx.so", &(twelve("PyPy") + LIKE_PYPY + &rest));
    let audit = audit(&Request { prefix: Some("PyPy"), ..Request::new(&library) }).expect("the prefix is there");
    assert_eq!((audit.kind, audit.has_interpreter()), (Kind::Pymem, starts));
    assert_eq!(audit.symbol("rpython_startup_code"), "rpython_startup_code");
    assert_eq!(audit.python.map(|python| python.version), version);
}

#[rstest]
#[case(Kind::Pymem)]
#[case(Kind::Malloc)]
#[case(Kind::Vtable)]
fn a_kind_can_be_forced(#[case] kind: Kind) {
    let lab = Lab::new();
    let library = lab.library("libx.so", &(twelve("Py") + START + VERSION + &family("") + ENTRY));
    let audit = audit(&Request { kind: Some(kind), ..Request::new(&library) }).expect("it is of every kind");
    assert_eq!(audit.kind, kind);
}

#[test]
fn a_named_entry_makes_a_table() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &(twelve("Py") + &ENTRY.replace("pymem_get_allocator", "mine")));
    let audit = audit(&Request { vtable_symbol: Some("mine"), ..Request::new(&library) }).expect("the entry is there");
    assert_eq!((audit.kind, audit.vtable_symbol.as_deref()), (Kind::Vtable, Some("mine")));
}

#[test]
fn functions_and_variables_are_told_apart() {
    let lab = Lab::new();
    let source = twelve("Py") + "int Py_NoSiteFlag; int PyObject_Init; static int PyMem_Mine(void) { return 0; }";
    let library = lab.library("libx.so", &source);
    let audit = audit(&Request::new(&library)).expect("it has the raw family");
    assert_eq!(audit.exports.len(), 12);
    assert_eq!(Vec::from_iter(audit.variables), ["PyObject_Init", "Py_NoSiteFlag"]);
}

#[test]
fn code_without_a_type_is_code() {
    let lab = Lab::new();
    let assembler = ["malloc", "calloc", "realloc", "free"]
        .map(|name| format!("asm(\".globl {name}\\n{name}: ret\\n\");"))
        .concat();
    let library = lab.library("libx.so", &assembler);
    assert_eq!(audit(&Request::new(&library)).expect("four labels in the text").kind, Kind::Malloc);
}

#[rstest]
#[case("-Wl,--hash-style=sysv")]
#[case("-Wl,--hash-style=gnu")]
fn either_hash_table_will_do(#[case] style: &str) {
    let lab = Lab::new();
    let library = lab.compile("libx.so", &family("je_"), &["-shared", "-fPIC", style]);
    assert!(audit(&Request::new(&library)).is_ok());
}

/// Unlike the other table, this one holds what a file needs from elsewhere too.
#[test]
fn what_is_needed_is_not_offered() {
    let lab = Lab::new();
    let source = "void *malloc(unsigned long); void *calloc(unsigned long, unsigned long);
        void *realloc(void *, unsigned long); void free(void *);
        void *table[] = { malloc, calloc, realloc, free };";
    let library = lab.compile("libx.so", source, &["-shared", "-fPIC", "-Wl,--hash-style=sysv"]);
    assert!(audit(&Request::new(&library)).is_err());
}

#[test]
fn a_library_that_can_be_run_is_a_library() {
    let lab = Lab::new();
    let interpreter =
        "const char interpreter[] __attribute__((section(\".interp\"))) = \"/lib64/ld-linux-x86-64.so.2\";";
    let library = lab.named_library("libx.so.1", &(family("je_") + interpreter));
    assert_eq!(audit(&Request::new(&library)).expect("like glibc's libc.so.6").kind, Kind::Malloc);
}

#[test]
fn a_superseded_version_of_a_name_does_not_count() {
    let lab = Lab::new();
    let script = lab.file("versions", "V1 { global: mi_malloc; local: *; };");
    let argument = format!("-Wl,--version-script={}", script.display());
    let source = "void *impl(unsigned long n) { return 0; } asm(\".symver impl, mi_malloc@V1\");".to_owned();
    let library = lab.compile("libx.so", &source, &["-shared", "-fPIC", &argument]);
    let sentence = audit(&Request::new(&library)).expect_err("dlsym does not find it either").to_string();
    assert_eq!(sentence, "there is no allocator in it that is known here");
}

#[test]
fn the_path_is_absolute_without_links() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &family(""));
    symlink(&library, lab.path("link.so")).expect("the folder is writable");
    let found = audit(&Request::new(&lab.path("link.so"))).expect("it offers a family").path;
    assert_eq!(found, fs::canonicalize(library).expect("it exists"));
}

#[test]
fn a_deleted_file_keeps_the_name_it_opens_by() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &family(""));
    let file = fs::File::open(&library).expect("it was just made");
    fs::remove_file(&library).expect("it was just made");
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
    assert_eq!(audit(&Request::new(path.as_ref())).expect("it is still open").path.to_str(), Some(path.as_str()));
}

#[test]
fn an_audit_survives_json_with_any_name() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &(twelve("Py") + START + VERSION));
    let odd = lab.path("").join(OsStr::from_bytes(b"a b\n\xff'\".so"));
    fs::rename(library, &odd).expect("the folder is writable");
    let audit = audit(&Request::new(&odd)).expect("it is a CPython");
    let json = serde_json::to_string(&audit).expect("an audit is data");
    assert_eq!(serde_json::from_str::<Audit>(&json).expect("as just written"), audit);
}

#[test]
fn the_digest_is_that_of_the_file() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &family(""));
    let output = std::process::Command::new("sha256sum").arg(&library).output();
    let Ok(output) = output else {
        return common::not_run("the digest", "apt-get install -y coreutils");
    };
    let digest = audit(&Request::new(&library)).expect("it offers a family").sha256;
    assert!(output.stdout.starts_with(digest.as_bytes()));
}

#[rstest]
#[case::release(0x030d02f0, Version::new(3, 13, 2))]
#[case::two_digits(0x030a0df0, Version::new(3, 10, 13))]
#[case::alpha(0x030f00a1, "3.15.0a1".parse().expect("a version"))]
#[case::candidate(0x030d00c2, "3.13.0rc2".parse().expect("a version"))]
fn the_version_is_read_from_its_variable(#[case] number: u64, #[case] expected: Version) {
    let lab = Lab::new();
    let source = format!("{}{START}const unsigned long Py_Version = {number};", twelve("Py"));
    let audit = audit(&Request::new(&lab.library("libx.so", &source))).expect("it is a CPython");
    assert_eq!(audit.python.map(|python| python.version), Some(expected));
}

#[rstest]
#[case::by_itself("libpython3.9.so.1.0", "3.9.18", "", "3.9.18")]
#[case::with_a_plus("libpython3.9.so.1.0", "3.9.18+", "", "3.9.18")]
#[case::candidate("libpython3.9.so.1.0", "3.9.0rc1", "", "3.9.0rc1")]
#[case::other_libraries_inside("libpython3.9.so.1.0", "3.9.18", "3.47.1", "3.9.18")]
#[case::at_the_end_of_a_path("libpython3.9.so.1.0", "/opt/3.9.18", "", "3.9.18")]
#[case::not_that_of_the_folder("libpython3.9.so.1.0", "3.9.18", "/opt/3.9.20", "3.9.18")]
#[case::another_number("libpython3.9.so.1.0", "/opt/3.9.18", "13.9.20", "3.9.18")]
#[case::renamed("libfoo.so", "3.9.18", "/usr/lib/python3.9", "3.9.18")]
#[case::renamed_with_others("libfoo.so", "3.9.18", "lib/python3.9:3.47.1", "3.9.18")]
fn the_version_is_read_from_the_constants(
    #[case] soname: &str,
    #[case] text: &str,
    #[case] other: &str,
    #[case] expected: &str,
) {
    let lab = Lab::new();
    let source = format!(
        "{}{START}const char *a(void) {{ return \"{text}\"; }} const char *b(void) {{ return \"{other}\"; }}",
        twelve("Py")
    );
    let audit = audit(&Request::new(&lab.named_library(soname, &source))).expect("it is a CPython");
    assert_eq!(audit.python.map(|python| python.version.to_string()).as_deref(), Some(expected));
}

#[rstest]
#[case::release(&[], "3.13", &[Build::Release, Build::Gil, Build::NoPymalloc, Build::NoMimalloc])]
#[case::usual(&["# arenas allocated total", "mimalloc_debug"], "3.13", &[Build::Release, Build::Gil])]
#[case::before_mimalloc(
    &["# arenas allocated total", "mimalloc_debug"], "3.12", &[Build::Release, Build::Gil, Build::NoMimalloc]
)]
#[case::debug(
    &["gettotalrefcount", "# arenas allocated total", "mimalloc_debug"], "3.13", &[Build::Debug, Build::Gil]
)]
#[case::debug_by_name(&["# arenas allocated total", "mimalloc_debug"], "3.13d", &[Build::Debug, Build::Gil])]
#[case::free_threaded_by_name(&["mimalloc_debug"], "3.13t", &[Build::Release, Build::FreeThreaded])]
#[case::both_by_name(&["mimalloc_debug"], "3.13td", &[Build::Debug, Build::FreeThreaded])]
#[case::traced(
    &["getobjects", "# arenas allocated total", "mimalloc_debug"], "3.13",
    &[Build::Release, Build::Gil, Build::TraceRefs]
)]
#[case::numbered(
    &["made by call #%zu to debug malloc/realloc.\\n", "# arenas allocated total", "mimalloc_debug"], "3.13",
    &[Build::Release, Build::Gil, Build::SerialNumber]
)]
#[case::always_numbered(
    &["made by call #%zu to debug malloc/realloc.\\n", "# arenas allocated total"], "3.7m",
    &[Build::Release, Build::Gil, Build::NoMimalloc]
)]
fn builds_are_seen_in_the_constants(#[case] texts: &[&str], #[case] line: &str, #[case] expected: &[Build]) {
    let lab = Lab::new();
    let number = line.trim_end_matches(|c: char| !c.is_ascii_digit());
    let mut source = format!("{}{START}const char *v(void) {{ return \"{number}.1\"; }}", twelve("Py"));
    for (i, text) in texts.iter().enumerate() {
        source += &format!("const char *t{i}(void) {{ return \"{text}\"; }}");
    }
    let library = lab.named_library(&format!("libpython{line}.so.1.0"), &source);
    let python = audit(&Request::new(&library)).expect("it is a CPython").python.expect("with a version");
    assert_eq!(python.builds, expected);
}

#[test]
fn a_free_threaded_build_is_seen_by_its_functions() {
    let lab = Lab::new();
    let source = twelve("Py") + START + VERSION + "void _Py_DecRefShared(void *object) { }";
    let python = audit(&Request::new(&lab.library("libx.so", &source))).expect("a CPython").python.expect("a version");
    assert!(python.builds.contains(&Build::FreeThreaded) && !python.builds.contains(&Build::Gil));
}

#[test]
fn a_runtime_that_declares_a_version_has_one() {
    let lab = Lab::new();
    let declared = lab.library("libx.so", &(twelve("Py") + VERSION));
    let silent = lab.library("liby.so", &twelve("Py"));
    let version = |path| audit(&Request::new(path)).expect("it has the raw family").python.map(|python| python.version);
    assert_eq!(version(&declared), Some(Version::new(3, 13, 2)));
    assert_eq!(version(&silent), None);
}
