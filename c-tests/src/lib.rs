//! C allocators to test the suite with, each a shared library compiled when this package is built:
//! the *hostile* try to break the harness, the *odd* are strange but correct and must never be
//! accused, and the *mutants* break exactly one clause of the contract.
//!
//! Each is one C file in the directory of its group; a comment at its top says what it is. Most
//! are `base/heap.h`, an allocator without a fault, with one function wrapped or one hook defined.

mod header;
pub mod panel;
pub mod python;
mod unbroken;

use std::fs;
use std::path::{Path, PathBuf};

// Written by the build script: `MISSING`, `PROBE` and `libraries`.
include!(concat!(env!("OUT_DIR"), "/table.rs"));

pub use unbroken::WITHOUT_MUTANT;

/// What a library is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Ends, stops, floods or robs the process that uses it. A run over it must end in time with a
    /// complete report.
    Hostile,
    /// Correct in a way that few allocators are. A run over it must find no violation.
    Odd,
    /// Breaks one clause, which that clause's own checks must notice.
    Mutant,
}

/// One compiled allocator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// The name of its C file without extension; no two libraries share one.
    pub name: &'static str,
    /// What it is for.
    pub group: Group,
    /// How it offers the API: `pymem`, `malloc` or `vtable`.
    pub kind: &'static str,
    /// The shared library, an absolute path.
    pub file: PathBuf,
    /// The id of the clause that a mutant breaks; `None` for the other groups.
    pub breaks: Option<&'static str>,
    /// What is special about it, in one sentence without its full stop.
    pub about: &'static str,
    /// Why the process that calls a mutant dies, where that is how its defect shows.
    pub dies: Option<&'static str>,
    /// Whether it is one of the sound ones that the mutants were made from.
    pub control: bool,
    /// Globs of the clauses that are judged where its every step is too slow for all; else none.
    pub judged: &'static [&'static str],
    /// Clauses that the probe asks about where its every step is too slow for all; else none.
    pub asked: &'static [&'static str],
}

/// Every library, by group and then by name; none where [`compiler_missing`] gives a reason.
pub fn all() -> Vec<Library> {
    libraries()
}

/// The library of that name.
pub fn find(name: &str) -> Option<Library> {
    all().into_iter().find(|library| library.name == name)
}

/// Why there are no libraries; `None` where there are.
pub fn compiler_missing() -> Option<String> {
    MISSING.map(str::to_owned)
}

/// An executable that puts one library to a few simple questions, without any of the suite:
/// `probe KIND FILE CLAUSE` ends in 0 if what it asks about the clause is answered well. It is
/// there where the libraries are.
///
/// It keeps the libraries honest: a control or an odd one passes every question, a mutant does not
/// pass the one on the clause that it breaks.
pub fn probe() -> PathBuf {
    PathBuf::from(PROBE)
}

/// The C files of a folder, sorted; none if it cannot be read.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "c")).collect();
    files.sort();
    files
}
