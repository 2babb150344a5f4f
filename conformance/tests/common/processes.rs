//! Who lives below this process.

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::patience;

/// The right to run the program: one test at a time has it, so that what lives below this process
/// belongs to its run, and runs do not slow each other down.
pub struct Turn {
    _guard: MutexGuard<'static, ()>,
}

impl Turn {
    /// Waits for the turn. From then on orphans among this process's descendants become its children,
    /// so that nothing that a run starts can hide.
    pub fn take() -> Self {
        static ONE: Mutex<()> = Mutex::new(());
        // A test that failed says nothing about the next one.
        let guard = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: sets a flag of this process.
        unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
        Self { _guard: guard }
    }

    /// Fails if a process of the run still lives after a moment; kills it first.
    pub fn nothing_is_left(&self) {
        let strays = self.wait_for_strays(Duration::from_secs(1) * patience());
        assert!(strays.is_empty(), "the run left processes behind: {strays:?}");
    }

    /// The command lines of the strays that are still there when `limit` has passed. They are dead
    /// when this returns.
    fn wait_for_strays(&self, limit: Duration) -> Vec<String> {
        let deadline = Instant::now() + limit;
        let mut left = Vec::new();
        loop {
            let children = children();
            // Those that died are ours to bury.
            children.iter().for_each(|child| bury(child.pid));
            let living: Vec<&Child> = children.iter().filter(|child| child.state != 'Z').collect();
            if living.is_empty() {
                return left;
            }
            if Instant::now() > deadline {
                left.extend(living.iter().map(|child| child.command.clone()));
                living.iter().for_each(|child| signal(child.pid, libc::SIGKILL));
            }
            sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Turn {
    /// A test that failed must not leave the next one its strays.
    fn drop(&mut self) {
        self.wait_for_strays(Duration::ZERO);
    }
}

/// Sends a signal; a process that is gone is no error.
pub fn signal(pid: i32, signal: i32) {
    // SAFETY: sends a signal to a process that this one started or adopted.
    unsafe { libc::kill(pid, signal) };
}

/// A child of this process, adopted ones included.
struct Child {
    pid: i32,
    state: char,
    command: String,
}

fn children() -> Vec<Child> {
    let own = std::process::id().to_string();
    let numbers = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let child = |pid: i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name stands in parentheses and may contain anything.
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let (state, parent) = (fields.next()?.chars().next()?, fields.next()?);
        let command = || fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default().replace('\0', " ");
        (parent == own).then(|| Child { pid, state, command: command() })
    };
    numbers.filter_map(child).collect()
}

fn bury(pid: i32) {
    // SAFETY: collects a child of this process, if it has died; its status is not asked for.
    unsafe { libc::waitpid(pid, std::ptr::null_mut(), libc::WNOHANG) };
}
