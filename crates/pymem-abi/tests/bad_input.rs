//! Everything that is no target gets one sentence, at once.

mod common;

use std::ffi::CString;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{Lab, SHARED, family, not_run};
use proptest::prelude::*;
use pymem_abi::{Request, Untestable, audit};
use pymem_spec::Kind;
use rstest::rstest;

/// The sentence for `path`, which has to come at once and fit one line.
fn sentence(request: &Request<'_>) -> String {
    let start = Instant::now();
    let error = audit(request).expect_err("this is no target");
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    let sentence = error.to_string();
    assert!(sentence.chars().all(|c| !c.is_control()), "{sentence:?}");
    sentence
}

fn refused(path: &Path) -> String {
    sentence(&Request::new(path))
}

#[rstest]
#[case::empty(b"", "it is empty")]
#[case::text(b"hello", "it is not an ELF file")]
#[case::nothing_but_zeroes(&[0; 5000], "it is not an ELF file")]
#[case::windows(b"MZ\x90\0", "it is not an ELF file (it is one of Windows)")]
#[case::macos(b"\xcf\xfa\xed\xfe", "it is not an ELF file (it is one of macOS)")]
#[case::wheel(b"PK\x03\x04", "it is not an ELF file (it is a zip archive; unpack it first)")]
#[case::archive(
    b"!<arch>\nfoo.o/",
    "it is a static library; link it into a shared one (cc -shared -Wl,--whole-archive)"
)]
#[case::thin_archive(
    b"!<thin>\n",
    "it is a static library; link it into a shared one (cc -shared -Wl,--whole-archive)"
)]
#[case::script(
    b"#! /usr/bin/env bash\nexec",
    "it is a script for `/usr/bin/env bash`, which is not run; name the shared library itself"
)]
#[case::script_with_controls(
    b"#!\x1b[2J\xff",
    "it is a script for `\\x1b[2J\\xff`, which is not run; name the shared library itself"
)]
#[case::linker_script(
    b"/* GNU ld script */\nGROUP ( /lib/libc.so.6 AS_NEEDED ( /lib/ld.so ) )\n",
    "it is a linker script, not a library; name the library that it points to: /lib/libc.so.6 AS_NEEDED ( /lib/ld.so )"
)]
#[case::linker_script_with_one(
    b"INPUT(libfoo.so.1)",
    "it is a linker script, not a library; name the library that it points to: libfoo.so.1"
)]
#[case::half_a_magic_number(b"\x7fE", "it is truncated: its ELF header should reach byte 64, but it has only 2 bytes")]
#[case::only_a_magic_number(
    b"\x7fELF",
    "it is truncated: its ELF header should reach byte 64, but it has only 4 bytes"
)]
fn a_file_of_another_format(#[case] bytes: &[u8], #[case] expected: &str) {
    let lab = Lab::new();
    assert_eq!(refused(&lab.file("input", bytes)), expected);
}

#[rstest]
#[case("/no/such/file", "there is no such file")]
#[case("", "there is no such file")]
#[case("/dev/null/file", "there is no such file")]
#[case("/proc/self", "it is a directory, not a file")]
#[case("/dev/zero", "it is a device, not a file")]
#[case("/dev/tty", "it is a device, not a file")]
fn no_file_at_all(#[case] path: &str, #[case] expected: &str) {
    assert_eq!(refused(Path::new(path)), expected);
}

#[test]
fn a_python_in_a_directory_is_named() {
    let lab = Lab::new();
    let program = lab.file("it's a venv/bin/python3", "");
    let expected = format!("it is a directory, not a file; name `{}`", program.display());
    assert_eq!(refused(&lab.path("it's a venv")), expected);
}

#[test]
fn a_pipe_does_not_block() {
    let lab = Lab::new();
    let path = lab.path("pipe");
    let name = CString::new(path.as_os_str().as_bytes()).expect("no NUL in a path");
    // SAFETY: `name` ends in NUL.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    assert_eq!(refused(&path), "it is a pipe, not a file");
}

#[test]
fn a_socket() {
    let lab = Lab::new();
    let _listener = UnixListener::bind(lab.path("socket")).expect("the folder is writable");
    assert_eq!(refused(&lab.path("socket")), "it is a socket, not a file");
}

