//! Forks of a check: what they do to their end, and what they say on the way.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::{AsRawFd, FromRawFd};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keeper::signal_name;
use super::{process, sys};

/// The status of a fork whose work came to its end.
const RETURNED: i32 = 93;
/// As much as is read of what it says.
const SAID: u64 = 64 << 10;

/// How a fork ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The process exited with this status.
    Exited(i32),
    /// This signal killed it.
    Killed(i32),
    /// It did not end in time, and was killed.
    Hung,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "the process exited with {status}"),
            Self::Killed(signal) => write!(f, "{} killed the process", signal_name(*signal)),
            Self::Hung => f.write_str("the call did not return"),
        }
    }
}

/// How a fork ended that was to die, and what it wrote to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Death {
    /// How it ended; none if the work simply returned.
    pub end: Option<End>,
    /// The beginning of its standard error.
    pub said: Vec<u8>,
}

/// Where a fork leaves what it found.
pub struct Answer(File);

impl Answer {
    /// An empty one.
    ///
    /// # Errors
    /// If the system has no memory left.
    pub fn new() -> io::Result<Self> {
        memory_file().map(Self)
    }

    /// Leaves it, in the fork. What cannot be written is missed by who takes it.
    pub fn give(&self, found: &impl Serialize) {
        let _ = serde_json::to_writer(&self.0, found);
    }

    /// Takes it, when the fork has ended.
    ///
    /// # Errors
    /// If it is not whole.
    pub fn take<T: DeserializeOwned>(&self) -> io::Result<T> {
        (&self.0).rewind()?;
        Ok(serde_json::from_reader(&self.0)?)
    }
}

fn memory_file() -> io::Result<File> {
    let file = sys::memory_file(0)?;
    // SAFETY: just made, and owned by nobody else.
    Ok(unsafe { File::from_raw_fd(file) })
}

/// Does something in a fork of this process, and waits for its end.
///
/// # Errors
/// If the system has no process or no memory left.
///
/// # Safety
/// `work` does only what is safe in a fork: this process has one thread, or the target is under test for just that.
pub unsafe fn provoke(limit: Duration, work: impl FnOnce()) -> io::Result<Death> {
    // SAFETY: the caller's promise.
    unsafe { in_fork(sys::fork, limit, work) }
}

/// The same without a word to those who registered fork handlers, and without a signal at the fork's end.
///
/// # Errors
/// As for [`provoke`].
///
/// # Safety
/// As for [`provoke`].
pub unsafe fn provoke_unnoticed(limit: Duration, work: impl FnOnce()) -> io::Result<Death> {
    // SAFETY: the caller's promise.
    unsafe { in_fork(sys::fork_unnoticed, limit, work) }
}

/// # Safety
/// As for [`provoke`].
unsafe fn in_fork(fork: unsafe fn() -> io::Result<i32>, limit: Duration, work: impl FnOnce()) -> io::Result<Death> {
    let mut file = memory_file()?;
    // SAFETY: the caller's promise.
    let child = unsafe { fork() }?;
    if child == 0 {
        sys::die_with_parent();
        sys::set_limit(libc::RLIMIT_FSIZE, SAID);
        sys::redirect_stderr(file.as_raw_fd());
        work();
        sys::exit_now(RETURNED);
    }
    let end = await_end(child, limit);
    let mut said = Vec::new();
    file.rewind()?;
    file.take(SAID).read_to_end(&mut said)?;
    Ok(Death { end: Some(end).filter(|end| *end != End::Exited(RETURNED)), said })
}

/// Waits for a fork. One that waits for a core gets more time.
pub fn await_end(child: i32, limit: Duration) -> End {
    let started = Instant::now();
    loop {
        match sys::reap(Some(child)) {
            Some((_, sys::Change::Exited(status))) => return End::Exited(status),
            Some((_, sys::Change::Killed(signal))) => return End::Killed(signal),
            Some((_, sys::Change::Stopped(_))) | None if started.elapsed() > limit => {
                let starved = process::activity(child).is_some_and(|(state, _)| state == 'R');
                if starved && started.elapsed() < 5 * limit {
                    std::thread::sleep(Duration::from_millis(10));
                    continue;
                }
                sys::kill(child, libc::SIGKILL);
                while sys::reap(Some(child)).is_none() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                return End::Hung;
            }
            _ => std::thread::sleep(Duration::from_micros(100)),
        }
    }
}
