//! Other programs, run to their end or to a limit, with all that they start.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Seek};
use std::os::fd::FromRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::keeper::signal_name;
use super::{process, sys, watch};

/// As much as is kept of what a program prints.
const KEPT: u64 = 64 << 10;

/// Resident memory that a program may have, in bytes.
const RESIDENT: u64 = 2 << 30;
/// How often that is looked at.
const TICK: Duration = Duration::from_millis(10);

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this status.
    Exited(i32),
    /// The signal of this name killed it.
    Killed(String),
    /// It went on, and was killed.
    TimedOut,
    /// It used more memory than it may, and was killed.
    TooLarge,
}

/// Runs a program without input; how it ended, and the beginning of what it wrote. Its environment is this one's where
/// none is given.
///
/// Whatever it starts ends with it, also what leaves its process group: this process adopts and kills it, and so must
/// have no other children. Where the kernel can see to that, it cannot signal this process.
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
        sys::confine_signals();
        Ok(())
    };
    // SAFETY: this process has one thread, so that what is called between fork and exec finds no lock taken.
    unsafe { command.pre_exec(prepare) };
    let mut child = command.spawn()?;
    let started = Instant::now();
    let mut looked = started;
    let ended = loop {
        if let Some(status) = child.try_wait()? {
            break match (status.code(), status.signal()) {
                (Some(code), _) => Ended::Exited(code),
                (None, signal) => Ended::Killed(signal_name(signal.unwrap_or_default())),
            };
        }
        if started.elapsed() > limit {
            break Ended::TimedOut;
        }
        if looked.elapsed() > TICK {
            looked = Instant::now();
            if process::memory(child.id() as i32).resident > RESIDENT {
                break Ended::TooLarge;
            }
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    sys::kill(-(child.id() as i32), libc::SIGKILL);
    if matches!(ended, Ended::TimedOut | Ended::TooLarge) {
        child.wait()?;
    }
    // What left the group was adopted.
    watch::sweep(None);
    let mut text = Vec::new();
    said.rewind()?;
    said.take(KEPT).read_to_end(&mut text)?;
    Ok((ended, String::from_utf8_lossy(&text).into_owned()))
}
