//! The CPythons on this machine.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use pymem_spec::{Build, Version};

use crate::audit::{Place, Surroundings, libraries_of_system, place_of, program_beside, python_build};

mod headers;
mod places;
mod wanted;

pub use headers::headers;
use places::Places;
use wanted::Wanted;
pub use wanted::shortest_names;

/// A CPython that can be tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its shared library, or the executable that it is linked into. Absolute, links resolved.
    pub path: PathBuf,
    /// Whether [`path`](Self::path) is a shared library.
    pub is_shared: bool,
    /// Read from the file's data.
    pub version: Version,
    /// In the order of [`Build::ALL`].
    pub builds: Vec<Build>,
    /// The executable with which users start it, if there is one.
    pub program: Option<PathBuf>,
}

/// All of them, each once, by version, shared ones first, and then by path. Looked for where pyenv, uv and
/// `xtask/build-pythons` install, in the system's library folders and ldconfig's cache, in the folders of
/// `PATH`, of `VIRTUAL_ENV` and below `/opt`, and behind shims and virtual environments there.
pub fn pythons() -> Vec<Found> {
    pythons_in(&places::here(|name| env::var_os(name)), &Surroundings::here(), |_| true)
}

/// Those of [`pythons`] that are shared libraries.
pub fn shared_pythons() -> Vec<Found> {
    let mut found = pythons();
    found.retain(|found| found.is_shared);
    found
}

/// The file that `python:TEXT` names: `3.13` is the newest patch release with the
/// GIL, `3.13t` the newest free-threaded, `3.13d` the newest debug build, `3.13.0` exactly that,
/// `3.13-no-pymalloc` and `3.13-serial-number` a build that is so. A shared library comes before an executable.
///
/// # Errors
///
/// For a text that is no version, and where there is no such Python; then with
/// what there is.
pub fn resolve(text: &str) -> Result<PathBuf, String> {
    let wanted: Wanted = text.parse()?;
    let (places, around) = (places::here(|name| env::var_os(name)), Surroundings::here());
    let found = pythons_in(&places, &around, |line| line == wanted.line());
    match wanted.best_of(&found) {
        Some(found) => Ok(found.path.clone()),
        None => Err(wanted.missing(&pythons_in(&places, &around, |_| true))),
    }
}

/// The Pythons of a line (major, minor) that is `wanted`.
fn pythons_in(places: &Places, around: &Surroundings<'_>, wanted: impl Fn((u16, u16)) -> bool) -> Vec<Found> {
    let is_wanted = |path: &PathBuf| path.file_name().and_then(line_of_file).is_some_and(&wanted);
    let listed = libraries_of_system(around).into_iter().map(|(_, path)| path);
    let in_folders = places.libraries.iter().flat_map(|folder| files(folder));
    // Each library with an executable that led there.
    let mut libraries: BTreeMap<PathBuf, Option<PathBuf>> = in_folders
        .chain(listed)
        .filter(is_wanted)
        .filter_map(|path| Some((fs::canonicalize(path).ok()?, None)))
        .collect();
    let mut executables = Vec::new();
    for program in programs(places) {
        // A name without a version may be of any.
        if !program.file_name().and_then(line_of_program).is_none_or(&wanted) {
            continue;
        }
        match place_of(&program, around) {
            Ok(Place::Itself) => executables.push(program),
            Ok(Place::Library(path)) if is_wanted(&path) => {
                let Ok(path) = fs::canonicalize(path) else { continue };
                libraries.entry(path).or_default().get_or_insert(program);
            }
            // Naming it as a target tells why it cannot be tested.
            _ => {}
        }
    }
    let shared = libraries.into_iter().filter_map(|(path, program)| library(path, program, around));
    let linked_in = executables.into_iter().filter_map(executable).filter(|found| wanted(found.line()));
    let mut found: Vec<Found> = shared.chain(linked_in).collect();
    found.sort_by(|a, b| (a.version, !a.is_shared, &a.path).cmp(&(b.version, !b.is_shared, &b.path)));
    found
}

/// Every executable once: two names may be one file.
fn programs(places: &Places) -> Vec<PathBuf> {
    let all: BTreeSet<PathBuf> = places.programs.iter().flat_map(|folder| places::programs(folder)).collect();
    let mut seen = HashSet::new();
    let mut is_new = |path: &PathBuf| fs::metadata(path).is_ok_and(|file| seen.insert((file.dev(), file.ino())));
    all.into_iter().filter(|path| is_new(path)).collect()
}

/// None for what cannot be tested: naming it as a target tells why.
fn library(path: PathBuf, led_here: Option<PathBuf>, around: &Surroundings<'_>) -> Option<Found> {
    let python = python_build(&path).ok()?;
    let program = program_beside(&path, &python, around).or(led_here);
    Some(Found { path, is_shared: true, version: python.version, builds: python.builds, program })
}

fn executable(path: PathBuf) -> Option<Found> {
    let python = python_build(&path).ok()?;
    let program = Some(path.clone());
    Some(Found { path, is_shared: false, version: python.version, builds: python.builds, program })
}

impl Found {
    /// Major and minor.
    fn line(&self) -> (u16, u16) {
        (self.version.major, self.version.minor)
    }
}

/// Line of `python3.13t`; none for `python3`.
fn line_of_program(name: &OsStr) -> Option<(u16, u16)> {
    crate::audit::line_of(&format!("lib{}", name.to_str()?))
}

/// Line of `libpython3.13.so` and of `libpython3.13t.so.1.0`; none for other names,
/// `libpython3.so` and `libpython3.13.a` among them.
fn line_of_file(name: &OsStr) -> Option<(u16, u16)> {
    let name = name.to_str()?;
    name.contains(".so").then(|| crate::audit::line_of(name))?
}

/// No files for a folder that cannot be read.
fn files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

#[cfg(test)]
mod tests;
