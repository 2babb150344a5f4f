//! What it takes to start a real Python on a candidate: a folder with the library that is preloaded, the errand for it,
//! and what it notes; and the environment that names them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use pymem_abi::program_of;
use pymem_spec::{Configuration, Domain, Mode, Registry, Situation};
use tempfile::TempDir;

use super::agent::{CALLS, ERRAND, Errand, FOLDER, FOUND};
use super::order::How;
use super::violation::Violation;
use crate::sandbox::preload;
use crate::sandbox::spawn::{TUNABLES, with_tls};
use crate::target::Target;

/// The name of the preloaded library.
const AGENT: &str = "pymem-conform-agent.so";
/// A link to a candidate that is preloaded: the list of such libraries is split at spaces and colons.
const CANDIDATE: &str = "candidate.so";

/// A Python that runs on a candidate whenever it is started. What it needs goes with this value.
pub struct Launcher {
    folder: TempDir,
    /// The executable.
    pub program: PathBuf,
    errand: Errand,
}

impl Launcher {
    /// Prepares for an interpreter that has a candidate.
    ///
    /// # Errors
    /// One sentence: there is no executable for it, or no candidate, or no room for the files.
    pub fn of(interpreter: &Target) -> Result<Self, String> {
        let (Some(audit), Some(candidate)) = (&interpreter.audit, &interpreter.candidate) else {
            return Err("there is no interpreter".into());
        };
        let version = interpreter.version.unwrap_or_else(Registry::newest);
        let driving = Registry::embedded().driving(&version, &interpreter.builds);
        if candidate.order.how == How::Set && !driving.own_before_main {
            return Err(format!("Python {version} chooses its allocators anew when it starts as a program"));
        }
        let program = program_of(audit).ok_or("no executable is known that uses this library")?;
        let errand = Errand { python: audit.clone(), inside: candidate.order.clone(), caps: caps(interpreter) };
        Self::new(program, errand).map_err(|error| format!("a Python cannot be started on it: {error}"))
    }

    /// Prepares for `program`, which is the Python of the errand.
    ///
    /// # Errors
    /// If there is no room for the files.
    fn new(program: PathBuf, errand: Errand) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("pymem-conform-").tempdir_in(plain_folder())?;
        fs::write(folder.path().join(AGENT), preload::carried()?)?;
        fs::write(folder.path().join(ERRAND), serde_json::to_vec(&errand)?)?;
        if let Some(audit) = errand.inside.candidate.as_ref().filter(|audit| audit.preload) {
            symlink(&audit.path, folder.path().join(CANDIDATE))?;
        }
        Ok(Self { folder, program, errand })
    }

    /// A folder for files of the Python's.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// An environment made from this one in which the Python runs on the candidate.
    pub fn environment(&self, base: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<(OsString, OsString)> {
        let mut environment: Vec<_> = base.into_iter().collect();
        let mut change = |name: &str, value: &dyn Fn(Option<&OsString>) -> OsString| {
            let at = environment.iter().position(|(known, _)| known == name);
            let new = value(at.map(|at| &environment[at].1));
            match at {
                Some(at) => environment[at].1 = new,
                None => environment.push((name.into(), new)),
            }
        };
        let candidate = self.errand.inside.candidate.as_ref();
        change("LD_PRELOAD", &|before| {
            let mut list = self.folder.path().join(AGENT).into_os_string();
            if candidate.is_some_and(|audit| audit.preload) {
                list.push(":");
                list.push(self.folder.path().join(CANDIDATE));
            }
            for before in before.into_iter().filter(|before| !before.is_empty()) {
                list.push(":");
                list.push(before);
            }
            list
        });
        change(TUNABLES, &|before| with_tls(before, candidate.map_or(0, |audit| audit.tls_size)));
        change(&FOLDER.to_string_lossy(), &|_| self.folder.path().into());
        environment
    }

    /// The violations that were noted.
    pub fn found(&self) -> Vec<Violation> {
        let lines = fs::read_to_string(self.folder.path().join(FOUND)).unwrap_or_default();
        lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Forgets them.
    pub fn forget(&self) {
        // There may be none.
        let _ = fs::remove_file(self.folder.path().join(FOUND));
    }

    /// How many calls were verified, in all processes that came to their end; none where no process did.
    pub fn calls(&self) -> Option<u64> {
        let lines = fs::read_to_string(self.folder.path().join(CALLS)).ok()?;
        Some(lines.lines().filter_map(|line| line.parse::<u64>().ok()).sum())
    }
}

/// The alignment that large blocks need in each domain of an interpreter, in bytes.
fn caps(interpreter: &Target) -> [usize; 3] {
    let situation = Situation {
        version: interpreter.version.unwrap_or_else(Registry::newest),
        builds: &interpreter.builds,
        kind: interpreter.kind,
        mode: Mode::Embedded,
        configuration: Configuration::Default,
    };
    [Domain::Raw, Domain::Mem, Domain::Obj].map(|domain| {
        let cap = Registry::embedded().param("alignment-cap", &situation, Some(domain));
        cap.map_or(MOST_ALIGNED, |cap| cap as usize)
    })
}

/// No block needs more, in bytes.
const MOST_ALIGNED: usize = 16;

/// Where files can lie whose names stand in a list of preloaded libraries.
fn plain_folder() -> PathBuf {
    let folder = std::env::temp_dir();
    let is_plain = |folder: &OsStr| !folder.as_bytes().iter().any(|byte| b" :$".contains(byte));
    if is_plain(folder.as_os_str()) { folder } else { "/tmp".into() }
}
