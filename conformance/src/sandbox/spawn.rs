//! Starts a worker.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;

use super::entry::WORKER_NAME;
use super::launch::Launch;
use super::shm::{Board, Control, LAUNCH_BYTES};
use super::{preload, sys};
use crate::tape::Tape;

/// The C library's setting for static TLS that libraries opened late may use, in
/// bytes. The default of 512 is too little for jemalloc and others.
const STATIC_TLS: &str = "glibc.rtld.optional_static_tls=";
/// The variable of such settings.
pub const TUNABLES: &str = "GLIBC_TUNABLES";
/// So much that what works at all works with it.
const ENOUGH_TLS: u64 = 65536;
/// Bytes of a process's output that are kept.
const OUTPUT: usize = 64 << 10;

/// How to start the workers of one session.
#[derive(Clone, Debug)]
pub struct Order {
    /// What the worker is told.
    pub launch: Launch,
    /// Its environment, complete.
    pub environment: Vec<(OsString, OsString)>,
    /// The library that is in the process from the start.
    pub preload: Option<PathBuf>,
    /// Whether there is a tape for steps.
    pub taped: bool,
}

/// A running worker, and the keeper's ends of what they share.
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// Whether its end was learnt: its number may be another process's by now.
    pub reaped: bool,
    control: *mut Control,
    board: *mut Board,
    tape: Option<*mut Tape>,
    output: File,
    printed: Vec<u8>,
    // Reaped by the keeper, with all its other children.
    _child: std::process::Child,
}

impl Process {
    /// Starts a worker. This process must have one thread.
    ///
    /// # Errors
    /// If the system refuses memory, descriptors or a process.
    pub fn start(order: &Order) -> io::Result<Self> {
        let control_fd = sys::memory_file(size_of::<Control>())?;
        let board_fd = sys::memory_file(size_of::<Board>())?;
        let control: *mut Control = sys::map_shared(control_fd, size_of::<Control>(), true)?.cast();
        let board: *mut Board = sys::map_shared(board_fd, size_of::<Board>(), true)?.cast();
        let mut tape_fd = -1;
        let mut tape = None;
        if order.taped {
            tape_fd = sys::memory_file(size_of::<Tape>())?;
            tape = Some(sys::map_shared(tape_fd, size_of::<Tape>(), true)?.cast());
        }
        write_launch(control, &order.launch)?;
        let (read, write) = sys::pipe()?;
        // Who prints waits until there is room, as with any pipe; the keeper
        // reads while it waits.
        sys::make_blocking(&write);
        sys::widen_pipe(&read);
        let shared = [control_fd, board_fd, tape_fd];
        let child = command(order, shared, write)?.spawn();
        shared.into_iter().filter(|descriptor| *descriptor >= 0).for_each(sys::close);
        let child = child?;
        Ok(Self {
            pid: child.id() as i32,
            reaped: false,
            control,
            board,
            tape,
            output: File::from(read),
            printed: Vec::new(),
            _child: child,
        })
    }

    /// What this keeper says.
    pub fn control(&self) -> &Control {
        // SAFETY: mapped until `self` is dropped; all fields are atomics but
        // the launch order, which nobody changes any more.
        unsafe { &*self.control }
    }

    /// What the worker and its children say.
    pub fn board(&self) -> &Board {
        // SAFETY: mapped until `self` is dropped. Only its atomics are read
        // through this reference.
        unsafe { &*self.board }
    }

    /// The tape, if there is one.
    pub fn tape(&self) -> Option<&Tape> {
        // SAFETY: mapped until `self` is dropped; all of it is atomics.
        self.tape.map(|tape| unsafe { &*tape })
    }

    /// The message left under `nonce`.
    pub fn message(&self, nonce: u64) -> Option<Vec<u8>> {
        // SAFETY: the board is mapped.
        unsafe { Board::read(self.board, nonce) }
    }

    /// The descriptor from which the output is read.
    pub fn output_fd(&self) -> i32 {
        self.output.as_raw_fd()
    }

    /// Reads what was printed, so that nobody waits for room; the first 64 KiB
    /// are kept.
    pub fn drain(&mut self) {
        let mut text = [0; 64 << 10];
        // The read end never blocks; the limit is for a stray that goes on
        // writing.
        for _ in 0..256 {
            match self.output.read(&mut text) {
                Ok(count) if count > 0 => {
                    let room = OUTPUT.saturating_sub(self.printed.len());
                    self.printed.extend_from_slice(&text[..count.min(room)]);
                }
                _ => break,
            }
        }
    }