#[test]
fn links_that_go_round() {
    let lab = Lab::new();
    symlink(lab.path("b"), lab.path("a")).expect("the folder is writable");
    symlink(lab.path("a"), lab.path("b")).expect("the folder is writable");
    assert_eq!(refused(&lab.path("a")), "its symbolic links lead nowhere but to each other");
}

#[test]
fn a_link_to_nothing() {
    let lab = Lab::new();
    symlink(lab.path("gone"), lab.path("link")).expect("the folder is writable");
    assert_eq!(refused(&lab.path("link")), "there is no such file");
}

#[test]
fn a_file_without_permission() {
    let lab = Lab::new();
    let path = lab.file("secret", "\x7fELF");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("the file is ours");
    let sentence = std::thread::spawn(move || {
        // Root reads everything; this thread, which ends here, gives that up.
        // SAFETY: changes the calling thread alone.
        unsafe { libc::setfsuid(65534) };
        refused(&path)
    });
    let sentence = sentence.join().expect("the audit does not panic");
    assert_eq!(sentence, "it cannot be read: permission denied");
}

#[test]
fn a_file_that_fails_to_read() {
    // Address 0 of this process is not mapped.
    assert_eq!(refused(Path::new("/proc/self/mem")), "it cannot be read: Input/output error (os error 5)");
}

#[test]
fn a_disk_image_is_not_read_whole() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &family(""));
    let file = File::options().write(true).open(&library).expect("the file is ours");
    file.set_len(1 << 40).expect("holes cost nothing");
    assert_eq!(refused(&library), "it is larger than 512 MiB, which no library is");
}

