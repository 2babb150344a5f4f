//! The options as clap knows them, all values still as words.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, CommandFactory as _, FromArgMatches as _, Parser};

use super::Usage;
use crate::report::escape;

/// Check an allocator against the memory contract of CPython's C API.
#[derive(Debug, Parser)]
#[command(name = "pymem-conform", bin_name = "pymem-conform", version, after_help = AFTER)]
#[command(override_usage = "pymem-conform [OPTIONS] [TARGET]", disable_help_flag = true, disable_version_flag = true)]
pub(super) struct Line {
    /// What to test [default: reference]
    pub(super) target: Option<OsString>,

    /// Judge by the contract of this version [default: the target's own]
    #[arg(long, value_name = "X.Y[.Z]", help_heading = "What is judged")]
    pub(super) spec: Option<OsString>,
    /// Only clauses that match; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = "What is judged")]
    pub(super) only: Vec<OsString>,
    /// No clauses that match; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = "What is judged")]
    pub(super) skip: Vec<OsString>,
    /// Warnings, and skips for want of memory or time, are violations
    #[arg(long, help_heading = "What is judged")]
    pub(super) strict: bool,
    /// Spend this long (30s, 5m, 1h) on random operations
    #[arg(long, value_name = "DURATION", help_heading = "What is judged")]
    pub(super) deep: Option<OsString>,
    /// List what would run, and end
    #[arg(long, help_heading = "What is judged")]
    pub(super) list: bool,

    /// Only this mode: bare (nothing initialised) or embedded
    #[arg(long, value_name = "MODE", help_heading = "How the target is run")]
    pub(super) mode: Option<OsString>,
    /// What replaces `Py` in the names of the API, or stands before `malloc`
    #[arg(long, value_name = "P", help_heading = "How the target is run")]
    pub(super) prefix: Option<OsString>,
    /// Function that hands out allocators [default: pymem_get_allocator]
    #[arg(long, value_name = "S", help_heading = "How the target is run")]
    pub(super) vtable_symbol: Option<OsString>,
    /// The interpreter's home [default: found beside the target]
    #[arg(long, value_name = "DIR", help_heading = "How the target is run")]
    pub(super) home: Option<OsString>,
    /// Put the target into this Python and judge it there: python:3.13, a path
    #[arg(long, value_name = "PYTHON", help_heading = "Inside a Python")]
    pub(super) inside: Option<OsString>,
    /// The domains that it is to serve there [default: raw,mem,obj]
    #[arg(long, value_name = "LIST", help_heading = "Inside a Python")]
    pub(super) domains: Option<OsString>,
    /// set (by PyMem_SetAllocator, the default) or preload (in the C library's place)
    #[arg(long, value_name = "HOW", help_heading = "Inside a Python")]
    pub(super) how: Option<OsString>,
    /// CPython's own tests to run there; empty: none [default: test_list,test_dict,test_set,...]
    #[arg(long, value_name = "LIST", help_heading = "Inside a Python")]
    pub(super) tests: Option<OsString>,

    /// Environment variable for the target; may be repeated
    #[arg(long, value_name = "NAME=VALUE", help_heading = "How the target is run")]
    pub(super) env: Vec<OsString>,
    /// Workers at once [default: the number of cores]
    #[arg(long, value_name = "N", help_heading = "How the target is run")]
    pub(super) jobs: Option<OsString>,
    /// An operation that takes longer hangs [default: 2]
    #[arg(long, value_name = "SECONDS", help_heading = "How the target is run")]
    pub(super) timeout: Option<OsString>,
    /// Where the random operations start [default: 1]
    #[arg(long, value_name = "N", help_heading = "How the target is run")]
    pub(super) seed: Option<OsString>,

    /// human (the default) or json; may be repeated, each but one with a file
    #[arg(long, value_name = "FORMAT[=FILE]", help_heading = "The report")]
    pub(super) format: Vec<OsString>,
    /// Where the report goes [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = "The report")]
    pub(super) output: Option<OsString>,

    /// Where programs that show the failures go; empty: nowhere [default: pymem-conform-witnesses]
    #[arg(long, value_name = "DIR", help_heading = "The report")]
    pub(super) witness_dir: Option<OsString>,