    /// What was printed since the last call, cut to 64 KiB.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.drain();
        std::mem::take(&mut self.printed)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SAFETY: mapped by `start`, and no reference outlives `self`.
        unsafe { libc::munmap(self.control.cast(), size_of::<Control>()) };
        // SAFETY: as above.
        unsafe { libc::munmap(self.board.cast(), size_of::<Board>()) };
        if let Some(tape) = self.tape {
            // SAFETY: as above.
            unsafe { libc::munmap(tape.cast(), size_of::<Tape>()) };
        }
    }
}

fn write_launch(control: *mut Control, launch: &Launch) -> io::Result<()> {
    let text = serde_json::to_vec(launch)?;
    if text.len() > LAUNCH_BYTES {
        return Err(io::Error::other("the launch order is too long"));
    }
    // SAFETY: the control page is mapped and not yet shared with anybody.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), (&raw mut (*control).launch).cast(), text.len()) };
    // SAFETY: as above.
    unsafe { &(*control).keeper }.store(std::process::id().cast_signed(), Ordering::Relaxed);
    // SAFETY: as above.
    unsafe { &(*control).launch_len }.store(text.len() as u32, Ordering::Release);
    Ok(())
}

fn command(order: &Order, shared: [i32; 3], output: OwnedFd) -> io::Result<Command> {
    let executable = order.launch.audit.as_ref().filter(|audit| audit.is_executable);
    let mut command = match executable {
        Some(audit) => Command::new(&audit.path),
        None => Command::new("/proc/self/exe"),
    };
    command
        .arg0(WORKER_NAME)
        .arg(format!("{},{},{}", shared[0], shared[1], shared[2]))
        .env_clear()
        .envs(order.environment.iter().map(|(name, value)| (name, value)))
        .env(TUNABLES, tunables(order))
        // A symbol that is missing shows at once, with the loader's message.
        .env("LD_BIND_NOW", "1")
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output);
    let mut preloads = Preloads { list: variable(order, "LD_PRELOAD").cloned().unwrap_or_default(), files: Vec::new() };
    if let Some(path) = &order.preload {
        preloads.add(path)?;
    }
    if executable.is_some() {
        preloads.add_first(preload::open()?);
    }
    if !preloads.list.is_empty() {
        command.env("LD_PRELOAD", &preloads.list);
    }
    let files = preloads.files;
    let prepare = move || {
        sys::die_with_parent();
        sys::lead_group();
        sys::default_interrupts();
        let [control, board, tape] = shared;
        let file = |at: usize| files.get(at).map_or(-1, AsRawFd::as_raw_fd);
        sys::pass_on_only(&[control, board, tape, file(0), file(1)]);
        Ok(())
    };
    // SAFETY: only system calls are made between fork and exec.
    unsafe { command.pre_exec(prepare) };
    Ok(command)
}

/// Libraries that a process is started with.
struct Preloads {
    /// As the loader reads it.
    list: OsString,
    /// Those that are named by their descriptors.
    files: Vec<OwnedFd>,
}

impl Preloads {
    /// Puts a library behind those that are there.
    fn add(&mut self, path: &Path) -> io::Result<()> {
        if !self.list.is_empty() {
            self.list.push(":");
        }
        if path.as_os_str().as_encoded_bytes().iter().any(|byte| b" :$".contains(byte)) {
            // The list is split at spaces and colons, and `$` is expanded. A
            // descriptor's name has none of them; but a library that looks for
            // files beside itself does not find them there.
            let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
            self.list.push(name_of(file.as_raw_fd()));
            self.files.push(file.into());
        } else {
            self.list.push(path);
        }
        Ok(())
    }

    /// Puts a library before them: its constructor runs after theirs.
    fn add_first(&mut self, file: OwnedFd) {
        let mut list = OsString::from(name_of(file.as_raw_fd()));
        if !self.list.is_empty() {
            list.push(":");
            list.push(&self.list);
        }
        self.list = list;
        self.files.push(file);
    }
}

fn name_of(descriptor: i32) -> String {
    format!("/proc/self/fd/{descriptor}")
}

fn tunables(order: &Order) -> OsString {
    let own = order.launch.audit.as_ref().map_or(0, |audit| audit.tls_size);
    with_tls(variable(order, TUNABLES), own)
}

/// Settings of the C library with which a library that takes so many bytes of every thread can be opened late.
pub fn with_tls(tunables: Option<&OsString>, own: u64) -> OsString {
    let mut tunables = tunables.cloned().unwrap_or_default();
    if !tunables.is_empty() {
        tunables.push(":");
    }
    tunables.push(format!("{STATIC_TLS}{}", own + ENOUGH_TLS));
    tunables
}

fn variable<'o>(order: &'o Order, name: &str) -> Option<&'o OsString> {
    order.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}
