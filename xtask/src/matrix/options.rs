//! The words of the command line, and where its outputs go.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use pymem_spec::Registry;

use crate::failure::Failure;
use crate::print;

/// What `--help` prints.
pub const HELP: &str = "\
Usage: cargo xtask matrix [OPTIONS] [TARGET]...

Runs the suite on each target, or on every CPython that is found (`cargo xtask pythons`), and shows where they differ.

  --only GLOB             only clauses that match; may be repeated
  --skip GLOB             no clauses that match; may be repeated
  --spec X.Y[.Z]          judge all by the contract of this version [default: each by its own]
  --format FORMAT[=FILE]  human (the default), markdown, html or json; may be repeated, each but one with a file

Exit status: that of the worst run, as `cargo xtask conform` ends.
";

/// What the user wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    /// To know how to use it.
    Help,
    /// A run.
    Run(Options),
}

/// A run over some targets.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// As the suite takes them; none: every CPython.
    pub targets: Vec<OsString>,
    /// Globs over clause ids.
    pub only: Vec<String>,
    /// Globs over clause ids.
    pub skip: Vec<String>,
    /// The version whose contract judges all.
    pub spec: Option<String>,
    /// At least one; at most one of them without a file.
    pub outputs: Vec<Output>,
}

impl Options {
    /// Whether clauses were selected, so that perhaps none of them applies to a target.
    pub fn is_narrow(&self) -> bool {
        !self.only.is_empty() || !self.skip.is_empty()
    }
}

/// A form of the matrix, and its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// The form.
    pub format: Format,
    /// None: standard output.
    pub file: Option<PathBuf>,
}

/// A form of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Human,
    /// For a part of a page.
    Markdown,
    /// A page of its own.
    Html,
    /// For programs.
    Json,
}

/// Reads the command line.
///
/// # Errors
///
/// One sentence for the first mistake.
pub fn parse(args: &[OsString]) -> Result<Wish, String> {
    let mut options = Options::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let bytes = word.as_encoded_bytes();
        if bytes == b"--" {
            options.targets.extend(words.by_ref().cloned());
        } else if !bytes.starts_with(b"-") {
            options.targets.push(word.clone());
        } else if bytes == b"--help" || bytes == b"-h" {
            return Ok(Wish::Help);
        } else {
            let (name, value) = split(word)?;
            let value = match value {
                Some(value) => Some(value),
                None if is_known(&name) => words.next().map(text).transpose()?,
                None => None,
            };
            options.take(&name, value)?;
        }
    }
    if options.outputs.is_empty() {
        options.outputs.push(Output { format: Format::Human, file: None });
    }
    options.check()?;
    Ok(Wish::Run(options))
}

fn is_known(name: &str) -> bool {
    ["--only", "--skip", "--spec", "--format"].contains(&name)
}

/// `--name=value` as name and value.
fn split(word: &OsStr) -> Result<(String, Option<String>), String> {
    let word = text(word)?;
    Ok(match word.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (word, None),
    })
}

fn text(word: impl AsRef<OsStr>) -> Result<String, String> {
    let word = word.as_ref();
    word.to_str().map(str::to_owned).ok_or_else(|| format!("`{}` is no plain text", shown(&word.to_string_lossy())))
}

fn shown(word: &str) -> String {
    word.escape_debug().to_string()
}

impl Options {
    fn take(&mut self, name: &str, value: Option<String>) -> Result<(), String> {
        if !is_known(name) {
            let advice = "`cargo xtask matrix --help` lists the options";
            return Err(format!("unknown option `{}`; {advice}", shown(name)));
        }
        let value = value.filter(|value| !value.is_empty()).ok_or_else(|| format!("`{name}` needs a value"))?;
        match name {
            "--only" => self.only.push(value),
            "--skip" => self.skip.push(value),
            "--spec" if self.spec.is_some() => return Err("`--spec` can be given only once".into()),
            "--spec" => self.spec = Some(value),
            _ => self.outputs.push(Output::parse(&value)?),
        }
        Ok(())
    }

