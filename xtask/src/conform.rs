//! `cargo xtask conform [ARGUMENTS]`: builds the suite, optimised, and becomes it.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::cargo;
use crate::failure::Failure;
use crate::{mutants, repository};

/// Tells the suite how it was called, for the command it prints to rerun what failed.
pub const CALLED: (&str, &str) = ("PYMEM_CONFORM_COMMAND", "cargo xtask conform");

/// Never returns if all goes well: the process becomes the suite, whose status
/// is passed through and whose signals reach it.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    become_suite(args.iter().map(with_mutant).collect::<Result<Vec<_>, _>>()?.concat())
}

/// `cargo xtask python [ARGUMENTS]`: the same for `pymem-conform python`.
pub fn python(args: &[OsString]) -> Result<(), Failure> {
    become_suite([OsString::from("python")].into_iter().chain(args.iter().cloned()).collect())
}

fn become_suite(args: Vec<OsString>) -> Result<(), Failure> {
    let program = build()?;
    let mut suite = Command::new(&program);
    cargo::forget(&mut suite);
    let error = suite.args(args).env(CALLED.0, CALLED.1).exec();
    Err(Failure::no_suite(format!("{} cannot be run: {error}", program.display())))
}

/// The words for the suite that one of ours stands for: `mutant:NAME` is a file, and perhaps options.
fn with_mutant(arg: &OsString) -> Result<Vec<OsString>, Failure> {
    let Some(name) = arg.to_str().and_then(|arg| arg.strip_prefix("mutant:")) else { return Ok(vec![arg.clone()]) };
    let library = mutants::library::named(name)?;
    let options = library.options.into_iter().map(OsString::from);
    Ok(options.chain(library.file.map(OsString::from)).collect())
}

/// The suite's program, up to date.
///
/// # Errors
///
/// If it does not build.
pub fn build() -> Result<PathBuf, Failure> {
    let mut cargo = cargo::command("build --release --package pymem-conform --bin pymem-conform");
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    cargo.args(["--color", if color { "always" } else { "never" }]);
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    let run = cargo.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut run = run.map_err(|error| Failure::no_suite(format!("cargo cannot be run: {error}")))?;
    pass_on(BufReader::new(run.stderr.take().expect("it is piped")), &mut std::io::stderr());
    match run.wait() {
        Ok(status) if status.success() => {
            build_reference()?;
            Ok(repository::target().map_err(Failure::no_suite)?.join("release/pymem-conform"))
        }
        _ => Err(Failure::no_suite("the suite does not build")),
    }
}

/// The reference allocator as a library beside the program: what witnesses of its kind are tried on. It is built by
/// itself, because it exports the names of C, which the program must not.
fn build_reference() -> Result<(), Failure> {
    let mut cargo = cargo::command("build --release --quiet --package pymem-ref --lib");
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    match cargo.stdin(Stdio::null()).stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::no_suite("the reference allocator does not build")),
    }
}

/// Passes on what cargo says while it builds, but not that it has finished:
/// where there was nothing to build, nothing is said.
fn pass_on(mut from: impl BufRead, to: &mut impl Write) {
    let mut line = Vec::new();
    while matches!(from.read_until(b'\n', &mut line), Ok(count) if count > 0) {
        let text = String::from_utf8_lossy(&line);
        // Between the two words stands the end of a colour.
        if !(text.contains("Finished") && text.contains("`release` profile [")) {
            // A terminal that went away must not stop the build.
            let _ = to.write_all(&line);
        }
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("    Finished `release` profile [optimized] target(s) in 0.05s\n", "")]
    #[case("\x1b[1m    Finished\x1b[0m `release` profile [optimized] target(s) in 0.05s\n", "")]
    #[case("   Compiling a v1\n    Finished `release` profile [x]\n", "   Compiling a v1\n")]
    #[case("error: no", "error: no")]
    fn only_work_is_told(#[case] said: &str, #[case] passed_on: &str) {
        let mut out = Vec::new();
        pass_on(said.as_bytes(), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), passed_on);
    }
}
