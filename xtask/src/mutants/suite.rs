//! Programs that are run on what is tried, with a limit.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::library::Library;
use crate::cargo;
use crate::failure::Failure;
use crate::report::{NoReport, Report};

/// A run that takes longer is given up: fifty times what one takes.
const LIMIT: Duration = Duration::from_secs(120);

/// What a run of the suite came to.
pub enum Ran {
    /// It judged.
    Judged(Box<Report>),
    /// It says why it did not.
    Refused(String),
    /// It did not end.
    TimedOut,
}

/// Runs the suite.
///
/// # Errors
///
/// If it cannot be started, or the user interrupted it.
pub fn judge(suite: &Path, words: &[std::ffi::OsString]) -> Result<Ran, Failure> {
    let mut command = Command::new(suite);
    cargo::forget(&mut command);
    command.args(["--format=json", "--jobs=1"]);
    // Whoever does not ask for witnesses gets none.
    if !words.iter().any(|word| word.as_encoded_bytes().starts_with(b"--witness-dir=")) {
        command.arg("--witness-dir=");
    }
    command.args(words);
    let ended =
        end(&mut command).map_err(|error| Failure::no_suite(format!("{} cannot be run: {error}", suite.display())))?;
    let Some((status, stdout)) = ended else { return Ok(Ran::TimedOut) };
    Ok(match status.code() {
        Some(0 | 1) => serde_json::from_slice(&stdout).map_or_else(
            |error| Ran::Refused(format!("its report cannot be read: {error}")),
            |report| Ran::Judged(Box::new(report)),
        ),
        Some(130) => return Err(Failure::interrupted()),
        _ => match serde_json::from_slice(&stdout) {
            Ok(NoReport { reason }) => Ran::Refused(reason),
            Err(_) => Ran::Refused(format!("the suite ended with {status}")),
        },
    })
}

/// What a library answers a simple question about a clause, put by a program that is not the suite.
pub enum Answer {
    /// As the clause has it.
    Right,
    /// Not so, or not at all.
    Wrong,
    /// Nobody asks about this clause.
    NoQuestion,
    /// The program that asks does not start.
    NotAsked,
}

/// Asks a mutant, or with `base` what it was made from.
///
/// # Errors
///
/// If the probe cannot be started.
pub fn ask(library: &Library, clause: &str, base: Option<&Path>) -> Result<Answer, Failure> {
    let (program, words) = library.probe.split_first().ok_or_else(|| Failure::no_suite("a mutant has no probe"))?;
    let mut command = Command::new(program);
    cargo::forget(&mut command);
    // What the user set for their own Python is not for this one.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PYTHON")) {
        command.env_remove(name);
    }
    command.args(words).arg(clause).envs(&library.environment);
    if let Some(base) = base {
        command.env("LD_PRELOAD", base);
    }
    let ended = end(&mut command)
        .map_err(|error| Failure::no_suite(format!("{} cannot be run: {error}", program.display())))?;
    Ok(match ended {
        Some((status, _)) if status.code() == Some(2) => Answer::NoQuestion,
        // What the loader says of a library that it cannot find, and the C library of a program.
        Some((status, _)) if matches!(status.code(), Some(126 | 127)) => Answer::NotAsked,
        // The line as well as the status: a library can end the process with status 0.
        Some((status, stdout)) if status.success() && stdout.ends_with(b"passed\n") => Answer::Right,
        _ => Answer::Wrong,
    })
}

/// Runs a program that prints something; none if it takes too long. What it started ends with it.
fn end(command: &mut Command) -> std::io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let started = Instant::now();
    let mut child =
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut stdout = child.stdout.take().expect("it is piped");
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.read_to_end(&mut bytes);
        bytes
    });
    let status = wait(&mut child, started)?;
    // Somebody else may still hold the other end of the pipe, and be stuck.
    if let Some(group) = Pid::from_raw(child.id() as i32) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let stdout = reader.join().unwrap_or_default();
    if status.is_none() {
        child.wait()?;
    }
    Ok(status.map(|status| (status, stdout)))
}

/// Its status; none if it goes on.
fn wait(child: &mut Child, started: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > LIMIT {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(2));
    }
}
