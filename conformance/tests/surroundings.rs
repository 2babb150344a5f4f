//! The place where a run happens decides nothing, and a target gets nothing that belongs to others.

mod common;

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{available_parallelism, scope, sleep};
use std::time::Duration;

use common::{Run, Running, Turn, compiled};
use rstest::rstest;

#[test]
fn a_folder_that_cannot_be_written() {
    // Nobody can make a file there, not even root.
    let mut run = Run::json("reference").with(["--skip=resources", "--skip=threads"]);
    run.command().current_dir("/proc").env("TMPDIR", "/proc");
    run.end().has_status(0).report();
}

/// A machine without a C compiler, and an environment without anything.
#[rstest]
#[case("reference")]
#[case("control")]
#[case("control-malloc")]
fn an_empty_environment(#[case] name: &str) {
    let target = if name == "reference" { Some(name.into()) } else { compiled(name) };
    let Some(target) = target else { return };
    let mut run = Run::json(target).with(["--skip=resources"]);
    run.command().env_clear();
    run.end().has_status(0).report();
}

#[test]
fn a_python_in_an_empty_environment() {
    let pythons = pymem_abi::shared_pythons();
    let Some(python) = pythons.last() else {
        return common::not_run("a run on a shared CPython", "apt-get install -y libpython3-dev");
    };
    let mut run = Run::json(&python.path).with(["--only=malloc.usable"]);
    run.command().env_clear();
    run.end().has_status(0).report();
}

#[test]
fn two_runs_at_once() {
    let (Some(control), Some(library)) = (compiled("control"), compiled("zero-malloc-null")) else { return };
    let turn = Turn::take();
    let runs = [&control, &library].map(|library| Run::json(library).start(&turn));
    let [sound, broken] = runs.map(Running::end);
    turn.nothing_is_left();
    drop(turn);
    assert!(sound.has_status(0).report().failing().is_empty());
    let broken = broken.has_status(1).report();
    // Alone it fails in the same clauses.
    let alone = Run::json(&library).end();
    assert_eq!(broken.failing(), alone.report().failing());
}

#[test]
fn a_busy_machine() {
    let cores = available_parallelism().map_or(2, usize::from);
    let done = AtomicBool::new(false);
    let ended = scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::hint::spin_loop()
                }
            });
        }
        let turn = Turn::take();
        let ended = Run::new(["--format=json"]).start(&turn).end();
        done.store(true, Ordering::Relaxed);
        ended
    });
    let report = ended.has_status(0).report();
    assert!(report.failing().is_empty(), "{}", report.failures());
}

/// A descriptor that the user's shell left open, such as make's, is not the target's to write to.
#[rstest]
#[case("garbage-to-descriptors-at-load")]
#[case("garbage-to-descriptors-in-malloc")]
fn descriptors_of_the_caller_are_out_of_reach(#[case] name: &str) {
    let Some(library) = compiled(name) else { return };
    let mut run = Run::json(library).with(["--only=free", "--only=robustness"]).may_leave("held");
    let path = run.path("held");
    let file = File::create(&path).expect("the folder is ours");
    let hold = move || {
        // SAFETY: makes a second descriptor of an open file, one that `exec` keeps.
        unsafe { libc::dup2(file.as_raw_fd(), 200) };
        Ok(())
    };
    // SAFETY: only a system call is made between fork and exec.
    unsafe { run.command().pre_exec(hold) };
    let turn = Turn::take();
    let (ended, held) = run.start(&turn).end_with(|| fs::read(&path).expect("it is there"));
    turn.nothing_is_left();
    ended.has_status(0).report();
    assert_eq!(held, b"", "the target wrote to a descriptor of the caller");
}

/// Of the environment, what steers a Python is kept from the target, the rest stays, and `--env` adds.
#[test]
fn the_environment_of_the_target() {
    // It hangs while it is loaded, so its process can be looked at.
    let Some(library) = compiled("hang-at-load") else { return };
    let turn = Turn::take();
    let mut run = Run::json(library).with(["--env=ADDED=a=b", "--env=KEPT=changed", "--env=PYTHONHASHSEED=1"]);
    run.command().env("KEPT", "kept").env("STAYS", "stays").env("PYTHONPATH", "/no").env("PYTHONHASHSEED", "0");
    let running = run.start(&turn);
    sleep(Duration::from_millis(500));
    let environment = environment_of_a_worker().expect("a worker is loading the target");
    drop(running);
    turn.nothing_is_left();
    let value = |name: &str| {
        let found = environment.iter().filter_map(|entry| entry.split_once('=')).filter(|(known, _)| *known == name);
        found.map(|(_, value)| value).collect::<Vec<_>>()
    };
    assert_eq!(value("ADDED"), ["a=b"]);
    assert_eq!(value("KEPT"), ["changed"]);
    assert_eq!(value("STAYS"), ["stays"]);
    assert_eq!(value("PYTHONPATH"), [""; 0]);
    assert_eq!(value("PYTHONHASHSEED"), ["1"]);
}

/// The environment of a process below this one that loads a target.
fn environment_of_a_worker() -> Option<Vec<String>> {
    let entries = fs::read_dir("/proc").expect("/proc is mounted").flatten().map(|entry| entry.path());
    let is_worker = |path: &std::path::PathBuf| {
        let line = fs::read(path.join("cmdline")).unwrap_or_default();
        line.starts_with(b"pymem-conform: worker") && is_below_us(path)
    };
    let worker = entries.into_iter().find(is_worker)?;
    let text = fs::read(worker.join("environ")).ok()?;
    Some(text.split(|byte| *byte == 0).map(|entry| String::from_utf8_lossy(entry).into_owned()).collect())
}

fn is_below_us(process: &std::path::Path) -> bool {
    let parent = |path: &std::path::Path| {
        let status = fs::read_to_string(path.join("status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse::<u32>().ok()
    };
    let mut at = parent(process);
    while let Some(pid) = at.filter(|pid| *pid > 1) {
        if pid == std::process::id() {
            return true;
        }
        at = parent(&std::path::Path::new("/proc").join(pid.to_string()));
    }
    false
}