    /// What the suite would refuse for every target.
    fn check(&self) -> Result<(), String> {
        let registry = Registry::embedded();
        for glob in self.only.iter().chain(&self.skip) {
            if registry.matching(glob).is_empty() {
                let near = registry.nearest(glob).first().map(|id| format!("; did you mean `{id}`?"));
                return Err(format!("no clause matches `{}`{}", shown(glob), near.unwrap_or_default()));
            }
        }
        if let Some(spec) = &self.spec {
            registry.resolve_spec(spec)?;
        }
        if self.outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
            return Err("only one `--format` can go without a file".into());
        }
        let files: Vec<_> = self.outputs.iter().filter_map(|output| output.file.as_ref()).collect();
        match files.iter().enumerate().find(|(index, file)| files[..*index].contains(file)) {
            Some((_, file)) => {
                Err(format!("two forms cannot go to the same file `{}`", shown(&file.to_string_lossy())))
            }
            None => Ok(()),
        }
    }
}

impl Output {
    fn parse(value: &str) -> Result<Self, String> {
        let (word, file) = match value.split_once('=') {
            Some((_, "")) => return Err(format!("`--format {}` needs the name of a file after `=`", shown(value))),
            Some((word, file)) => (word, Some(PathBuf::from(file))),
            None => (value, None),
        };
        let format = match word {
            "human" => Format::Human,
            "markdown" => Format::Markdown,
            "html" => Format::Html,
            "json" => Format::Json,
            _ => return Err(format!("unknown format `{}`; known: human, markdown, html, json", shown(word))),
        };
        Ok(Self { format, file })
    }

    /// Opens the file; what it held stays until something is written.
    pub fn open(&self) -> Result<Place, Failure> {
        let Some(path) = &self.file else { return Ok(Place::Stdout) };
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| Failure::no_suite(format!("{} cannot be written: {error}", path.display())))?;
        Ok(Place::File(file, path.clone()))
    }
}

/// Where something is written.
pub enum Place {
    /// Standard output.
    Stdout,
    /// A file, and its path for messages.
    File(File, PathBuf),
}

impl Place {
    /// Whether a person looks who likes colours.
    pub fn wants_color(&self) -> bool {
        let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        matches!(self, Self::Stdout) && std::io::stdout().is_terminal() && !is_refused
    }

    /// Writes the text, in place of what was there.
    pub fn write(&mut self, text: &str) -> Result<(), Failure> {
        let Self::File(file, path) = self else { return print(text) };
        // A device or a pipe has no length.
        let is_regular = file.metadata().is_ok_and(|found| found.is_file());
        let emptied = if is_regular { file.set_len(0) } else { Ok(()) };
        emptied
            .and_then(|()| file.write_all(text.as_bytes()))
            .map_err(|error| Failure::no_suite(format!("{} cannot be written: {error}", path.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Wish, String> {
        parse(&args.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_whole_line() {
        let wish = parsed(&[
            "python:3.13",
            "--only",
            "free.*",
            "--skip=free.null",
            "--spec=3.9",
            "--format=json=m.json",
            "--format",
            "markdown",
            "--",
            "-odd",
        ]);
        let expected = Options {
            targets: vec!["python:3.13".into(), "-odd".into()],
            only: vec!["free.*".into()],
            skip: vec!["free.null".into()],
            spec: Some("3.9".into()),
            outputs: vec![
                Output { format: Format::Json, file: Some("m.json".into()) },
                Output { format: Format::Markdown, file: None },
            ],
        };
        assert_eq!(wish, Ok(Wish::Run(expected)));
    }

    #[test]
    fn nothing_is_everything_for_people() {
        let outputs = vec![Output { format: Format::Human, file: None }];
        assert_eq!(parsed(&[]), Ok(Wish::Run(Options { outputs, ..Options::default() })));
        assert_eq!(parsed(&["reference", "--help"]), Ok(Wish::Help));
    }

    #[test]
    fn bad_use() {
        let uses = [
            &["--jobs=2"][..],
            &["--only"],
            &["--only="],
            &["--only", "free.nul"],
            &["--skip", "xyzzy"],
            &["--spec", "4"],
            &["--spec=3.13", "--spec=3.12"],
            &["--format=xml"],
            &["--format=json="],
            &["--format=json", "--format=human"],
            &["--format=json=a", "--format=human=a"],
        ];
        insta::assert_snapshot!("bad_use", uses.map(|args| parsed(args).unwrap_err()).join("\n"));
    }
}