/// A sound library with some bytes of its header replaced.
#[rstest]
#[case::class(4, &[1], "it is for another platform (32-bit x86-64); this machine runs 64-bit x86-64 Linux")]
#[case::arm(18, &[183, 0], "it is for another platform (64-bit aarch64); this machine runs 64-bit x86-64 Linux")]
#[case::unknown_machine(
    18, &[0xff, 0x7f], "it is for another platform (64-bit machine 32767); this machine runs 64-bit x86-64 Linux"
)]
#[case::freebsd(
    7, &[9], "it is for another platform (64-bit x86-64, another system); this machine runs 64-bit x86-64 Linux"
)]
#[case::core(16, &[4, 0], "it is a core dump, not a library")]
#[case::odd_type(16, &[9, 0], "it is damaged: its ELF header has an unknown type")]
#[case::version(6, &[7], "it is damaged: its ELF header has an unknown version")]
#[case::no_segments(56, &[0, 0], "it is damaged: it has no program headers")]
#[case::segment_size(54, &[57, 0], "it is damaged: its program headers have an impossible size")]
#[cfg(target_arch = "x86_64")]
fn a_header_of_something_else(#[case] at: usize, #[case] patch: &[u8], #[case] expected: &str) {
    let lab = Lab::new();
    let mut bytes = fs::read(lab.library("libx.so", &family(""))).expect("it was just made");
    bytes[at..at + patch.len()].copy_from_slice(patch);
    assert_eq!(refused(&lab.file("patched.so", bytes)), expected);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn another_byte_order() {
    let lab = Lab::new();
    let mut bytes = fs::read(lab.library("libx.so", &family(""))).expect("it was just made");
    bytes[5] = 2;
    bytes[18..20].copy_from_slice(&[0, 22]);
    assert_eq!(
        refused(&lab.file("patched.so", bytes)),
        "it is for another platform (64-bit s390, big-endian); this machine runs 64-bit x86-64 Linux"
    );
}

#[test]
fn an_object_file() {
    let lab = Lab::new();
    let object = lab.compile("x.o", &family(""), &["-c"]);
    assert_eq!(refused(&object), "it is an object file that was not linked; make a shared library of it (cc -shared)");
}

#[test]
fn every_cut_is_noticed() {
    let lab = Lab::new();
    let bytes = fs::read(lab.library("libx.so", &family(""))).expect("it was just made");
    for len in (1..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        let path = lab.file("cut.so", &bytes[..len]);
        let sentence = refused(&path);
        assert!(sentence.starts_with("it is truncated: its "), "cut to {len}: {sentence}");
        assert!(sentence.ends_with(&format!("but it has only {len} bytes")), "{sentence}");
    }
}

#[test]
fn damage_never_panics() {
    let lab = Lab::new();
    let sound = fs::read(lab.library("libx.so", &family("mi_"))).expect("it was just made");
    // Half of the hits in the headers, where they hurt.
    let place = prop_oneof![0..1024usize, 0..sound.len()];
    let damage = prop::collection::vec((place, any::<u8>()), 1..8);
    proptest!(ProptestConfig::with_cases(500), |(damage in damage)| {
        let mut bytes = sound.clone();
        for (at, byte) in damage {
            bytes[at] = byte;
        }
        let path = lab.file("damaged.so", &bytes);
        // Either answer may be right; no answer is not.
        let _ = audit(&Request::new(&path));
    });
}

#[rstest]
#[case::nothing("int x(void) { return 0; }", "there is no allocator in it that is known here")]
#[case::half_a_family(
    "void *mi_malloc(unsigned long n) { return 0; } void mi_free(void *p) { }",
    "there is no allocator in it that is known here; seen: mi_malloc and mi_free without mi_calloc and mi_realloc"
)]
#[case::data("int malloc, calloc, realloc, free;", "there is no allocator in it that is known here")]
#[case::undefined(
    "void *malloc(unsigned long); void *f(void) { return malloc(1); }",
    "there is no allocator in it that is known here"
)]
#[case::hidden(
    "__attribute__((visibility(\"hidden\"))) void *je_malloc(unsigned long n) { return 0; }",
    "there is no allocator in it that is known here"
)]
#[case::unknown_prefix(
    "void *mi_umalloc(unsigned long n) { return 0; } void *mi_ucalloc(unsigned long n) { return 0; }
     void *mi_urealloc(void *p) { return 0; } void mi_ufree(void *p) { }",
    "there is no allocator in it that is known here; seen: a family for `--prefix mi_u`"
)]
#[case::other_python(
    "void *PyPyMem_RawMalloc(unsigned long n) { return 0; }",
    "there is no allocator in it that is known here; seen: a family for `--prefix PyPy`"
)]
#[case::part_of_python(
    "void *PyMem_Malloc(unsigned long n) { return 0; }",
    "there is no allocator in it that is known here; seen: 1 of the twelve functions of Python, without PyMem_RawMalloc"
)]
#[case::operator_new(
    "void *_Znwm(unsigned long n) { return 0; }",
    "there is no allocator in it that is known here; seen: C++'s operator new, which CPython does not use"
)]
fn a_library_without_allocator(#[case] source: &str, #[case] expected: &str) {
    let lab = Lab::new();
    assert_eq!(refused(&lab.library("libx.so", source)), expected);
}

#[test]
fn a_stub_names_the_real_library() {
    let lab = Lab::new();
    let stub = lab.library_needing("libpython3.so", "libpython3.99.so.1.0");
    let real = lab.path("libpython3.99.so.1.0");
    assert_eq!(
        refused(&stub),
        format!("it has no allocator of its own and only needs the real library; name `{}`", real.display())
    );
    fs::remove_file(real).expect("it was just made");
    assert_eq!(
        refused(&stub),
        "it has no allocator of its own and only needs the real library; name `libpython3.99.so.1.0`"
    );
    let forced = Request { kind: Some(Kind::Cpython), ..Request::new(&stub) };
    assert_eq!(
        sentence(&forced),
        "it has no allocator of its own and only needs the real library; name `libpython3.99.so.1.0`"
    );
}

