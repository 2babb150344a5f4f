//! Where the allocator of an executable is: in itself, or in a library that it needs.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use pymem_spec::{Kind, Version};

use super::image::Image;
use super::surroundings::Surroundings;
use super::{Request, Untestable, kind, loader, python};
use crate::text::excerpt;

/// Where the allocator is.
pub(crate) enum Place {
    /// Linked into the executable.
    Itself,
    /// A library; not looked at yet.
    Library(PathBuf),
}

/// Where the allocator of `image` is, which lies at `executable` (links resolved) and is started as `program`.
pub(super) fn place(
    image: &Image<'_>,
    executable: &Path,
    program: &Path,
    request: &Request<'_>,
    around: &Surroundings<'_>,
) -> Result<Place, Untestable> {
    let is_linked_in = kind::is_python(image, request.prefix);
    let library = image.needed().find(|name| name.starts_with("libpython") || name.starts_with("libpypy"));
    if !is_linked_in && library.is_none() {
        return Err(nothing_to_enter(image));
    }
    refuse_other_kinds(request)?;
    if is_linked_in {
        refuse_what_cannot_be_entered(image, executable)?;
        return Ok(Place::Itself);
    }
    let library = library.unwrap_or_default();
    refuse_old_line(library)?;
    loader::find(library, &loader::Needing { image, executable, program }, around)
        .map(Place::Library)
        .ok_or_else(|| Untestable::LibraryNotFound { library: excerpt(library.as_bytes()) })
}

/// Why an executable without the API, and without a library that has it, is refused.
fn nothing_to_enter(image: &Image<'_>) -> Untestable {
    // A variable that every Python has read since 3.2; who only sets it is none.
    if !python::holds(image, b"\0PYTHONHASHSEED\0") {
        return Untestable::NoPython;
    }
    if image.is_interpreted() { Untestable::HiddenApi } else { Untestable::StaticExecutable }
}

fn refuse_other_kinds(request: &Request<'_>) -> Result<(), Untestable> {
    let table = request.vtable_symbol.map(|_| Kind::Vtable);
    match table.or(request.kind) {
        Some(kind @ (Kind::Vtable | Kind::Malloc)) => {
            Err(Untestable::NotOfKind { kind, missing: "an executable is tested only as a Python" })
        }
        _ => Ok(()),
    }
}

/// Code gets into an executable by the loader alone, when it is started.
fn refuse_what_cannot_be_entered(image: &Image<'_>, executable: &Path) -> Result<(), Untestable> {
    const OTHER_RIGHTS: u32 = libc::S_ISUID | libc::S_ISGID;
    const EXECUTABLE: u32 = libc::S_IXUSR | libc::S_IXGRP | libc::S_IXOTH;
    if !image.is_interpreted() {
        return Err(Untestable::StaticExecutable);
    }
    let mode = fs::metadata(executable).map_or(EXECUTABLE, |metadata| metadata.mode());
    if mode & OTHER_RIGHTS != 0 {
        return Err(Untestable::OtherRights);
    }
    if mode & EXECUTABLE == 0 { Err(Untestable::NotExecutable) } else { Ok(()) }
}

fn refuse_old_line(library: &str) -> Result<(), Untestable> {
    match python::line_of(library) {
        Some((major, minor)) if (major, minor) < (3, 4) => {
            Err(Untestable::OldPython { version: Version::new(major, minor, 0) })
        }
        _ => Ok(()),
    }
}
