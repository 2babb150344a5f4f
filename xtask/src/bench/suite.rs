//! The suite: default runs beside CPython's own tests, and what checking an operation costs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::panel;
use crate::failure::Failure;
use crate::{cargo, conform, repository};

/// Runs of each command, of which the fastest counts: the machine has other
/// things to do.
const RUNS: usize = 5;

/// Prints two tables in Markdown.
pub fn run() -> Result<(), Failure> {
    let suite = conform::build()?;
    println!("| what | results | seconds | results a second |");
    println!("| --- | --- | --- | --- |");
    row("`cargo xtask conform`", &timed(|| judge(&suite, "reference"))?);
    if let Some(python) = panel::newest_python() {
        let version = python.version.to_string();
        row(
            &format!("`cargo xtask conform python:{version}`"),
            &timed(|| judge(&suite, &format!("python:{version}")))?,
        );
        let tests = format!("`python{}.{} -m test test_capi -m '*Mem*'`", python.version.major, python.version.minor);
        match interpreter(&python.path) {
            Some(program) => row(&tests, &timed(|| own_tests(&program))?),
            None => println!("\nnot run: {tests}: no interpreter stands beside {}", python.path.display()),
        }
    }
    println!();
    operations()
}

/// The fastest of some runs.
struct Timed {
    results: usize,
    seconds: f64,
}

fn timed(run: impl Fn() -> Result<usize, Failure>) -> Result<Timed, Failure> {
    let mut best = Timed { results: run()?, seconds: f64::INFINITY };
    for _ in 0..RUNS {
        let started = Instant::now();
        let results = run()?;
        let seconds = started.elapsed().as_secs_f64();
        if seconds < best.seconds {
            best = Timed { results, seconds };
        }
    }
    Ok(best)
}

fn row(what: &str, Timed { results, seconds }: &Timed) {
    println!("| {what} | {results} | {seconds:.2} | {:.0} |", *results as f64 / seconds);
}

/// Results of a default run that are no skips, read off its last line.
fn judge(suite: &Path, target: &str) -> Result<usize, Failure> {
    let mut command = Command::new(suite);
    cargo::forget(&mut command);
    let output = command.arg(target).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::no_suite(format!("the suite cannot be run: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    let count = number_before(last, " pass").filter(|_| output.status.success());
    count.ok_or_else(|| Failure::failed(format!("{target} does not conform: {last}")))
}

/// Tests that CPython's own run counted.
fn own_tests(python: &Path) -> Result<usize, Failure> {
    let output = Command::new(python).args(["-m", "test", "test_capi", "-m", "*Mem*"]).output();
    let output = output.map_err(|error| Failure::failed(format!("{} cannot be run: {error}", python.display())))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let count = text.lines().find_map(|line| number_before(line.strip_prefix("Total tests: run=")?, " "));
    count.ok_or_else(|| Failure::failed("CPython's tests do not say how many ran"))
}

/// The number that ends where `mark` begins, or that `text` begins with.
fn number_before(text: &str, mark: &str) -> Option<usize> {
    let (before, _) = text.split_once(mark)?;
    before.rsplit(' ').next()?.parse().ok()
}

/// The interpreter of a shared library: `bin/python3` above it.
fn interpreter(library: &Path) -> Option<PathBuf> {
    library.ancestors().map(|folder| folder.join("bin/python3")).find(|program| program.is_file())
}

/// Checked operations beside bare calls.
fn operations() -> Result<(), Failure> {
    let mut cargo = cargo::command("run --release --quiet --package pymem-conform --example checked_operations");
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::failed("checked operations could not be measured")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("conforms: 72 clauses, 179 pass, 14 skip in 0.44 s", " pass", Some(179))]
    #[case("45 (filtered) skipped=9", " ", Some(45))]
    #[case("nothing", " pass", None)]
    fn numbers_are_read_off(#[case] text: &str, #[case] mark: &str, #[case] expected: Option<usize>) {
        assert_eq!(number_before(text, mark), expected);
    }
}
