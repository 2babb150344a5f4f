//! Witnesses compiled and run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::report::quote;
use crate::sandbox::program::{self, Ended};

/// A witness that takes longer shows nothing.
const LIMIT: Duration = Duration::from_secs(7);
/// A compiler that takes longer does not come to an end.
const COMPILING: Duration = Duration::from_secs(30);

/// A C compiler.
#[derive(Clone, Debug)]
pub struct Compiler(PathBuf);

impl Compiler {
    /// The one that `CC` names, or that is there under a usual name.
    pub fn find() -> Option<Self> {
        let wanted = std::env::var_os("CC").filter(|name| !name.is_empty());
        let names = wanted.into_iter().chain(["cc", "gcc", "clang"].map(OsString::from));
        let folders: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
        let is_there = |path: &PathBuf| path.is_absolute() && path.is_file();
        names
            .flat_map(|name| folders.iter().map(move |folder| folder.join(&name)).collect::<Vec<_>>())
            .find(is_there)
            .map(Self)
    }

    /// The words that compile `source` to `program`.
    pub fn words(source: &Path, program: &Path) -> Vec<OsString> {
        let mut words: Vec<OsString> = ["-g", "-pthread", "-fno-builtin"].map(OsString::from).to_vec();
        words.push(source.into());
        words.push("-o".into());
        words.push(program.into());
        words
    }

    /// Compiles a file.
    ///
    /// # Errors
    /// What the compiler says.
    pub fn compile(&self, source: &Path, program: &Path, defines: &[&str]) -> Result<(), String> {
        let mut words: Vec<OsString> = vec!["-w".into()];
        words.extend(defines.iter().map(OsString::from));
        words.extend(Self::words(source, program));
        match program::run(self.0.as_os_str(), &words, None, COMPILING) {
            Ok((Ended::Exited(0), _)) => Ok(()),
            Ok((_, said)) => Err(said),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What a witness says of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The defect shows.
    Yes,
    /// It does not.
    No,
    /// Neither: how it ended.
    Unclear(String),
}

/// Runs a compiled witness.
pub fn run(program: &Path, words: &[OsString], environment: &[(OsString, OsString)]) -> Shown {
    match program::run(program.as_os_str(), words, Some(environment), LIMIT) {
        // The line as well as the status: a library, too, can end the process with 1.
        Ok((Ended::Exited(1), said)) if said.contains("the defect shows") => Shown::Yes,
        Ok((Ended::Exited(0), said)) if said.contains("the defect does not show") => Shown::No,
        Ok((Ended::Exited(status), said)) => Shown::Unclear(format!("it exits with {status}{}", after_colon(&said))),
        Ok((Ended::Killed(signal), _)) => Shown::Unclear(format!("{signal} kills it")),
        Ok((Ended::TooLarge, _)) => Shown::Unclear("it uses more than 2 GiB".to_owned()),
        Ok((Ended::TimedOut, _)) => Shown::Unclear("it does not end".to_owned()),
        Err(error) => Shown::Unclear(format!("it cannot be run: {error}")),
    }
}

fn after_colon(said: &str) -> String {
    said.lines().next().map(|line| format!(": {}", crate::report::escape(line))).unwrap_or_default()
}

/// A command line for a shell.
pub fn command_line<'w>(words: impl IntoIterator<Item = &'w OsStr>) -> String {
    words.into_iter().map(quote).collect::<Vec<_>>().join(" ")
}
