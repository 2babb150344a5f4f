//! The scripts of pyenv that stand for a program of whichever Python is chosen: what they would start, found by
//! reading what they read.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use pymem_spec::Version;

use super::Untestable;
use super::surroundings::Surroundings;
use crate::install;
use crate::text::{escape_bytes, excerpt};

/// The version that stands for the programs on PATH.
const SYSTEM: &str = "system";

/// What the script at `path` would start; none where it is no shim, but some other script.
pub(super) fn behind(path: &Path, around: &Surroundings<'_>) -> Result<Option<PathBuf>, Untestable> {
    let Some(shim) = Shim::at(path) else { return Ok(None) };
    let choice = chosen(&shim.root, around);
    match choice.iter().find_map(|version| shim.program_of(version, around)) {
        Some(program) => Ok(Some(program)),
        None => Err(Untestable::Shim {
            program: excerpt(shim.program.as_bytes()),
            chosen: excerpt(choice.join(", ").as_bytes()),
            versions: escape_bytes(shim.versions().as_os_str().as_bytes()),
        }),
    }
}

/// `ROOT/shims/PROGRAM`, beside which `ROOT/versions` lies.
struct Shim {
    root: PathBuf,
    program: OsString,
}

impl Shim {
    fn at(path: &Path) -> Option<Self> {
        let path = fs::canonicalize(path).ok()?;
        let folder = path.parent().filter(|folder| folder.ends_with("shims"))?;
        let shim = Self { root: folder.parent()?.to_owned(), program: path.file_name()?.to_owned() };
        shim.versions().is_dir().then_some(shim)
    }

    fn versions(&self) -> PathBuf {
        self.root.join("versions")
    }

    /// The program of a version as it is written, or else of the newest that begins so: 3.12 may stand for 3.12.1.
    fn program_of(&self, version: &str, around: &Surroundings<'_>) -> Option<PathBuf> {
        if version == SYSTEM {
            return self.on_path(around);
        }
        let names = [version, version.strip_prefix("python-").unwrap_or(version)];
        let exact = names.iter().map(|name| self.versions().join(name)).find(|folder| folder.is_dir());
        let folder = exact.or_else(|| names.iter().find_map(|name| self.newest(name)))?;
        Some(folder.join("bin").join(&self.program)).filter(|program| is_executable(program))
    }

    fn newest(&self, line: &str) -> Option<PathBuf> {
        let (line, letter) = line.strip_suffix('t').map_or((line, ""), |line| (line, "t"));
        let release = |folder: &PathBuf| {
            let name = folder.file_name()?.to_str()?;
            let version = name.strip_prefix(line)?.strip_prefix('.').and(name.strip_suffix(letter))?;
            version.parse().ok().filter(|version: &Version| version.pre.is_none())
        };
        let folders = fs::read_dir(self.versions()).ok()?.flatten().map(|entry| entry.path());
        folders.filter_map(|folder| Some((release(&folder)?, folder))).max().map(|(_, folder)| folder)
    }

    fn on_path(&self, around: &Surroundings<'_>) -> Option<PathBuf> {
        let is_shims =
            |folder: &PathBuf| fs::canonicalize(folder).is_ok_and(|folder| folder == self.root.join("shims"));
        let path = around.set("PATH")?;
        let folders = env::split_paths(&path).map(|folder| around.absolute(&folder));
        folders.filter(|folder| !is_shims(folder)).map(|folder| folder.join(&self.program)).find(|p| is_executable(p))
    }
}

/// The versions that are chosen, first the one to prefer: by `PYENV_VERSION`, or in the nearest `.python-version`, or
/// for all.
fn chosen(root: &Path, around: &Surroundings<'_>) -> Vec<String> {
    let versions = match around.set("PYENV_VERSION") {
        Some(list) => list.to_string_lossy().split(':').map(str::to_owned).collect(),
        None => {
            let local = around.folder.ancestors().map(|folder| folder.join(".python-version"));
            let file = local.into_iter().find(|file| file.is_file()).unwrap_or_else(|| root.join("version"));
            versions_in(&install::head(&file).unwrap_or_default())
        }
    };
    let versions: Vec<String> = versions.into_iter().filter(|version| is_below(version)).collect();
    if versions.is_empty() { vec![SYSTEM.to_owned()] } else { versions }
}

/// The first word of each line that is no comment.
fn versions_in(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let words = text.lines().filter_map(|line| line.split_whitespace().next());
    words.filter(|word| !word.starts_with('#')).map(str::to_owned).collect()
}

/// Whether it is the name of a folder below that of the versions, and does not lead out of it.
fn is_below(version: &str) -> bool {
    !version.is_empty() && Path::new(version).components().all(|part| matches!(part, Component::Normal(_)))
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o111 != 0)
}
