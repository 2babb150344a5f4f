//! Pythons that run beside each other, as their users would start them.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::keeper::signal_name;
use super::program::Ended;
use super::sys;
use crate::run::interrupted_by;

/// A Python that was started.
pub struct Python {
    child: Child,
    /// Since when.
    pub started: Instant,
}

/// How often a Python that shares the terminal is looked at.
const TICK: Duration = Duration::from_millis(1);

/// Runs a Python that shares terminal and streams with this process; its end. A signal that a terminal does not send
/// to both is passed on to it.
///
/// # Errors
/// If it cannot be started.
pub fn run(program: &Path, words: &[OsString], environment: &[(OsString, OsString)]) -> io::Result<ExitStatus> {
    let mut command = Command::new(program);
    command.args(words).env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
    let prepare = || {
        sys::die_with_parent();
        sys::default_interrupts();
        Ok(())
    };
    // SAFETY: only system calls are made between fork and exec.
    unsafe { command.pre_exec(prepare) };
    let mut child = command.spawn()?;
    let mut passed_on = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let signal = interrupted_by();
        if signal != passed_on && signal != libc::SIGINT {
            sys::kill(child.id() as i32, signal);
        }
        passed_on = signal;
        std::thread::sleep(TICK);
    }
}

impl Python {
    /// Starts one without streams, in this folder.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(
        program: &Path,
        words: &[OsString],
        environment: &[(OsString, OsString)],
        folder: &Path,
    ) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(folder)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let prepare = || {
            sys::die_with_parent();
            sys::lead_group();
            sys::default_interrupts();
            sys::set_limit(libc::RLIMIT_CORE, 0);
            Ok(())
        };
        // SAFETY: only system calls are made between fork and exec.
        unsafe { command.pre_exec(prepare) };
        Ok(Self { child: command.spawn()?, started: Instant::now() })
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn ended(&mut self) -> io::Result<Option<Ended>> {
        Ok(self.child.try_wait()?.map(ended))
    }

    /// Ends it, and what it has started.
    pub fn kill(mut self) {
        sys::kill(-(self.child.id() as i32), libc::SIGKILL);
        // It may have ended meanwhile.
        let _ = self.child.wait();
    }
}

fn ended(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exited(code),
        (None, signal) => Ended::Killed(signal_name(signal.unwrap_or_default())),
    }
}
