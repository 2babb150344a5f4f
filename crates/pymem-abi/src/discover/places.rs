//! Folders where a library of CPython may lie.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders for an environment; they need not exist, and may repeat.
pub(super) fn here(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let home = variable("HOME").map(PathBuf::from);
    let or_at_home = |name: &str, default: &str| {
        variable(name).map(PathBuf::from).or_else(|| home.as_ref().map(|home| home.join(default)))
    };
    let pyenv = or_at_home("PYENV_ROOT", ".pyenv").map(|root| root.join("versions"));
    let uv = or_at_home("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python");
    let made = or_at_home("XDG_CACHE_HOME", ".cache").map(|root| root.join("pymem-conform/pythons"));
    let mut places: Vec<PathBuf> =
        [pyenv, uv, made].into_iter().flatten().flat_map(|root| folders(&root)).map(|root| root.join("lib")).collect();
    for system in ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"] {
        places.push(system.into());
        places.extend(folders(Path::new(system)));
    }
    let path = variable("PATH").unwrap_or_default();
    for folder in env::split_paths(&path) {
        places.extend(interpreters(&folder).filter_map(|python| Some(python.parent()?.join("../lib"))));
    }
    places
}

/// The `python3*` in a folder, links resolved: a link in /usr/local/bin may lead anywhere.
fn interpreters(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"))
        .filter_map(|entry| fs::canonicalize(entry.path()).ok())
}

pub(super) fn folders(parent: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir())
}
