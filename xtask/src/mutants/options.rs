//! The words of the command line.

use std::ffi::OsString;
use std::thread;

/// What `--help` prints.
pub const HELP: &str = "\
Usage: cargo xtask mutants [OPTIONS] [NAME]...

Runs the suite on every mutant (an allocator or a Python with one clause broken), on sound
allocators that are odd, and on the real ones of this machine. Each mutant must be killed by the
clause that it breaks, and no sound allocator may be accused.

  NAME          only those whose names contain this
  --whole       judge each mutant by every clause, not only by those of the area that it breaks
  --witnesses   also have a program written that shows each defect, and count those that are confirmed
  --inside PYTHON
                put each into this Python instead, and judge it there by real programs: python:3.13
  --require-all fail where no mutant can be made for want of a C compiler, or of any Python's objects
  --jobs N      runs at once [default: one more than there are cores, as some only wait]

Exit status: 0 if the suite is proven, 1 if not, 2 for bad use, 4 if the suite cannot be built.
";

/// What the user wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    /// To know how to use it.
    Help,
    /// A run.
    Run(Options),
}

/// A run over some or all of what there is.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// Parts of names; none: all.
    pub names: Vec<String>,
    /// Whether mutants are judged by every clause.
    pub whole: bool,
    /// Whether witnesses are written.
    pub witnesses: bool,
    /// The interpreter that they are put into.
    pub inside: Option<String>,
    /// Whether what is not on this machine is missed.
    pub require_all: bool,
    /// Runs at once, at least one.
    pub jobs: usize,
}

impl Options {
    /// Whether something of this name is tried.
    pub fn takes(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|part| name.contains(part.as_str()))
    }
}

/// Reads the command line.
///
/// # Errors
///
/// One sentence for the first mistake.
pub fn parse(args: &[OsString]) -> Result<Wish, String> {
    let jobs = thread::available_parallelism().map_or(1, |cores| cores.get()) + 1;
    let mut options =
        Options { names: Vec::new(), whole: false, witnesses: false, inside: None, require_all: false, jobs };
    let mut words = args.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        match word.as_ref() {
            "--help" | "-h" => return Ok(Wish::Help),
            "--whole" => options.whole = true,
            "--witnesses" => options.witnesses = true,
            "--require-all" => options.require_all = true,
            "--inside" => options.inside = Some(python_of(words.next().as_deref().unwrap_or_default())?),
            word if word.starts_with("--inside=") => options.inside = Some(python_of(&word["--inside=".len()..])?),
            "--jobs" => options.jobs = jobs_of(words.next().as_deref().unwrap_or_default())?,
            word if word.starts_with("--jobs=") => options.jobs = jobs_of(&word["--jobs=".len()..])?,
            word if word.starts_with('-') => {
                return Err(format!("unknown option `{}`; see `cargo xtask mutants --help`", word.escape_debug()));
            }
            word => options.names.push(word.to_owned()),
        }
    }
    Ok(Wish::Run(options))
}

fn python_of(value: &str) -> Result<String, String> {
    if value.is_empty() { Err("`--inside` needs a Python: python:3.13".into()) } else { Ok(value.to_owned()) }
}

fn jobs_of(value: &str) -> Result<usize, String> {
    let number = value.parse().ok().filter(|number| (1..=256).contains(number));
    number.ok_or_else(|| format!("`--jobs` takes a number from 1 to 256, not `{}`", value.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Wish, String> {
        parse(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn all_of_it() {
        let Ok(Wish::Run(options)) = parsed(&["--whole", "free-", "--jobs=3", "--require-all"]) else { panic!() };
        assert!(options.whole && options.require_all && options.jobs == 3);
        assert!(options.takes("free-twice") && !options.takes("calloc-dirty"));
        let Ok(Wish::Run(options)) = parsed(&["--jobs", "1"]) else { panic!() };
        assert!(options.jobs == 1 && !options.whole && options.takes("anything"));
    }

    #[rstest::rstest]
    #[case(&["--jobs"], "`--jobs` takes a number from 1 to 256, not ``")]
    #[case(&["--jobs=0"], "`--jobs` takes a number from 1 to 256, not `0`")]
    #[case(&["--all"], "unknown option `--all`; see `cargo xtask mutants --help`")]
    fn mistakes(#[case] words: &[&str], #[case] sentence: &str) {
        assert_eq!(parsed(words), Err(sentence.to_owned()));
    }

    #[test]
    fn help_wins() {
        assert_eq!(parsed(&["--whole", "-h"]), Ok(Wish::Help));
    }
}
