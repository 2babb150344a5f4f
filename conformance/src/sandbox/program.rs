//! Other programs, run to their end or to a limit, with all that they start.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Seek};
use std::os::fd::FromRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::keeper::signal_name;
use super::sys;

/// As much as is kept of what a program prints.
const KEPT: u64 = 64 << 10;

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this status.
    Exited(i32),
    /// The signal of this name killed it.
    Killed(String),
    /// It went on, and was killed.
    TimedOut,
}

/// Runs a program without input, in a process group of its own that ends with it; how it ended, and the beginning of
/// what it wrote. Its environment is this one's where none is given.
///
/// # Errors
/// If it cannot be started.
pub fn run(
    program: &OsStr,
    words: &[OsString],
    environment: Option<&[(OsString, OsString)]>,
    limit: Duration,
) -> io::Result<(Ended, String)> {
    let file = sys::memory_file(0)?;
    // SAFETY: just made, and owned by nobody else.
    let mut said = unsafe { std::fs::File::from_raw_fd(file) };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said.try_clone()?);
    if let Some(environment) = environment {
        command.env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
    }
    let prepare = || {
        sys::die_with_parent();
        sys::lead_group();
        sys::default_interrupts();
        sys::set_limit(libc::RLIMIT_CORE, 0);
        sys::set_limit(libc::RLIMIT_FSIZE, 64 << 20);
        Ok(())
    };
    // SAFETY: only system calls are made between fork and exec.
    unsafe { command.pre_exec(prepare) };
    let mut child = command.spawn()?;
    let started = Instant::now();
    let status = loop {
        match child.try_wait()? {
            None if started.elapsed() > limit => break None,
            None => std::thread::sleep(Duration::from_micros(500)),
            status => break status,
        }
    };
    sys::kill(-(child.id() as i32), libc::SIGKILL);
    if status.is_none() {
        child.wait()?;
    }
    let mut text = Vec::new();
    said.rewind()?;
    said.take(KEPT).read_to_end(&mut text)?;
    let ended = match status.map(|status| (status.code(), status.signal())) {
        None => Ended::TimedOut,
        Some((Some(code), _)) => Ended::Exited(code),
        Some((None, signal)) => Ended::Killed(signal_name(signal.unwrap_or_default())),
    };
    Ok((ended, String::from_utf8_lossy(&text).into_owned()))
}
