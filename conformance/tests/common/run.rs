//! One run of the program.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Turn, signal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pymem-conform");

/// A run that takes longer than this, times [`patience`], is given up.
const LIMIT: Duration = Duration::from_secs(60);

/// How many times longer than on an idle machine everything may take: the variable
/// `PYMEM_TEST_PATIENCE`, 1 where it is not set.
pub fn patience() -> u32 {
    static FACTOR: LazyLock<u32> = LazyLock::new(|| {
        let value = std::env::var("PYMEM_TEST_PATIENCE").ok();
        value.map_or(1, |value| value.parse().expect("PYMEM_TEST_PATIENCE is a whole number above 0"))
    });
    *FACTOR
}

/// A run to be made: words, a working directory of its own, and limits.
pub struct Run {
    words: Vec<OsString>,
    command: Command,
    room: TempDir,
    /// What may lie in the working directory after the run.
    furniture: Vec<PathBuf>,
    limit: Duration,
}

impl Run {
    /// The program, called with these words.
    pub fn new<W: AsRef<OsStr>>(words: impl IntoIterator<Item = W>) -> Self {
        let room = tempfile::tempdir().expect("a folder for temporary files is writable");
        for folder in ["here", "tmp", "cache"] {
            fs::create_dir(room.path().join(folder)).expect("the folder is ours");
        }
        let mut command = Command::new(PROGRAM);
        command.current_dir(room.path().join("here")).env("TMPDIR", room.path().join("tmp"));
        // What is remembered of other runs is none of a test's.
        command.env("XDG_CACHE_HOME", room.path().join("cache"));
        // As a user's shell has it, not as `cargo xtask test` has.
        command.env_remove(pymem_conform::command::CALLED_AS).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let words = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
        Self { words, command, room, furniture: Vec::new(), limit: LIMIT }
    }

    /// A run over `target` that reports in JSON.
    pub fn json(target: impl AsRef<OsStr>) -> Self {
        Self::new([OsStr::new("--format=json"), target.as_ref()])
    }

    /// A run over `target` that reports to people.
    pub fn human(target: impl AsRef<OsStr>) -> Self {
        Self::new([target])
    }

    /// More words.
    pub fn with<W: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        // Before the target, which may stand behind `--`.
        let words: Vec<OsString> = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
        self.words.splice(..0, words);
        self
    }

    /// How the run is started, for what is rarely changed: environment, streams, working directory.
    pub fn command(&mut self) -> &mut Command {
        &mut self.command
    }

    /// The path of `name` in the working directory.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.room.path().join("here").join(name)
    }

    /// A file that the run may leave in the working directory, such as a report that it was asked for.
    pub fn may_leave(mut self, name: impl AsRef<Path>) -> Self {
        self.furniture.push(self.path(name));
        self
    }

    /// Runs, and expects that no process and no file is left behind.
    pub fn end(self) -> Ended {
        let turn = Turn::take();
        let ended = self.start(&turn).end();
        turn.nothing_is_left();
        ended
    }

    /// Starts the run.
    pub fn start(mut self, _turn: &Turn) -> Running {
        // Only who asks for witnesses gets any: they take time.
        let is_asked = |word: &OsString| word.as_encoded_bytes().starts_with(b"--witness-dir");
        let judges = self.words.first().is_none_or(|word| word != "python");
        if judges && !self.words.iter().any(is_asked) {
            self.words.insert(0, "--witness-dir=".into());
        }
        self.furniture.extend(files(self.room.path()));
        let started = Instant::now();
        let mut child = self.command.args(&self.words).spawn().expect("the program can be started");
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        Running { child, stdout, stderr, started, run: self }
    }
}

/// A run that goes on.
pub struct Running {
    child: Child,
    stdout: Option<Receiver<Vec<u8>>>,
    stderr: Option<Receiver<Vec<u8>>>,
    started: Instant,
    run: Run,
}

