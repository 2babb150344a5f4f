//! The way into an executable: this package's library, which the loader puts into it before its `main`.

use std::ffi::{c_char, c_int};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::OnceLock;

use super::entry::{self, Entry};
use super::sys;
use crate::inside::agent;

static CARRIED: OnceLock<&'static [u8]> = OnceLock::new();

/// Runs in a process that was started with the library, after the constructors of all others.
#[used]
#[unsafe(link_section = ".init_array")]
static ENTER: Entry = enter;

unsafe extern "C" fn enter(argc: c_int, argv: *const *const c_char, environment: *const *const c_char) {
    // SAFETY: passed on from the loader. In our own program this has been done before.
    unsafe { entry::preinit(argc, argv, environment) };
    // SAFETY: as above.
    unsafe { entry::init(argc, argv, environment) };
    // SAFETY: as above; a worker does not get here.
    unsafe { agent::enter(argc, argv) };
}

/// Keeps the library that the program carries along.
pub fn carry(library: &'static [u8]) {
    CARRIED.get_or_init(|| library);
}

/// The library, whole.
///
/// # Errors
/// If this program was built without it.
pub fn carried() -> io::Result<&'static [u8]> {
    let library = CARRIED.get().filter(|library| !library.is_empty());
    library.copied().ok_or_else(|| io::Error::other("this program was built without the library for executables"))
}

/// The library as a file without a name, for one process.
///
/// # Errors
/// If there is none, or no memory for it.
pub fn open() -> io::Result<OwnedFd> {
    let library = carried()?;
    // SAFETY: a fresh memory file, which nobody else has.
    let mut file = unsafe { File::from_raw_fd(sys::memory_file(0)?) };
    file.write_all(library)?;
    Ok(file.into())
}
