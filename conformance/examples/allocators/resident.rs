//! Resident memory of this process.

use std::fs;

/// Sets the peak back to what is resident now, and returns that in bytes.
pub fn reset_peak() -> u64 {
    fs::write("/proc/self/clear_refs", "5").expect("a process may set back its own peak");
    peak()
}

/// The peak since then, in bytes.
pub fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the kernel tells of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the kernel tells the peak");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number of KiB");
    kib * 1024
}
