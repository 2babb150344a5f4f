//! Pythons that run beside each other, as their users would start them.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use super::keeper::signal_name;
use super::program::Ended;
use super::sys;

/// A Python that was started.
pub struct Python {
    child: Child,
    /// Since when.
    pub started: Instant,
}

/// Becomes the parent of a Python that shares terminal and streams with this process; its end.
///
/// # Errors
/// If it cannot be started.
pub fn run(program: &Path, words: &[OsString], environment: &[(OsString, OsString)]) -> io::Result<ExitStatus> {
    let mut command = Command::new(program);
    command.args(words).env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
    let prepare = || {
        sys::default_interrupts();
        Ok(())
    };
    // SAFETY: only system calls are made between fork and exec.
    unsafe { command.pre_exec(prepare) };
    command.status()
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
