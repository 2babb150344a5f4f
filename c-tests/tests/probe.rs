//! The probe, a C program that shares no code with the suite, finds no fault in the odd and the fault in each mutant.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::thread;

use c_tests::{Group, Library, all, compiler_missing, probe};

#[test]
fn the_odd_are_correct() {
    let complaints = collect(Group::Odd, |library| {
        let clauses = if library.asked.is_empty() { &["all"] } else { library.asked };
        clauses.iter().find_map(|clause| complaint(library, clause))
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn each_mutant_breaks_its_clause() {
    let survivors = collect(Group::Mutant, |library| {
        let clause = library.breaks.expect("every mutant breaks a clause");
        complaint(library, clause)
            .is_none()
            .then(|| format!("{}: the question on {clause} finds no fault", library.name))
    });
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
}

/// A few of the hostile, those that harm nobody but their own process: what they do, they really do.
#[test]
fn the_hostile_do_not_pass() {
    let harmless = [
        "abort-in-calloc",
        "address-not-mapped",
        "crash-at-load",
        "crash-in-realloc",
        "exec-in-malloc",
        "exit-at-load",
        "exit-in-free",
        "exit-in-malloc",
        "kill-itself-in-malloc",
        "longjmp-in-malloc",
        "malloc-is-data",
        "stack-overflow-in-malloc",
        "terminate-itself-in-malloc",
        "undefined-symbol",
        "vtable-of-null",
        "wild-jump-in-malloc",
    ];
    let passed = collect(Group::Hostile, |library| {
        (harmless.contains(&library.name) && complaint(library, "all").is_none()).then(|| library.name.to_owned())
    });
    assert!(passed.is_empty(), "{}", passed.join("\n"));
}

/// The names of its clauses are the probe's to know: a mutant whose clause it does not ask about would look killed.
#[test]
fn the_probe_has_a_question_for_each_clause() {
    let Some(control) = c_tests::find("control") else { return assert!(compiler_missing().is_some()) };
    let unanswered = collect(Group::Mutant, |library| {
        let clause = library.breaks.expect("every mutant breaks a clause");
        complaint(&control, clause).map(|complaint| format!("{clause}: {complaint}"))
    });
    assert!(unanswered.is_empty(), "{}", unanswered.join("\n"));
    assert!(complaint(&control, "no-such.clause").is_some());
}

/// What the probe has to say against `library`.
fn complaint(library: &Library, clause: &str) -> Option<String> {
    let output = run(library, clause);
    // The line as well as the status: a library can end the process with status 0.
    if output.status.success() && output.stdout.ends_with(b"passed\n") {
        return None;
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<_> = said.lines().rev().take(2).collect();
    Some(format!("{} ({clause}): {}, {}", library.name, output.status, last.join(" after ")))
}

/// Runs the probe, which ends by itself within a minute.
fn run(library: &Library, clause: &str) -> Output {
    let mut command = Command::new(probe());
    command.arg(library.kind).arg(&library.file).arg(clause).stdin(Stdio::null());
    if library.kind == "malloc" && has_plain_names(&library.file) {
        // As its users run it: also the C library's own blocks come from it.
        command.env("LD_PRELOAD", &library.file);
    }
    command.output().expect("the probe can be run")
}

/// Whether the library defines `malloc` itself, to judge by its table of names.
fn has_plain_names(file: &Path) -> bool {
    let bytes = std::fs::read(file).expect("the library can be read");
    bytes.windows(8).any(|name| name == b"\0malloc\0")
}

/// What `judge` says of the libraries of a group, two at a time.
fn collect(group: Group, judge: impl Fn(&Library) -> Option<String> + Sync) -> Vec<String> {
    if let Some(reason) = compiler_missing() {
        eprintln!("nothing to probe: {reason}");
    }
    let libraries: Vec<_> = all().into_iter().filter(|library| library.group == group).collect();
    let queue = Mutex::new(libraries.iter());
    let said = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(library) = queue.lock().unwrap().next() else { break };
                    said.lock().unwrap().extend(judge(library));
                }
            });
        }
    });
    said.into_inner().unwrap()
}
