//! Files made for one test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::{Turn, not_run};

/// A folder of files made for one test.
pub struct Lab(TempDir);

impl Lab {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for temporary files is writable"))
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("the folder is ours");
        path
    }

    /// A shared library from C; none, with a line that says so, without a compiler.
    pub fn library(&self, name: &str, source: &str, arguments: &[&str]) -> Option<PathBuf> {
        let (source, library) = (self.file("source.c", source), self.path(name));
        let compiler = std::env::var_os("CC").filter(|name| !name.is_empty()).unwrap_or_else(|| "cc".into());
        let mut command = Command::new(compiler);
        command.args(["-shared", "-fPIC", "-w", "-o"]).arg(&library).arg(&source).args(arguments);
        // A child of this process while somebody looks for strays would be taken for one.
        let turn = Turn::take();
        let status = command.status();
        drop(turn);
        match status {
            Ok(status) => assert!(status.success(), "{command:?}"),
            Err(_) => {
                not_run(name, "apt-get install -y gcc libc6-dev");
                return None;
            }
        }
        Some(library)
    }
}
