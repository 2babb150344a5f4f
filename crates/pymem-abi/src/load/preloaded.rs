//! Proof that a function of this process comes from a certain file.

use std::ffi::{CStr, OsStr, c_void};
use std::fs;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

/// # Errors
///
/// The file that `function` does come from, as text.
pub(super) fn prove_origin(function: NonNull<c_void>, file: &Path) -> Result<(), String> {
    let named_by_loader = file_of(function);
    let named_by_kernel = mapping_of(function);
    // The loader's name may be gone (a preload through /proc/self/fd, closed by now);
    // the kernel's may be that of a lower layer of an overlay. One of both has to hold.
    let mut names = named_by_loader.iter().chain(&named_by_kernel);
    if names.clone().any(|name| is_same_file(name, file)) {
        return Ok(());
    }
    Err(names.next().map_or_else(
        || "no known file".to_owned(),
        |name| crate::text::escape_bytes(name.as_os_str().as_encoded_bytes()),
    ))
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let identity = |path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    identity(one).is_some_and(|one| Some(one) == identity(other))
}

/// The file under which the loader knows `function`.
fn file_of(function: NonNull<c_void>) -> Option<PathBuf> {
    let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: `info` is writable, and any address may be asked for.
    if unsafe { libc::dladdr(function.as_ptr(), info.as_mut_ptr()) } == 0 {
        return None;
    }
    // SAFETY: all zeroes is a valid value, and the call has filled it.
    let info = unsafe { info.assume_init() };
    if info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: a text that ends in NUL and lives as long as the library, which is never unloaded.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    Some(OsStr::from_bytes(name.to_bytes()).into())
}

/// The file whose mapping holds `function`.
fn mapping_of(function: NonNull<c_void>) -> Option<PathBuf> {
    let maps = fs::read("/proc/self/maps").ok()?;
    let line = maps
        .split(|&byte| byte == b'\n')
        .find(|line| range(line).is_some_and(|(start, end)| (start..end).contains(&(function.as_ptr() as usize))))?;
    let name = &line[line.iter().position(|&byte| byte == b'/')?..];
    Some(OsStr::from_bytes(name).into())
}

/// `7f12-7f34` at the start of a line.
fn range(line: &[u8]) -> Option<(usize, usize)> {
    let (start, end) = std::str::from_utf8(line.split(|&byte| byte == b' ').next()?).ok()?.split_once('-')?;
    Some((usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?))
}
