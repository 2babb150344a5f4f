//! The command line of `pymem-conform python`.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgAction, CommandFactory as _, FromArgMatches as _, Parser};

use super::{Interior, Options, Usage, line, values};

/// Run a Python on an allocator, every block verified.
#[derive(Debug, Parser)]
#[command(name = "pymem-conform python", bin_name = "pymem-conform python", after_help = AFTER)]
#[command(override_usage = "pymem-conform python --alloc LIBRARY [OPTIONS] -- [ARGUMENTS OF PYTHON]")]
#[command(disable_help_flag = true)]
struct Line {
    /// The allocator: a library, reference, KIND:PATH
    #[arg(long, value_name = "LIBRARY")]
    alloc: Option<OsString>,
    /// The Python: python:3.13, a path [default: python3 on PATH]
    #[arg(long, value_name = "PYTHON")]
    python: Option<OsString>,
    /// The domains that it serves [default: raw,mem,obj]
    #[arg(long, value_name = "LIST")]
    domains: Option<OsString>,
    /// set (by PyMem_SetAllocator, the default) or preload (in the C library's place)
    #[arg(long, value_name = "HOW")]
    how: Option<OsString>,
    /// What replaces `Py` in the names of the API, or stands before `malloc`
    #[arg(long, value_name = "P")]
    prefix: Option<OsString>,
    /// Function that hands out allocators [default: pymem_get_allocator]
    #[arg(long, value_name = "S")]
    vtable_symbol: Option<OsString>,
    /// Verify nothing: the allocator alone, at its own speed
    #[arg(long)]
    unguarded: bool,
    /// What Python is to do: a script, -c TEXT, -m MODULE, and arguments
    #[arg(last = true)]
    words: Vec<OsString>,
    /// Print this help
    #[arg(long, short, action = ArgAction::Help)]
    help: Option<bool>,
}

/// What is to be run on what.
pub struct Run {
    /// Names the allocator and the Python, as for a run of the suite.
    pub options: Options,
    /// Whether every block is verified.
    pub guarded: bool,
    /// The arguments of the Python.
    pub words: Vec<OsString>,
}

/// Reads a command line, the words `pymem-conform python` first. `found` is the Python where none is named.
///
/// # Errors
/// [`Usage`]: there is nothing to run, because the user asked for help or made a mistake.
pub fn parse(mut args: Vec<OsString>, found: impl FnOnce() -> Option<OsString>) -> Result<Run, Usage> {
    args.remove(0);
    let matches = Line::command().try_get_matches_from(args);
    let line = matches.and_then(|matches| Line::from_arg_matches(&matches)).map_err(|error| match error.kind() {
        ErrorKind::UnknownArgument => Usage::Bad("what is for Python stands behind `--`: -- script.py argument".into()),
        _ => line::usage(&error),
    })?;
    run(line, found).map_err(Usage::Bad)
}

fn run(line: Line, found: impl FnOnce() -> Option<OsString>) -> Result<Run, String> {
    let alloc = line.alloc.ok_or("`--alloc` is missing: it names the allocator on which Python is to run")?;
    if line.python.as_ref().is_some_and(|python| python.is_empty()) {
        return Err("`--python` needs a Python: python:3.13, or a path".into());
    }
    let python = line.python.or_else(found).ok_or("there is no python3 on PATH; `--python` names one")?;
    let none = Some(OsString::new());
    let Some(inside) = values::interior(Some(python), line.domains, line.how, none)? else {
        return Err("`--python` needs a value".into());
    };
    let mut options = super::parse([OsString::new()]).map_err(|_| "an empty command line is wrong")?;
    options.target = alloc;
    options.inside = Some(Interior { tests: Vec::new(), ..inside });
    options.prefix = line.prefix.map(|value| values::symbol("--prefix", value)).transpose()?;
    options.vtable_symbol = line.vtable_symbol.map(|value| values::symbol("--vtable-symbol", value)).transpose()?;
    Ok(Run { options, guarded: !line.unguarded, words: line.words })
}

const AFTER: &str = "\
Exit status: that of Python; 128 and the number of the signal that killed it; 1 where a block is out of order, 2 for
bad use, 3 where this cannot be run, 70 where the allocator could not be put in.";