impl Running {
    /// Number of the process that the user started.
    pub fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// How long it has been running.
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Waits for the end, and expects that no file is left behind.
    ///
    /// # Panics
    /// If it takes too long, or a file is left.
    pub fn end(self) -> Ended {
        self.end_with(|| ()).0
    }

    /// As [`Self::end`], with what `look` finds before the working directory goes.
    pub fn end_with<T>(mut self, look: impl FnOnce() -> T) -> (Ended, T) {
        let status = self.wait();
        let time = self.started.elapsed();
        let words = &self.run.words;
        let ended = Ended {
            status: status.code(),
            signal: status.signal(),
            stdout: all_of(self.stdout.take(), words),
            stderr: String::from_utf8_lossy(&all_of(self.stderr.take(), words)).into_owned(),
            time,
            words: words.clone(),
        };
        let left = files(self.run.room.path());
        let new: Vec<&PathBuf> = left.iter().filter(|path| !self.run.furniture.contains(path)).collect();
        assert!(new.is_empty(), "{words:?} left files behind: {new:?}");
        (ended, look())
    }

    fn wait(&mut self) -> ExitStatus {
        let limit = self.run.limit * patience();
        loop {
            if let Some(status) = self.child.try_wait().expect("the child is ours") {
                return status;
            }
            assert!(self.age() < limit, "{:?} did not end within {limit:?}", self.run.words);
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Running {
    /// Nothing outlives a test that failed.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            signal(self.pid(), libc::SIGKILL);
            let _ = self.child.wait();
        }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; none if a signal killed it.
    pub status: Option<i32>,
    /// The signal that killed it.
    pub signal: Option<i32>,
    /// Empty where it went elsewhere.
    pub stdout: Vec<u8>,
    /// Bytes that are not UTF-8 replaced.
    pub stderr: String,
    /// From start to end.
    pub time: Duration,
    words: Vec<OsString>,
}

impl Ended {
    /// Standard output as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("reports are UTF-8")
    }

    /// Expects this exit status.
    #[track_caller]
    pub fn has_status(&self, status: i32) -> &Self {
        let text = || String::from_utf8_lossy(&self.stdout[self.stdout.len().saturating_sub(2000)..]).into_owned();
        let Self { words, stderr, signal, .. } = self;
        assert_eq!(self.status, Some(status), "{words:?}\nsignal: {signal:?}\nstderr: {stderr}\nstdout: {}", text());
        self
    }

    /// Expects that it took at most this many seconds, times [`patience`].
    #[track_caller]
    pub fn within(&self, seconds: f64) -> &Self {
        let limit = Duration::from_secs_f64(seconds) * patience();
        assert!(self.time <= limit, "{:?} took {:?}, more than {limit:?}", self.words, self.time);
        self
    }

    /// The one line on standard error, without the program's name and its newline. Expects that it is
    /// one, and that nothing in it steers a terminal.
    #[track_caller]
    pub fn sentence(&self) -> &str {
        let line = self.stderr.strip_prefix("pymem-conform: ").and_then(|line| line.strip_suffix('\n'));
        let line = line.unwrap_or_else(|| panic!("{:?}: not one line of ours: {:?}", self.words, self.stderr));
        assert!(!line.is_empty() && line.chars().all(|c| !c.is_control()), "{:?}: {line:?}", self.words);
        line
    }
}

/// Reads a stream to its end, beside the run: a pipe that is full would stop it.
fn collect(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// What was read. A user who reads a pipe waits until all who hold it are gone, so this must come soon.
fn all_of(stream: Option<Receiver<Vec<u8>>>, words: &[OsString]) -> Vec<u8> {
    let Some(stream) = stream else { return Vec::new() };
    let bytes = stream.recv_timeout(Duration::from_secs(2) * patience());
    bytes.unwrap_or_else(|_| panic!("{words:?}: somebody holds an output of the run that has ended"))
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let below = |path: PathBuf| match path.is_dir() && !path.is_symlink() {
        true => [vec![path.clone()], files(&path)].concat(),
        false => vec![path],
    };
    entries.flat_map(|entry| below(entry.path())).collect()
}
