//! Reading a file that may be anything.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{Untestable, format};
use crate::install::PROGRAMS;
use crate::text::escape_bytes;

/// No library comes near; a disk image that is named by mistake does.
const LIMIT: u64 = 512 << 20;

/// Enough to tell formats apart.
const HEAD: u64 = 4096;

/// A file's bytes, and its path with links resolved.
pub(super) struct Whole {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// Reads the regular file at `path` into memory. A mapping would be faster, and a
/// file that is cut short meanwhile would end us by SIGBUS.
pub(super) fn whole(path: &Path) -> Result<Whole, Untestable> {
    // Before opening: some devices act when they are opened.
    refuse_what_is_no_file(path, fs::metadata(path).map_err(why)?.file_type())?;
    // Not to wait for a pipe that took the file's place.
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_CLOEXEC;
    let mut file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(why)?;
    let metadata = file.metadata().map_err(why)?;
    refuse_what_is_no_file(path, metadata.file_type())?;

    let mut bytes = Vec::new();
    read_up_to(&mut file, &mut bytes, HEAD)?;
    format::refuse_what_is_no_elf(&bytes)?;
    if metadata.len() > LIMIT {
        return Err(Untestable::TooLarge { limit_mib: LIMIT >> 20 });
    }
    bytes.reserve_exact(metadata.len().saturating_sub(HEAD) as usize + 1);
    read_up_to(&mut file, &mut bytes, LIMIT)?;
    Ok(Whole { path: resolved(path, &metadata)?, bytes })
}

fn refuse_what_is_no_file(path: &Path, kind: FileType) -> Result<(), Untestable> {
    let what = match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => return Err(Untestable::Directory { python: python_in(path) }),
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    };
    Err(Untestable::NotAFile(what))
}

/// The executable of a virtual environment, or of a Python that is installed in `folder`.
fn python_in(folder: &Path) -> Option<String> {
    let programs = PROGRAMS.map(|program| folder.join("bin").join(program));
    let program = programs.iter().find(|program| program.is_file())?;
    Some(escape_bytes(program.as_os_str().as_encoded_bytes()))
}

fn read_up_to(file: &mut File, bytes: &mut Vec<u8>, limit: u64) -> Result<(), Untestable> {
    file.take(limit).read_to_end(bytes).map_err(why)?;
    Ok(())
}

/// The real path; but a file that has none any more (deleted, or a memfd named
/// through /proc) keeps the name by which it could be opened.
fn resolved(path: &Path, opened: &fs::Metadata) -> Result<PathBuf, Untestable> {
    let real = fs::canonicalize(path).ok().filter(|real| {
        fs::metadata(real).is_ok_and(|found| (found.dev(), found.ino()) == (opened.dev(), opened.ino()))
    });
    match real {
        Some(real) => Ok(real),
        None => std::path::absolute(path).map_err(why),
    }
}

fn why(error: io::Error) -> Untestable {
    match error.raw_os_error() {
        Some(libc::ENOENT | libc::ENOTDIR) => Untestable::NoSuchFile,
        Some(libc::ELOOP) => Untestable::LinkLoop,
        Some(libc::EACCES | libc::EPERM) => Untestable::Unreadable("permission denied".to_owned()),
        _ => Untestable::Unreadable(error.to_string()),
    }
}
