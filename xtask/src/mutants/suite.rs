//! Programs that are run on what is tried, with a limit.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::library::Library;
use crate::cargo;
use crate::failure::Failure;
use crate::report::{NoReport, Report};

/// A run that takes longer is given up: fifty times what one takes.
const LIMIT: Duration = Duration::from_secs(120);

/// What a run of the suite came to.
pub enum Ran {
    /// It judged.
    Judged(Report),
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
    command.args(["--format=json", "--jobs=1"]).args(words);
    let ended =
        end(&mut command).map_err(|error| Failure::no_suite(format!("{} cannot be run: {error}", suite.display())))?;
    let Some((status, stdout)) = ended else { return Ok(Ran::TimedOut) };
    Ok(match status.code() {
        Some(0 | 1) => serde_json::from_slice(&stdout)
            .map_or_else(|error| Ran::Refused(format!("its report cannot be read: {error}")), Ran::Judged),
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
}

/// Asks.
///
/// # Errors
///
/// If the probe cannot be started.
pub fn ask(library: &Library, clause: &str) -> Result<Answer, Failure> {
    let (program, words) = library.probe.split_first().ok_or_else(|| Failure::no_suite("a mutant has no probe"))?;
    let mut command = Command::new(program);
    cargo::forget(&mut command);
    command.args(words).arg(clause).envs(&library.environment);
    let ended = end(&mut command)
        .map_err(|error| Failure::no_suite(format!("{} cannot be run: {error}", program.display())))?;
    Ok(match ended {
        Some((status, _)) if status.code() == Some(2) => Answer::NoQuestion,
        // The line as well as the status: a library can end the process with status 0.
        Some((status, stdout)) if status.success() && stdout.ends_with(b"passed\n") => Answer::Right,
        _ => Answer::Wrong,
    })
}

/// Runs a program that prints something; none if it takes too long.
fn end(command: &mut Command) -> std::io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut stdout = child.stdout.take().expect("it is piped");
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.read_to_end(&mut bytes);
        bytes
    });
    let Some(status) = wait(&mut child, started)? else { return Ok(None) };
    Ok(Some((status, reader.join().unwrap_or_default())))
}

fn wait(child: &mut Child, started: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(2));
    }
}
