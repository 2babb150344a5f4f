//! The suite on one target.

use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal, Write, stderr};
use std::path::Path;
use std::process::{Command, Output};

use super::options::Options;
use crate::cargo;
use crate::failure::Failure;
use crate::report::{NoReport, Report};

/// What came of a run.
pub struct Ran {
    /// The target as it was named.
    pub target: OsString,
    /// The status of the run; none if a signal ended it.
    pub status: Option<i32>,
    /// Its report, or why there is none.
    pub found: Result<Report, String>,
}

/// Runs the suite on `target` with every core.
///
/// # Errors
///
/// If it cannot be started, or the user interrupted it.
pub fn one(suite: &Path, target: &OsStr, options: &Options) -> Result<Ran, Failure> {
    let only = options.only.iter().map(|glob| format!("--only={glob}"));
    let skip = options.skip.iter().map(|glob| format!("--skip={glob}"));
    let spec = options.spec.iter().map(|spec| format!("--spec={spec}"));
    with(suite, &only.chain(skip).chain(spec).map(OsString::from).collect::<Vec<_>>(), target)
}

/// The same with options as the suite takes them.
///
/// # Errors
///
/// As for [`one`].
pub fn with(suite: &Path, options: &[OsString], target: &OsStr) -> Result<Ran, Failure> {
    let mut command = Command::new(suite);
    cargo::forget(&mut command);
    command.args(["--format=json", "--witness-dir="]).args(options);
    let output = command.arg("--").arg(target).output();
    let output = output.map_err(|error| Failure::no_suite(format!("{} cannot be run: {error}", suite.display())))?;
    if output.status.code() == Some(INTERRUPTED) {
        return Err(Failure::interrupted());
    }
    Ok(Ran { target: target.to_owned(), status: output.status.code(), found: read(&output) })
}

/// How the suite ends when the user interrupts it.
const INTERRUPTED: i32 = 130;

fn read(output: &Output) -> Result<Report, String> {
    if matches!(output.status.code(), Some(0 | 1)) {
        return serde_json::from_slice(&output.stdout).map_err(|error| format!("its report cannot be read: {error}"));
    }
    if let Ok(NoReport { reason }) = serde_json::from_slice(&output.stdout) {
        return Err(reason);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    match said.lines().last().map(|line| line.trim_start_matches("pymem-conform: ")) {
        Some(line) if !line.is_empty() => Err(line.to_owned()),
        _ => Err(format!("the suite ended with {}", output.status)),
    }
}

/// Names the target that is run, where somebody watches.
pub fn show_progress(done: usize, of: usize, target: &OsStr) {
    if stderr().is_terminal() {
        let name = target.to_string_lossy();
        let _ = write!(stderr(), "\r\x1b[K{} of {of}: {}", done + 1, name.escape_debug());
    }
}

/// Takes that line away.
pub fn clear_progress() {
    if stderr().is_terminal() {
        let _ = write!(stderr(), "\r\x1b[K");
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    fn ended(status: i32, stdout: &str, stderr: &str) -> Result<Report, String> {
        read(&Output { status: ExitStatus::from_raw(status), stdout: stdout.into(), stderr: stderr.into() })
    }

    #[rstest::rstest]
    #[case::no_json(0, "{", "", "its report cannot be read: ")]
    #[case::untestable(3 << 8, r#"{"reason": "`x` cannot be tested"}"#, "", "`x` cannot be tested")]
    #[case::bad_use(2 << 8, "", "pymem-conform: nothing applies\n", "nothing applies")]
    #[case::killed(9, "", "", "the suite ended with signal: 9")]
    fn what_is_no_report(#[case] status: i32, #[case] stdout: &str, #[case] stderr: &str, #[case] words: &str) {
        let why = ended(status, stdout, stderr).expect_err("no report");
        assert!(why.starts_with(words), "{why}");
    }

    #[test]
    fn a_report_of_the_suite_is_read() {
        let text = r#"{"format": "pymem-conform-report", "version": 1, "suite": "0.1.0", "spec": "3.13.0", "seed": 1,
            "target": {"name": "x", "kind": "cpython", "sha256": null, "python_version": "3.13.0", "build": ["gil"]},
            "verdict": "violates", "summary": {"clauses": 1, "pass": 0, "fail": 1, "warn": 0, "note": 0, "skip": 0,
            "known": 0, "fixed": 0, "seconds": 0.5}, "results": [{"clause": "free.null", "area": "free",
            "level": "must", "domain": "raw", "mode": "bare", "configuration": "default", "verdict": "fail",
            "reason": "it crashes", "expected": null, "actual": null, "operation": null, "witness": null,
            "microseconds": 3}], "traits": {"bare.default.raw.alignment": 16}}"#;
        let report = ended(1 << 8, text, "").expect("a report");
        assert_eq!((report.results.len(), report.summary.results()), (1, 1));
    }
}