    /// Print this help
    #[arg(long, short, action = ArgAction::Help)]
    help: Option<bool>,
    /// Print the version
    #[arg(long, short = 'V', action = ArgAction::Version)]
    version: Option<bool>,

    #[arg(long, hide = true)]
    baseline: Option<OsString>,
    #[arg(long, hide = true)]
    write_baseline: Option<OsString>,
    #[arg(long, hide = true)]
    shard: Option<OsString>,
}

/// Splits a command line, the program's own name first.
pub(super) fn split(args: impl IntoIterator<Item = OsString>) -> Result<Line, Usage> {
    let matches = Line::command().try_get_matches_from(args);
    matches.and_then(|matches| Line::from_arg_matches(&matches)).map_err(|error| usage(&error))
}

/// Options of the contract that this version cannot honour: to accept one and
/// do nothing would be to lie.
pub(super) fn refuse_unbuilt(line: &Line) -> Result<(), String> {
    let unbuilt =
        [("--baseline", &line.baseline), ("--write-baseline", &line.write_baseline), ("--shard", &line.shard)];
    match unbuilt.iter().find(|(_, value)| value.is_some()) {
        Some((name, _)) => Err(format!("this version does not have `{name}` yet")),
        None => Ok(()),
    }
}

/// The words that ask for the same run, without those that select clauses or
/// decide where the report goes.
pub(super) fn again(line: &Line) -> Vec<OsString> {
    let mut words = vec![OsString::from("pymem-conform")];
    let mut option = |name: &str, value: &OsString| {
        // One word, for the value may begin with a dash.
        let mut word = OsString::from(name);
        word.push("=");
        word.push(value);
        words.push(word);
    };
    let single = [
        ("--spec", &line.spec),
        ("--deep", &line.deep),
        ("--mode", &line.mode),
        ("--prefix", &line.prefix),
        ("--vtable-symbol", &line.vtable_symbol),
        ("--home", &line.home),
        ("--inside", &line.inside),
        ("--domains", &line.domains),
        ("--how", &line.how),
        ("--tests", &line.tests),
        ("--jobs", &line.jobs),
        ("--timeout", &line.timeout),
        ("--seed", &line.seed),
    ];
    single
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_ref()?)))
        .for_each(|(name, value)| option(name, value));
    line.env.iter().for_each(|value| option("--env", value));
    words.extend(line.strict.then(|| "--strict".into()));
    if let Some(target) = &line.target {
        words.extend(target.as_encoded_bytes().starts_with(b"-").then(|| "--".into()));
        words.push(target.clone());
    }
    words
}

/// clap's error as text that was asked for, or as one sentence.
pub(super) fn usage(error: &clap::Error) -> Usage {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Usage::Help(error.render().to_string());
    }
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(escape(text)),
        Some(ContextValue::Strings(texts)) => texts.first().map(|text| escape(text)),
        _ => None,
    };
    // clap names an argument with its value: `--seed <N>`.
    let name = context(ContextKind::InvalidArg).unwrap_or_default();
    let option = name.split([' ', '=']).next().unwrap_or_default();
    let sentence = match error.kind() {
        ErrorKind::UnknownArgument if name.starts_with('-') => match context(ContextKind::SuggestedArg) {
            Some(known) => format!("unknown option `{name}`; did you mean `{known}`?"),
            None => format!("unknown option `{name}`; `--help` lists the options"),
        },
        ErrorKind::UnknownArgument => format!("one target at a time: `{name}` is one too many"),
        ErrorKind::InvalidValue => {
            format!("`{option}` needs a value; one that begins with a dash is written `{option}=VALUE`")
        }
        ErrorKind::ArgumentConflict => format!("`{option}` can be given only once"),
        ErrorKind::TooManyValues => format!("`{option}` takes no value"),
        _ => escape(error.render().to_string().lines().next().unwrap_or_default().trim_start_matches("error: ")),
    };
    Usage::Bad(sentence)
}

const AFTER: &str = "\
Targets:
  reference         the reference allocator of this program
  python:VERSION    a Python on this machine: python:3.13, python:3.13t, python:3.13d
  PATH              a library or executable; what it offers is found out
  KIND:PATH         the same as a cpython, pymem, vtable or malloc

Exit status:
  0    the target conforms
  1    the target violates the contract
  2    bad use
  3    the target cannot be tested
  4    the suite itself failed
  130  interrupted";
