//! What decides, besides the files themselves, where an argument leads.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where the loader and a shim would look, for a test another place than this process's own.
pub struct Surroundings<'a> {
    /// Variables of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// The current folder.
    pub folder: PathBuf,
    /// The file in which ldconfig lists the system's libraries.
    pub loader_cache: PathBuf,
}

impl Surroundings<'static> {
    /// Those of this process.
    pub fn here() -> Self {
        Self {
            variable: &|name| env::var_os(name),
            // In a folder that was deleted nothing is found by a relative path anyway.
            folder: env::current_dir().unwrap_or_default(),
            loader_cache: "/etc/ld.so.cache".into(),
        }
    }
}

impl Surroundings<'_> {
    /// `path` from the root on. Links stay: a virtual environment begins with one.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        self.folder.join(path).components().collect()
    }

    /// A variable that is set to something.
    pub(super) fn set(&self, name: &str) -> Option<OsString> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}
