//! C programs that use the shared library by its header.

#![cfg(feature = "c-names")]

#[allow(dead_code, reason = "each test uses its part")]
mod common;

use std::process::Command;

use common::{compile, compile_of, shared_library};
use rstest::rstest;

#[rstest]
fn it_works_with_every_allocator(
    #[values(
        "",
        "default",
        "debug",
        "malloc",
        "malloc_debug",
        "pymalloc",
        "pymalloc_debug",
        "mimalloc",
        "mimalloc_debug"
    )]
    name: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile(folder.path(), "reference", &["-lpymem_ref"]) else { return };
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", shared_library().parent().unwrap()).env("PYTHONMALLOC", name);
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.is_empty(), "{}: {stderr}", output.status);
}

#[rstest]
#[case("PYTHONMALLOC", "jemalloc", "Fatal Python error: PYTHONMALLOC: unknown allocator\n")]
#[case("PYTHONMALLOC", "DEBUG", "Fatal Python error: PYTHONMALLOC: unknown allocator\n")]
#[case("PYMEM_REF_VERSION", "three", "Fatal Python error: PYMEM_REF_VERSION: no version, such as 3.7.4\n")]
fn what_the_environment_cannot_mean_ends_the_process(#[case] name: &str, #[case] value: &str, #[case] says: &str) {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile(folder.path(), "reference", &["-lpymem_ref"]) else { return };
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", shared_library().parent().unwrap()).env(name, value);
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(1), says));
}

#[test]
fn statistics_are_written_when_they_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile(folder.path(), "reference", &["-lpymem_ref"]) else { return };
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", shared_library().parent().unwrap()).env("PYTHONMALLOCSTATS", "0");
    let stderr = command.output().unwrap().stderr;
    let text = String::from_utf8_lossy(&stderr);
    // With the first arena, and at the end.
    assert_eq!(text.matches("Small block threshold = 512, in 32 size classes.").count(), 2, "{text}");
}

/// The macros of the header, judged by the programs that judge those of each Python.
#[rstest]
#[case("arrays", 42)]
#[case("objects", 9)]
fn the_header_keeps_what_its_macros_promise(#[case] program: &str, #[case] expectations: usize) {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["-DHEADER=\"pymem_ref.h\"", "-lpymem_ref"];
    let Some(program) = compile_of("macros", folder.path(), program, &arguments) else { return };
    let output = Command::new(program).env("LD_LIBRARY_PATH", shared_library().parent().unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let kept = said.lines().filter(|line| line.contains(" kept: ")).count();
    assert!(output.status.success() && (kept, said.lines().count()) == (expectations, expectations), "{said}");
}
