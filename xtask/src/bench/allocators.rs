//! The same workloads on several allocators, each in a process of its own, one after the other in every round.

use std::ffi::OsStr;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::panel::Member;
use crate::failure::Failure;
use crate::{cargo, repository};

/// How often each workload runs on each allocator.
const ROUNDS: usize = 7;

/// One of the workloads of `conformance/examples/allocators`.
pub struct Workload {
    /// As that program takes it.
    pub name: &'static str,
    /// For the reader of the table.
    pub about: &'static str,
}

/// In the order of the table.
pub const WORKLOADS: [Workload; 9] = [
    Workload { name: "pairs", about: "allocate, free" },
    Workload { name: "replace", about: "replace one of 4096" },
    Workload { name: "grow", about: "grow lists (a resize)" },
    Workload { name: "long-lived", about: "a million live blocks" },
    Workload { name: "hand-over", about: "one thread allocates, one frees" },
    Workload { name: "threads-1", about: "replace in 1 thread" },
    Workload { name: "threads-2", about: "replace in 2 threads" },
    Workload { name: "threads-3", about: "replace in 3 threads" },
    Workload { name: "threads-4", about: "replace in 4 threads" },
];

/// What one allocator did with one workload, round by round.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// Nanoseconds of an operation.
    pub nanoseconds: Vec<f64>,
    /// Resident bytes at the peak for each byte asked for.
    pub memory: Vec<f64>,
    /// Why there is nothing.
    pub refused: Option<String>,
}

/// By workload, then by allocator.
///
/// # Errors
///
/// If the program does not build, or none of its runs succeeds on an allocator.
pub fn measure(panel: &[Member]) -> Result<Vec<Vec<Runs>>, Failure> {
    let program = build()?;
    let mut all = vec![vec![Runs::default(); panel.len()]; WORKLOADS.len()];
    for round in 1..=ROUNDS {
        for (workload, row) in WORKLOADS.iter().zip(&mut all) {
            progress(&format!("round {round} of {ROUNDS}: {}", workload.name));
            for (member, runs) in panel.iter().zip(row) {
                if runs.refused.is_none() {
                    once(&program, workload.name, &member.target, runs);
                }
            }
        }
    }
    progress("");
    for (index, member) in panel.iter().enumerate() {
        let mut column = all.iter().map(|row| &row[index]);
        if let Some(why) = all[0][index].refused.as_ref().filter(|_| column.all(|runs| runs.refused.is_some())) {
            return Err(Failure::failed(format!("{} cannot be measured: {why}", member.label.escape_debug())));
        }
    }
    Ok(all)
}

fn build() -> Result<PathBuf, Failure> {
    let mut cargo = cargo::command("build --release --quiet --package pymem-conform --example allocators");
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    if !cargo.status().is_ok_and(|status| status.success()) {
        return Err(Failure::failed("the workloads do not build"));
    }
    Ok(repository::target().map_err(Failure::failed)?.join("release/examples/allocators"))
}

fn once(program: &Path, workload: &str, target: &OsStr, runs: &mut Runs) {
    let mut command = Command::new(program);
    cargo::forget(&mut command);
    // What chooses a Python's allocators is not for the caller's environment to decide.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PYTHON")) {
        command.env_remove(name);
    }
    match command.arg(workload).arg(target).output() {
        Err(error) => runs.refused = Some(error.to_string()),
        Ok(output) => match numbers(&String::from_utf8_lossy(&output.stdout)).filter(|_| output.status.success()) {
            Some((nanoseconds, memory)) => {
                runs.nanoseconds.push(nanoseconds);
                runs.memory.extend(memory);
            }
            None => {
                let said = String::from_utf8_lossy(&output.stderr);
                let sentence = said.lines().last().and_then(|line| line.strip_prefix("allocators: "));
                runs.refused = Some(sentence.map_or_else(|| output.status.to_string(), str::to_owned));
            }
        },
    }
}

/// `5.25 -`, or `5.25 1.1` with the memory.
fn numbers(text: &str) -> Option<(f64, Option<f64>)> {
    let (nanoseconds, memory) = text.trim().split_once(' ')?;
    Some((nanoseconds.parse().ok()?, memory.parse().ok()))
}

/// What is going on, on a terminal only.
fn progress(text: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // A terminal that went away is no reason to stop.
        let _ = write!(stderr, "\r\x1b[K{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("5.250 -\n", Some((5.25, None)))]
    #[case("98.1 1.1034\n", Some((98.1, Some(1.1034))))]
    #[case("", None)]
    #[case("killed by 9\n", None)]
    fn numbers_are_read(#[case] text: &str, #[case] expected: Option<(f64, Option<f64>)>) {
        assert_eq!(numbers(text), expected);
    }
}
