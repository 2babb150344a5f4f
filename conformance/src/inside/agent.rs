//! What the preloaded library does in a Python that a user runs: it puts the candidate in, before `main`, and goes away.

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::fs::OpenOptions;
use std::io::Write;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use pymem_abi::audit::Audit;
use pymem_abi::load::PythonApi;
use pymem_spec::Domain;
use serde::{Deserialize, Serialize};

use super::order::Inside;
use super::violation::Violation;
use super::{guard, install};
use crate::sandbox::heap::Heap;
use crate::sandbox::{loading, sys};

/// The variable that names the folder of an [`Errand`]. Programs that a Python starts inherit it.
pub const FOLDER: &CStr = c"PYMEM_CONFORM_INSIDE";
/// The errand in that folder.
pub const ERRAND: &str = "errand.json";
/// Where violations are noted there, a line each.
pub const FOUND: &str = "found";
/// Where each process notes at its end how many calls were verified, a line each.
pub const CALLS: &str = "calls";
/// The status of a Python that the candidate could not be put into.
pub const NOT_PUT_IN: i32 = 70;

/// Violations that one process notes at most.
const MOST: usize = 20;

/// What is to be put into which Python.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Errand {
    /// The Python; others are left alone.
    pub python: Audit,
    /// The candidate.
    pub inside: Inside,
    /// The alignment that large blocks need in each domain, in bytes.
    pub caps: [usize; 3],
}

static NOTES: OnceLock<PathBuf> = OnceLock::new();

/// Puts the candidate in, if this process is a Python that is to have it.
///
/// # Safety
/// Called by the loader before `main`, with the program's arguments.
pub unsafe fn enter(argc: c_int, argv: *const *const c_char) {
    // Neither allocates: in a program that is no Python nothing is done.
    // SAFETY: both names end in NUL.
    let (folder, set) =
        unsafe { (libc::getenv(FOLDER.as_ptr()), libc::dlsym(libc::RTLD_DEFAULT, c"PyMem_SetAllocator".as_ptr())) };
    if folder.is_null() || set.is_null() {
        return;
    }
    let private = Heap::become_private();
    // SAFETY: a text of the environment, which ends in NUL.
    let folder = Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(folder) }.to_bytes()));
    // SAFETY: the caller's promise.
    let put_in = private.map_err(str::to_owned).and_then(|()| unsafe { put_in(folder, argc, argv) });
    if let Err(sentence) = put_in {
        let _ = writeln!(std::io::stderr(), "pymem-conform: {}", with_subject(&sentence));
        sys::exit_now(NOT_PUT_IN);
    }
}

fn with_subject(sentence: &str) -> String {
    let has_one = sentence.starts_with(install::NOT_PUT_IN);
    if has_one { sentence.to_owned() } else { format!("{}: {sentence}", install::NOT_PUT_IN) }
}

/// # Safety
/// As for [`enter`].
unsafe fn put_in(folder: &Path, argc: c_int, argv: *const *const c_char) -> Result<(), String> {
    let errand = std::fs::read(folder.join(ERRAND)).map_err(|error| error.to_string())?;
    let errand: Errand = serde_json::from_slice(&errand).map_err(|error| error.to_string())?;
    // Another Python than the one that is meant.
    let Ok(running) = loading::running(&errand.python) else { return Ok(()) };
    let api = running.python().ok_or("the interpreter exports too little")?;
    // SAFETY: the caller's promise.
    if !unsafe { pre_initialise(api, argc, argv) } {
        // It says by itself what is wrong with its arguments.
        return Ok(());
    }
    NOTES.get_or_init(|| folder.to_owned());
    guard::tell(note);
    let cap = |domain: Domain| errand.caps[domain as usize];
    install::install(api, loading::candidate(&errand.inside)?, &errand.inside, cap, false)?;
    // SAFETY: a function that may run at exit.
    unsafe { libc::atexit(note_calls) };
    std::mem::forget(running);
    Ok(())
}

/// Settles what is settled before the start, by the program's own arguments; whether that went well.
///
/// # Safety
/// `argv` holds `argc` texts.
unsafe fn pre_initialise(api: &PythonApi, argc: c_int, argv: *const *const c_char) -> bool {
    let (Some(fill), Some(start)) = (api.PyPreConfig_InitPythonConfig, api.Py_PreInitializeFromBytesArgs) else {
        return true;
    };
    let mut config = MaybeUninit::uninit();
    // SAFETY: room for a struct, which the call fills.
    unsafe { fill(config.as_mut_ptr()) };
    // SAFETY: just filled; the arguments are read and stay as they are.
    let status = unsafe { start(config.as_ptr(), argc as isize, argv.cast_mut().cast()) };
    status._type == 0
}

/// Notes a violation; of many the first ones, for the others may come of them.
fn note(violation: &Violation) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    if COUNT.fetch_add(1, Ordering::Relaxed) < MOST
        && let Ok(line) = serde_json::to_string(violation)
    {
        append(FOUND, &line);
    }
}

extern "C" fn note_calls() {
    append(CALLS, &guard::calls().to_string());
}

/// One write, so that processes that write at once do not mix their lines.
fn append(name: &str, line: &str) {
    let Some(folder) = NOTES.get() else { return };
    // A launcher that has gone misses nothing.
    if let Ok(mut file) = OpenOptions::new().append(true).create(true).open(folder.join(name)) {
        let _ = file.write_all(format!("{line}\n").as_bytes());
    }
}
