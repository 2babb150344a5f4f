//! The shared CPython libraries on this machine.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use pymem_spec::{Build, Version};

use crate::audit::python_build;

mod headers;
mod places;
mod wanted;

pub use headers::headers;
use wanted::Wanted;

/// A shared library of a CPython that can be tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Absolute, links resolved.
    pub path: PathBuf,
    /// Read from the library's data.
    pub version: Version,
    /// In the order of [`Build::ALL`].
    pub builds: Vec<Build>,
}

/// All of them, each once, by version and then by path. Looked for where pyenv, uv and
/// `xtask/build-pythons` install, in the system's library folders, and beside every `python3*` on PATH.
pub fn pythons() -> Vec<Found> {
    pythons_in(&places::here(|name| env::var_os(name)), |_| true)
}

/// The library that `python:TEXT` names: `3.13` is the newest patch release with the
/// GIL, `3.13t` the newest free-threaded, `3.13d` the newest debug build, `3.13.0` exactly that,
/// `3.13-no-pymalloc` and `3.13-serial-number` a build that is so.
///
/// # Errors
///
/// For a text that is no version, and where there is no such library; then with
/// what there is.
pub fn resolve(text: &str) -> Result<PathBuf, String> {
    let wanted: Wanted = text.parse()?;
    let places = places::here(|name| env::var_os(name));
    let found = pythons_in(&places, |line| line == wanted.line());
    match wanted.best_of(&found) {
        Some(found) => Ok(found.path.clone()),
        None => Err(wanted.missing(&pythons_in(&places, |_| true))),
    }
}

/// The libraries in `folders` whose name says a line (major, minor) that is `wanted`.
fn pythons_in(folders: &[PathBuf], wanted: impl Fn((u16, u16)) -> bool) -> Vec<Found> {
    let is_wanted = |path: &PathBuf| path.file_name().and_then(line_of_file).is_some_and(&wanted);
    let paths: BTreeSet<PathBuf> = folders
        .iter()
        .flat_map(|folder| files(folder))
        .filter(is_wanted)
        .filter_map(|path| fs::canonicalize(path).ok())
        .collect();
    let mut found: Vec<Found> = paths.into_iter().filter_map(examined).collect();
    found.sort_by(|a, b| (a.version, &a.path).cmp(&(b.version, &b.path)));
    found
}

/// None for what cannot be tested: naming it as a target tells why.
fn examined(path: PathBuf) -> Option<Found> {
    let python = python_build(&path).ok()?;
    Some(Found { path, version: python.version, builds: python.builds })
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
