//! What `/proc` tells about processes. Everything is read with plain system
//! calls; none of them reaches the C library's allocator.

use std::fs;
use std::time::Duration;

use crate::PAGE;

/// Address space and resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Mapped address space.
    pub mapped: u64,
    /// Resident memory.
    pub resident: u64,
}

/// The memory of this process.
pub fn own_memory() -> Memory {
    parse_memory(fs::read_to_string("/proc/self/statm").ok().as_deref())
}

/// The memory of another process; zeros if it is gone.
pub fn memory(pid: i32) -> Memory {
    parse_memory(fs::read_to_string(format!("/proc/{pid}/statm")).ok().as_deref())
}

fn parse_memory(statm: Option<&str>) -> Memory {
    let mut pages = statm.unwrap_or_default().split(' ').map_while(|word| word.parse::<u64>().ok());
    let mut next = || pages.next().unwrap_or(0) * PAGE as u64;
    Memory { mapped: next(), resident: next() }
}

/// State letter and used CPU time, in clock ticks of 10 ms, of a process. It is
/// running if one of its threads is.
pub fn activity(pid: i32) -> Option<(char, u64)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = after_name(&stat)?.split(' ').collect();
    let number = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    let (state, threads) = (fields.first()?.chars().next()?, number(17)?);
    let runs = state != 'R' && threads > 1 && has_running_thread(pid);
    Some((if runs { 'R' } else { state }, number(11)? + number(12)?))
}

fn has_running_thread(pid: i32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    threads.flatten().any(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        after_name(&stat).is_some_and(|rest| rest.starts_with('R'))
    })
}

/// The rest of a `stat`: the name stands in parentheses and may contain anything.
fn after_name(stat: &str) -> Option<&str> {
    stat.rsplit_once(") ").map(|(_, rest)| rest)
}

/// How long this thread has been ready to run while no core was free.
pub fn own_delay() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split(' ').nth(1).and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// Threads of this process.
pub fn own_threads() -> u32 {
    use std::os::unix::fs::MetadataExt;
    // Each thread is a folder, and each folder is a link to its parent.
    fs::metadata("/proc/self/task").map_or(1, |tasks| tasks.nlink().saturating_sub(2) as u32)
}

/// Whether a fork that runs no handler of the target's finds the target whole.
pub fn may_be_cloned() -> bool {
    own_threads() == 1 && !shares_memory()
}

/// Whether this process has writable memory that a fork would share, beside our
/// own: a target may keep its heap in a file, and copy it in a handler that a
/// raw clone does not run.
fn shares_memory() -> bool {
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    maps.lines().any(|line| line.contains(" rw-s ") && !line.contains("/memfd:pymem-conform"))
}

/// Children of this single-threaded process, adopted ones included.
pub fn children() -> Vec<i32> {
    let pid = std::process::id();
    let list = fs::read_to_string(format!("/proc/self/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// How often the kernel killed a process for want of memory since it booted.
pub fn kernel_oom_kills() -> u64 {
    let stat = fs::read_to_string("/proc/vmstat").unwrap_or_default();
    stat.lines().find_map(|line| line.strip_prefix("oom_kill ")?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_visible() {
        let memory = own_memory();
        assert!(memory.mapped >= memory.resident && memory.resident > 0);
        assert!(activity(std::process::id() as i32).is_some_and(|(state, _)| "RSD".contains(state)));
        assert!(own_threads() >= 1);
    }

    #[test]
    fn a_process_that_is_gone_has_nothing() {
        assert_eq!(memory(-5), Memory::default());
        assert_eq!(activity(-5), None);
    }
}
