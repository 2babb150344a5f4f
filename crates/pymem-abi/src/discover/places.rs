//! Where a Python may lie.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::install;

/// Folders to look into; they need not exist, and may repeat.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// With libraries.
    pub(super) libraries: Vec<PathBuf>,
    /// With executables.
    pub(super) programs: Vec<PathBuf>,
}

/// Those for an environment.
pub(super) fn here(variable: impl Fn(&str) -> Option<OsString>) -> Places {
    let mut places = Places::default();
    for root in roots(&variable) {
        places.installed(&root);
    }
    for system in ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"] {
        places.libraries.push(system.into());
        places.libraries.extend(folders(Path::new(system)));
    }
    places.programs.extend(["/usr/bin".into(), "/usr/local/bin".into()]);
    let path = variable("PATH").unwrap_or_default();
    let environment = variable("VIRTUAL_ENV").map(|root| PathBuf::from(root).join("bin"));
    for folder in env::split_paths(&path).chain(environment) {
        places.programs(folder);
    }
    let beside: Vec<PathBuf> = places.programs.iter().flat_map(|folder| programs(folder)).collect();
    places.libraries.extend(beside.iter().filter_map(|python| Some(python.parent()?.join("../lib"))));
    places
}

/// Folders in each of which one Python is installed, with its own `bin` and `lib`.
fn roots(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let home = variable("HOME").map(PathBuf::from);
    let or_at_home = |name: &str, default: &str| {
        variable(name).map(PathBuf::from).or_else(|| home.as_ref().map(|home| home.join(default)))
    };
    let pyenv = or_at_home("PYENV_ROOT", ".pyenv").map(|root| root.join("versions"));
    let uv = or_at_home("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python");
    let made = or_at_home("XDG_CACHE_HOME", ".cache").map(|root| root.join("pymem-conform/pythons"));
    [pyenv, uv, made, Some("/opt".into())].into_iter().flatten().flat_map(|parent| folders(&parent)).collect()
}

impl Places {
    fn installed(&mut self, root: &Path) {
        self.libraries.push(root.join("lib"));
        self.programs.push(root.join("bin"));
    }

    /// A folder of executables; for a virtual environment that of the Python it was made from, for shims those of all
    /// versions they may stand for.
    fn programs(&mut self, folder: PathBuf) {
        let versions = folder.with_file_name("versions");
        if folder.ends_with("shims") && versions.is_dir() {
            folders(&versions).for_each(|root| self.installed(&root));
        }
        let home = install::home_of_virtual_environment(&folder.join("python"));
        self.programs.push(home.unwrap_or(folder));
    }
}

/// The Pythons in a folder, links resolved: a link in /usr/local/bin may lead anywhere.
pub(super) fn programs(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_python))
        .filter_map(|entry| fs::canonicalize(entry.path()).ok())
}

/// `python`, `python3`, `python3.13td`, `python3.6m`; not `python3-config`.
pub(super) fn is_python(name: &str) -> bool {
    let rest =
        name.strip_prefix("python").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'));
    rest.is_some_and(|letters| letters.chars().all(|letter| "dmtu".contains(letter)))
}

pub(super) fn folders(parent: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir())
}
