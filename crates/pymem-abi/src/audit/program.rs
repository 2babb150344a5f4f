//! The executable that belongs to a library of Python.

use std::path::{Path, PathBuf};

use pymem_spec::Build;

use super::executable::Place;
use super::surroundings::Surroundings;
use super::{Audit, PythonBuild, place_of};

/// The executable with which users start the Python of `audit`: the one through which it was reached, or one in a
/// folder `bin` above the library, or beside it in a build tree, that was read and would use this very library.
/// None for what is no Python, and where there is no such executable.
pub fn program_of(audit: &Audit) -> Option<PathBuf> {
    let python = || program_beside(&audit.path, audit.python.as_ref()?, &Surroundings::here());
    audit.program.clone().or_else(python)
}

/// The executable that would use the library at `library` (links resolved).
pub(crate) fn program_beside(library: &Path, python: &PythonBuild, around: &Surroundings<'_>) -> Option<PathBuf> {
    let folder = library.parent()?;
    let bins = folder.ancestors().skip(1).take(3).map(|above| above.join("bin"));
    let programs = [folder.to_owned()].into_iter().chain(bins).flat_map(|bin| names(python).map(|name| bin.join(name)));
    let uses_it = |program: &PathBuf| matches!(place_of(program, around), Ok(Place::Library(path)) if path.canonicalize().is_ok_and(|path| path == library));
    programs.into_iter().filter(|program| program.is_file()).find(uses_it)
}

/// The most exact first.
fn names(python: &PythonBuild) -> [String; 4] {
    let letter = |build, letter| if python.builds.contains(&build) { letter } else { "" };
    let letters = format!("{}{}", letter(Build::FreeThreaded, "t"), letter(Build::Debug, "d"));
    let line = python.version.line();
    [format!("python{line}{letters}"), format!("python{line}"), "python3".to_owned(), "python".to_owned()]
}
