//! Where a report goes: tried before the run, written after it.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::escape_bytes;

/// An output that was found writable before the run.
///
/// A regular file keeps its old contents until the whole report is there: it is
/// written beside the file and then renamed over it, so nobody ever reads half a
/// report. Dropped without a report, it leaves things as they were.
#[derive(Debug)]
pub struct Destination {
    path: Option<PathBuf>,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Stdout,
    /// A device or a pipe.
    Stream(File),
    /// A regular file that cannot be replaced, for its directory is closed.
    Overwrite(File),
    /// The new contents and the path that they will take.
    Replace(NamedTempFile, PathBuf),
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// All of it is where it should be.
    Complete,
    /// The reader went away first, as `head` does. No fault of the run.
    ReaderGone,
}

/// A report has no place to go: the run ends in
/// [`Status::HarnessFailed`](crate::status::Status::HarnessFailed).
#[derive(Debug)]
pub struct CannotWrite {
    path: Option<PathBuf>,
    source: io::Error,
}

impl Destination {
    /// Standard output.
    pub const fn stdout() -> Self {
        Self { path: None, sink: Sink::Stdout }
    }

    /// A file, tried at once. Opening a named pipe waits for its reader, as it
    /// does for every program.
    ///
    /// # Errors
    /// The file can be neither created nor written.
    pub fn file(path: &Path) -> Result<Self, CannotWrite> {
        let sink = open(path).map_err(|source| CannotWrite { path: Some(path.to_owned()), source })?;
        Ok(Self { path: Some(path.to_owned()), sink })
    }

    /// Whether to colour what is written here: only on a terminal that can, and
    /// not where `NO_COLOR` is set to anything.
    pub fn wants_color(&self) -> bool {
        let is_terminal = matches!(self.sink, Sink::Stdout) && io::IsTerminal::is_terminal(&io::stdout());
        is_terminal && bears_color(std::env::var_os("NO_COLOR"), std::env::var_os("TERM"))
    }

    /// Writes the whole report.
    ///
    /// # Errors
    /// The device is full or fails. A regular file then keeps its old contents.
    pub fn write(self, report: &str) -> Result<Delivery, CannotWrite> {
        let Self { path, sink } = self;
        match put(sink, report.as_bytes()) {
            Ok(()) => Ok(Delivery::Complete),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Delivery::ReaderGone),
            Err(source) => Err(CannotWrite { path, source }),
        }
    }
}

impl fmt::Display for CannotWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => {
                let path = escape_bytes(path.as_os_str().as_encoded_bytes());
                write!(f, "the report cannot be written to `{path}`: {}", self.source)
            }
            None => write!(f, "the report cannot be written to standard output: {}", self.source),
        }
    }
}

impl std::error::Error for CannotWrite {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Whether the user of a terminal, and the terminal, can do with colours.
fn bears_color(no_color: Option<OsString>, terminal: Option<OsString>) -> bool {
    no_color.is_none_or(|value| value.is_empty()) && terminal.is_none_or(|terminal| terminal != "dumb")
}

fn open(path: &Path) -> io::Result<Sink> {
    // `/dev/stdout` may lead to a regular file that the shell holds open:
    // replacing it would take it away from whatever is written next.
    let is_special = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|root| path.starts_with(root));
    match fs::metadata(path) {
        Ok(found) if found.is_file() && !is_special => {
            // Asks for permission only; nothing is truncated.
            let file = OpenOptions::new().write(true).open(path)?;
            let path = path.canonicalize()?;
            match beside(&path) {
                Ok(new) => {
                    new.as_file().set_permissions(found.permissions())?;
                    Ok(Sink::Replace(new, path))
                }
                Err(_) => Ok(Sink::Overwrite(file)),
            }
        }
        Ok(_) => OpenOptions::new().append(true).open(path).map(Sink::Stream),
        // A link to nowhere: the link stays, what it names is created.
        Err(_) if path.is_symlink() => {
            OpenOptions::new().write(true).create(true).truncate(false).open(path).map(Sink::Overwrite)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let path = std::path::absolute(path)?;
            Ok(Sink::Replace(beside(&path)?, path))
        }
        Err(error) => Err(error),
    }
}

/// A temporary file in the directory of `path`, an absolute one, which a rename can then move over it.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let (Some(folder), false) = (path.parent(), path.as_os_str().as_encoded_bytes().ends_with(b"/")) else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    // Opened as any new file, so that the caller's umask decides who may read it.
    let create = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
    tempfile::Builder::new().prefix(".pymem-conform-").suffix(".tmp").make_in(folder, create)
}

fn put(sink: Sink, report: &[u8]) -> io::Result<()> {
    match sink {
        Sink::Stdout => {
            let mut out = io::stdout().lock();
            out.write_all(report)?;
            out.flush()
        }
        Sink::Stream(mut file) => file.write_all(report),
        Sink::Overwrite(mut file) => {
            file.set_len(0)?;
            file.write_all(report)
        }
        Sink::Replace(mut file, path) => {
            file.write_all(report)?;
            file.flush()?;
            file.persist(path).map(drop).map_err(|failed| failed.error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(None, None, true)]
    #[case(None, Some("xterm"), true)]
    #[case(None, Some("dumb"), false)]
    #[case(Some(""), Some("xterm"), true)]
    #[case(Some("1"), Some("xterm"), false)]
    #[case(Some("0"), None, false)]
    fn colours_can_be_refused(#[case] no_color: Option<&str>, #[case] terminal: Option<&str>, #[case] expected: bool) {
        assert_eq!(bears_color(no_color.map(Into::into), terminal.map(Into::into)), expected);
    }

    #[test]
    fn only_a_terminal_has_colours() {
        let device = Destination::file(Path::new("/dev/null")).expect("it can be written");
        assert!(!device.wants_color());
        assert!(!Destination::stdout().wants_color() || io::IsTerminal::is_terminal(&io::stdout()));
    }

    #[test]
    fn the_error_names_its_cause() {
        let error = Destination::file(Path::new("/dev/null/report")).expect_err("no folder");
        let cause = std::error::Error::source(&error).expect("the system said why").to_string();
        assert_eq!(error.to_string(), format!("the report cannot be written to `/dev/null/report`: {cause}"));
    }
}