#[rstest]
#[case("libpython2.7.so.1.0", "2.7.18")]
#[case("libpython3.3m.so.1.0", "3.3.7")]
fn a_python_before_the_raw_family(#[case] soname: &str, #[case] version: &str) {
    let lab = Lab::new();
    let source = format!(
        "void *PyMem_Malloc(unsigned long n) {{ return 0; }} void Py_InitializeEx(int s) {{ }}
         const char *Py_GetVersion(void) {{ return \"{version}\"; }}"
    );
    let library = lab.named_library(soname, &source);
    assert_eq!(refused(&library), format!("it is Python {version}; the memory API that is tested began with 3.4"));
}

#[rstest]
#[case::musl("libc.musl-x86_64.so.1")]
#[case::plain("libc.so")]
fn a_library_for_another_c_library(#[case] needed: &str) {
    let lab = Lab::new();
    assert_eq!(
        refused(&lab.library_needing("libx.so", needed)),
        format!("it needs another C library (`{needed}`), which cannot live beside glibc in one process")
    );
}

#[test]
fn another_c_library() {
    let lab = Lab::new();
    let library = lab.library("libc.so", &(family("") + "int __libc_start_main(void) { return 0; }"));
    assert_eq!(refused(&library), "it is a C library other than glibc, and two cannot live in one process");
}

#[rstest]
#[case::dynamic(&[])]
#[case::position_dependent(&["-no-pie"])]
#[case::fully_static(&["-static"])]
#[case::static_without_fixed_address(&["-static-pie", "-fPIE"])]
fn an_executable_that_is_no_python(#[case] arguments: &[&str]) {
    let lab = Lab::new();
    let program = lab.compile("program", "int main(void) { return 0; }", arguments);
    assert_eq!(refused(&program), "it is an executable, but no Python; name a shared library");
}

#[test]
fn an_old_python_executable() {
    let lab = Lab::new();
    let library = lab.named_library("libpython2.7.so.1.0", "int x(void) { return 0; }");
    let library = library.to_str().expect("names here are UTF-8");
    let program = lab.compile("python", "int main(void) { return 0; }", &["-Wl,--no-as-needed", library]);
    assert_eq!(refused(&program), "it is Python 2.7.0; the memory API that is tested began with 3.4");
}

#[test]
fn a_python_without_version() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &(common::twelve("Py") + "void Py_InitializeEx(int s) { }"));
    assert_eq!(
        refused(&library),
        "it exports the API of CPython, but no version of Python is found in it; as `pymem:` it can be tested"
    );
}

#[test]
fn a_prefix_that_nothing_carries() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &family("je_"));
    let request = Request { prefix: Some("xx_"), ..Request::new(&library) };
    assert!(sentence(&request).starts_with("it exports no allocator with the prefix `xx_`"));
}

#[test]
fn a_prefix_for_tables_is_bad_use() {
    let lab = Lab::new();
    let library = lab.library("libx.so", &family("je_"));
    let request = Request { prefix: Some("xx_"), kind: Some(Kind::Vtable), ..Request::new(&library) };
    assert_eq!(audit(&request), Err(Untestable::PrefixOfTable));
    assert!(Untestable::PrefixOfTable.is_bad_use());
}

#[rstest]
#[case(Some("my_tables"), None, "it exports no function `my_tables`")]
#[case(None, Some(Kind::Vtable), "it exports no function `pymem_get_allocator`")]
#[case(None, Some(Kind::Cpython), "it is not of kind cpython: it would export Py_InitializeEx and the memory API")]
#[case(None, Some(Kind::Pymem), "it is not of kind pymem: it exports none of the twelve functions")]
fn a_kind_that_the_file_is_not(#[case] symbol: Option<&str>, #[case] kind: Option<Kind>, #[case] expected: &str) {
    let lab = Lab::new();
    let library = lab.library("libx.so", &family("je_"));
    assert_eq!(sentence(&Request { vtable_symbol: symbol, kind, ..Request::new(&library) }), expected);
}

#[test]
fn sections_may_be_stripped() {
    let lab = Lab::new();
    let mut bytes = fs::read(lab.compile("libx.so", &family("je_"), SHARED)).expect("it was just made");
    // The loader never looks at them.
    bytes[40..48].fill(0);
    bytes[58..64].fill(0);
    let library = lab.file("stripped.so", bytes);
    let audit = audit(&Request::new(&library)).expect("segments are enough");
    assert_eq!(audit.prefix.as_deref(), Some("je_"));
}

#[test]
fn real_musl() {
    let Some(musl) = Some(PathBuf::from("/lib/ld-musl-x86_64.so.1")).filter(|path| path.exists()) else {
        return not_run("the audit of musl", "apt-get install -y musl");
    };
    assert_eq!(refused(&musl), "it is a C library other than glibc, and two cannot live in one process");
}
