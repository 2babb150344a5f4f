//! What cannot be tested is told in one sentence, at once.

mod common;

use std::ffi::CString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use common::{Lab, Run, compiled, in_loader_cache, untestable};
use rstest::rstest;

#[rstest]
#[case("/no/such/library.so", "there is no such file")]
#[case("/", "it is a directory")]
#[case("/dev/zero", "it is a device")]
#[case("/dev/null", "it is a device")]
#[case("/bin/true", "it is an executable, but no Python")]
#[case("./no-such-library.so", "there is no such file")]
#[case("", "there is no such file")]
fn what_is_there_on_every_machine(#[case] target: &str, #[case] words: &str) {
    untestable(target, words);
}

#[rstest]
#[case(b"", "it is empty")]
#[case(b"hello", "it is not an ELF file")]
#[case(b"!<arch>\nx.o/", "it is a static library")]
#[case(b"#!/bin/sh\ntouch it-was-run\n", "it is a script")]
#[case(b"\x7fELF", "it is truncated")]
fn a_file_of_another_format(#[case] bytes: &[u8], #[case] words: &str) {
    let lab = Lab::new();
    let file = lab.file("input", bytes);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    untestable(file, words);
}

#[test]
fn a_damaged_library() {
    let Some(sound) = compiled("control") else { return };
    let lab = Lab::new();
    let bytes = fs::read(sound).expect("it was just compiled");
    untestable(lab.file("half.so", &bytes[..bytes.len() / 2]), "it is truncated");
    let mut foreign = bytes;
    // `e_machine`.
    foreign[18..20].copy_from_slice(&[183, 0]);
    untestable(lab.file("arm.so", foreign), "aarch64");
}

#[test]
fn what_the_loader_refuses() {
    let (Some(pymem), Some(plain)) = (compiled("undefined-symbol"), compiled("undefined-symbol-plain")) else { return };
    untestable(pymem, "undefined symbol");
    untestable(plain, "undefined symbol");
}

#[test]
fn a_library_without_allocator() {
    untestable(in_loader_cache("libm.so.6").expect("glibc brings it"), "there is no allocator in it");
}

#[test]
fn a_pipe_and_a_loop_of_links() {
    let lab = Lab::new();
    let pipe = CString::new(lab.path("pipe").into_os_string().into_vec()).expect("no NUL in a path");
    // SAFETY: `pipe` is a C string.
    assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
    untestable(lab.path("pipe"), "it is a pipe");
    symlink(lab.path("b"), lab.path("a")).expect("the folder is ours");
    symlink(lab.path("a"), lab.path("b")).expect("the folder is ours");
    untestable(lab.path("a"), "links lead nowhere");
}

#[test]
fn a_file_that_may_not_be_read() {
    let lab = Lab::new();
    let file = lab.file("secret.so", "\x7fELF");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("the file is ours");
    if fs::File::open(&file).is_ok() {
        return println!("not run: a file that may not be read: root reads every file");
    }
    untestable(file, "permission denied");
}

#[test]
fn a_python_before_the_memory_api() {
    let lab = Lab::new();
    let source = "void *PyMem_Malloc(unsigned long n) { return 0; } void Py_InitializeEx(int s) { }
                  const char *Py_GetVersion(void) { return \"2.7.18 (default)\"; }";
    let Some(library) = lab.library("libpython2.7.so.1.0", source, &["-Wl,-soname,libpython2.7.so.1.0"]) else {
        return;
    };
    untestable(library, "2.7");
}

#[test]
fn a_real_python_before_the_memory_api() {
    // Where several Pythons are installed side by side, an old one may be among them.
    let beside = |python: &Path| Some(python.parent()?.parent()?.parent()?.to_owned());
    let pythons = pymem_abi::shared_pythons();
    let folders = pythons.iter().filter_map(|python| beside(&python.path)).flat_map(|folder| fs::read_dir(folder).ok());
    let mut libraries = folders.flatten().flatten().map(|entry| entry.path().join("lib/libpython2.7.so.1.0"));
    match libraries.find(|library| library.is_file()) {
        Some(library) => untestable(library, "2.7"),
        None => println!("not run: a real Python 2.7: no package brings one"),
    }
}

#[test]
fn a_stub_names_the_real_library() {
    let lab = Lab::new();
    let soname = "-Wl,-soname,libpython3.99.so.1.0";
    let Some(real) = lab.library("libpython3.99.so.1.0", "int x;", &[soname]) else { return };
    let real = real.to_str().expect("names here are UTF-8");
    let Some(stub) = lab.library("libpython3.so", "", &["-Wl,--no-as-needed", real]) else { return };
    untestable(stub, real);
}

#[test]
fn a_shim_that_leads_nowhere() {
    let lab = Lab::new();
    for folder in ["shims", "versions"] {
        fs::create_dir(lab.path(folder)).expect("the folder is ours");
    }
    let shim = lab.file("shims/python3.99", "#!/bin/sh\ntouch it-was-run\n");
    untestable(shim, "it is a shim, and no version that is chosen has `python3.99`");
}

#[test]
fn a_directory_with_a_python_in_it() {
    let lab = Lab::new();
    fs::create_dir(lab.path("bin")).expect("the folder is ours");
    let program = lab.file("bin/python", "");
    untestable(lab.path(""), &format!("it is a directory, not a file; name `{}`", program.display()));
}

#[test]
fn a_python_that_is_not_here() {
    let ended = Run::new(["python:3.4.99"]).end();
    ended.has_status(3);
    assert!(ended.sentence().contains("there is no Python 3.4.99"), "{}", ended.sentence());
}
