//! The command line: words in, [`Options`] out.
//!
//! clap splits the line (in `line.rs`, and nowhere else); this file judges the
//! values, so that every mistake is told in one sentence of our own.

mod line;
pub mod python;
mod values;

use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use pymem_spec::{Domain, Mode};

use crate::inside::order::How;
use crate::status::Status;

/// Seconds that one operation may take, without `--timeout`.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(2);
/// The seed without `--seed`.
pub const DEFAULT_SEED: u64 = 1;
/// The largest seed: every number up to it survives any reader of JSON.
pub const MAX_SEED: u64 = (1 << 53) - 1;
/// The target where none is named.
pub const DEFAULT_TARGET: &str = "reference";

/// The folder of witnesses, below the current one.
pub const DEFAULT_WITNESS_DIR: &str = "pymem-conform-witnesses";

/// What the user asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The target as given: `reference`, `python:VERSION`, `mutant:NAME`,
    /// `KIND:PATH` or a path. Any bytes.
    pub target: OsString,
    /// The version of the contract, as written (`3.13`, `3.7.4`, `3.15.0a0`); the
    /// target's own where none is named.
    pub spec: Option<String>,
    /// Globs over clause ids, at least one of which must match; empty: all.
    pub only: Vec<String>,
    /// Globs over clause ids, none of which may match.
    pub skip: Vec<String>,
    /// Whether warnings, and skips for memory or time, are violations.
    pub strict: bool,
    /// Time for random operations, instead of their share of a second.
    pub deep: Option<Duration>,
    /// Where each form of the report goes. At most one goes to standard output,
    /// no two to the same file.
    pub outputs: Vec<Output>,
    /// The only mode to run; both where none is named.
    pub mode: Option<Mode>,
    /// What stands before the names of the API.
    pub prefix: Option<String>,
    /// The function of a `vtable` target.
    pub vtable_symbol: Option<String>,
    /// The interpreter's home.
    pub home: Option<PathBuf>,
    /// The interpreter that the target is put into, and how; none: it is judged by itself.
    pub inside: Option<Interior>,
    /// Environment variables for the target, in the order given; names are not
    /// empty and hold no `=`.
    pub env: Vec<(OsString, OsString)>,
    /// How many workers run at once.
    pub jobs: NonZero<usize>,
    /// How long one operation may take before it counts as a hang.
    pub timeout: Duration,
    /// Where the random operations start, at most [`MAX_SEED`].
    pub seed: u64,
    /// Where witnesses go.
    pub witnesses: WitnessDir,
    /// Whether to list what would run instead of running it.
    pub list: bool,
    /// The words that ask for the same run once more, without `--only`, `--skip`
    /// and what decides where the report goes.
    pub command: Vec<OsString>,
}

/// An interpreter, and how the target comes into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interior {
    /// The interpreter, named as a target is.
    pub python: OsString,
    /// The domains that the target serves; none: all that it can.
    pub domains: Option<Vec<Domain>>,
    /// How it comes in.
    pub how: How,
    /// Modules of CPython's own tests that are run.
    pub tests: Vec<String>,
}

/// Where witnesses go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WitnessDir {
    /// To [`DEFAULT_WITNESS_DIR`], if that can be made.
    Default,
    /// Here.
    Given(PathBuf),
    /// Nowhere: none are made.
    None,
}

/// One form of the report, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The form.
    pub format: Format,
    /// The file; none: standard output.
    pub file: Option<PathBuf>,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// Why there is nothing to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Usage {
    /// The text that was asked for, `--help` or `--version`; for standard output.
    Help(String),
    /// One sentence on what is wrong, escaped and without a newline; for standard error.
    Bad(String),
}

/// Reads a command line, the program's own name first.
///
/// # Errors
/// [`Usage`]: there is nothing to run, because the user asked for help or made a mistake.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Options, Usage> {
    let line = line::split(args)?;
    options(line).map_err(Usage::Bad)
}

impl Usage {
    /// How the process ends.
    pub const fn status(&self) -> Status {
        match self {
            Self::Help(_) => Status::Conforms,
            Self::Bad(_) => Status::BadUse,
        }
    }
}

fn options(line: line::Line) -> Result<Options, String> {
    line::refuse_unbuilt(&line)?;
    let command = line::again(&line);
    Ok(Options {
        outputs: values::outputs(line.format, line.output)?,
        target: line.target.unwrap_or_else(|| DEFAULT_TARGET.into()),
        spec: line.spec.map(values::spec).transpose()?,
        only: values::globs("--only", line.only)?,
        skip: values::globs("--skip", line.skip)?,
        strict: line.strict,
        deep: line.deep.map(values::duration).transpose()?,
        mode: line.mode.map(values::mode).transpose()?,
        prefix: line.prefix.map(|value| values::symbol("--prefix", value)).transpose()?,
        vtable_symbol: line.vtable_symbol.map(|value| values::symbol("--vtable-symbol", value)).transpose()?,
        home: line.home.map(values::home).transpose()?,
        inside: values::interior(line.inside, line.domains, line.how, line.tests)?,
        env: line.env.into_iter().map(values::variable).collect::<Result<_, _>>()?,
        jobs: line.jobs.map_or_else(|| Ok(cores()), values::jobs)?,
        timeout: line.timeout.map_or(Ok(DEFAULT_TIMEOUT), values::timeout)?,
        seed: line.seed.map_or(Ok(DEFAULT_SEED), values::seed)?,
        witnesses: match line.witness_dir {
            None => WitnessDir::Default,
            Some(folder) if folder.is_empty() => WitnessDir::None,
            Some(folder) => WitnessDir::Given(folder.into()),
        },
        list: line.list,
        command,
    })
}

fn cores() -> NonZero<usize> {
    std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}
