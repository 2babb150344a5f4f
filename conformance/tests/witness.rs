//! For what fails there is a small C program that shows it.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Run, compiled};
use pymem_conform::report::{State, Witness};

/// No witness is longer; most have about 65 lines.
const LINES: usize = 90;

/// Runs the suite on a broken allocator, and hands over what shows `clause`, with its text.
fn witness(name: &str, clause: &str) -> Option<(Witness, String)> {
    let library = compiled(name)?;
    let folder = tempfile::tempdir().expect("a folder for temporary files is writable");
    let dir = format!("--witness-dir={}", folder.path().join("w").display());
    let ended = Run::json(library).with([dir, format!("--only={clause}")]).end();
    let report = ended.report();
    let witness = report.witnesses.iter().find(|witness| witness.clause == clause).cloned().expect("the clause failed");
    let path = witness.path.clone().expect("it is shown");
    assert!(report.results.iter().any(|result| result.witness.as_ref() == Some(&path)));
    let text = fs::read_to_string(&path).expect("it is written");
    compiles_without_a_warning(Path::new(&path));
    Some((witness, text))
}

fn compiles_without_a_warning(source: &Path) {
    for compiler in ["gcc", "clang"] {
        let mut command = Command::new(compiler);
        command.args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]).arg(source);
        // Not every machine has both.
        let Ok(output) = command.output() else { continue };
        assert!(output.status.success(), "{compiler}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The body of the function that shows the defect.
fn body(text: &str) -> &str {
    let start = text.find("static int defect(void)").expect("there is one");
    &text[start..start + text[start..].find("\n}\n").expect("it ends") + 3]
}

#[rstest::rstest]
#[case("zero-malloc-null", "zero-size.malloc.non-null")]
#[case("zero-malloc-null-vtable", "zero-size.malloc.non-null")]
#[case("realloc-moves-malloc-family", "realloc.moves")]
#[case("free-null-crashes", "free.null")]
#[case("realloc-grows-loses-last-byte", "realloc.grows")]
#[case("load-exits", "robustness.load")]
#[case("symbols-no-raw-realloc", "symbols.functions")]
#[case("customize-free-null-swallowed", "customize.argument.free")]
#[case("threads-foreign-free-lost", "threads.foreign-free")]
fn each_kind_of_failure_is_shown(#[case] name: &str, #[case] clause: &str) {
    let Some((witness, text)) = witness(name, clause) else { return };
    // There may be no other allocator of its kind beside a program that is tested.
    assert!(matches!(witness.state, State::Confirmed | State::Shows), "{witness:?}\n{text}");
    assert!(text.lines().count() <= LINES, "{} lines\n{text}", text.lines().count());
    assert!(text.contains(clause) && witness.command.contains("cc ") && witness.debugger.starts_with("gdb "));
}

/// A table and a malloc family are held against the C library, which is there wherever the suite runs.
#[rstest::rstest]
#[case("zero-malloc-null-vtable", "zero-size.malloc.non-null")]
#[case("limit-calloc-library", "limits.calloc.library")]
fn it_is_confirmed_where_it_can_be(#[case] name: &str, #[case] clause: &str) {
    let Some((witness, text)) = witness(name, clause) else { return };
    assert_eq!((witness.state, witness.why.as_str()), (State::Confirmed, ""), "{text}");
}

#[test]
fn a_long_check_is_cut_down_to_the_calls_that_matter() {
    let Some((_, text)) = witness("realloc-2000th-resize", "realloc.chain") else { return };
    assert!(body(&text).lines().count() <= 14, "{}", body(&text));
    assert!(body(&text).contains("for (int i = 0; i < "), "{}", body(&text));
}

#[test]
fn nothing_is_written_where_nothing_is_asked_for_or_nothing_fails() {
    // The working directory is looked at by `end`.
    Run::json("reference").with(["--only=free.null", "--witness-dir=w"]).end().has_status(0);
    if let Some(library) = compiled("free-null-crashes") {
        let report = Run::json(library).with(["--only=free.null", "--witness-dir="]).end().report();
        assert_eq!(report.witnesses, []);
    }
}

#[test]
fn without_a_compiler_it_is_written() {
    let Some(library) = compiled("zero-malloc-null") else { return };
    let folder = tempfile::tempdir().expect("a folder for temporary files is writable");
    let dir = format!("--witness-dir={}", folder.path().display());
    let mut run = Run::json(library).with([dir, "--only=zero-size.malloc.non-null".to_owned()]);
    run.command().env("PATH", "").env_remove("CC");
    let witnesses = run.end().report().witnesses.clone();
    assert_eq!(witnesses[0].state, State::Written, "{witnesses:?}");
    assert!(folder.path().join("zero-size.malloc.non-null.c").is_file());
}

#[test]
fn a_folder_that_cannot_be_is_told_before_the_run() {
    let ended = Run::new(["reference", "--witness-dir=/dev/null/w"]).end();
    ended.has_status(4);
    assert!(ended.sentence().contains("/dev/null/w"), "{}", ended.sentence());
}
