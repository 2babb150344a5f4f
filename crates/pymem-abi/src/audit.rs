//! What can be learnt of a file without loading it.
//!
//! [`audit`] reads a file once, follows it as the loader would (program headers and
//! the dynamic section; section headers may be stripped), and says either what the
//! file offers or, in one sentence, why it cannot be tested. It never blocks, never
//! maps the file and never runs a byte of it.
//!
//! An executable leads to what is to be tested: to the library of Python that it needs, or
//! to itself where Python is linked into it. A shim of pyenv leads to an executable.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pymem_spec::{Build, Kind, Version};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::symbols::{Function, PYPY_START, with_python_prefix};

mod executable;
mod format;
mod image;
mod kind;
mod loader;
mod path_bytes;
mod program;
mod python;
mod read;
mod shim;
mod surroundings;
mod untestable;

pub(crate) use executable::Place;
pub(crate) use program::program_beside;
pub use program::program_of;
pub(crate) use python::line_of;
pub use surroundings::Surroundings;
pub use untestable::Untestable;

use image::Image;
use read::Whole;

/// A file, and what the user said of it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The file; relative to the current directory, never searched for.
    pub path: &'a Path,
    /// The kind the user insists on; otherwise it is detected.
    pub kind: Option<Kind>,
    /// `--prefix`: stands for the `Py` of the Python API, in front of a `malloc` family.
    pub prefix: Option<&'a str>,
    /// `--vtable-symbol`: makes the target one of kind `vtable`.
    pub vtable_symbol: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A path of which nothing else is said.
    pub fn new(path: &'a Path) -> Self {
        Self { path, kind: None, prefix: None, vtable_symbol: None }
    }
}

/// What a file offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// What is tested: the library, or the executable that Python is linked into. Absolute, links resolved.
    #[serde(with = "path_bytes")]
    pub path: PathBuf,
    /// Whether [`path`](Self::path) is an executable, which cannot be loaded but has to be entered.
    pub is_executable: bool,
    /// The executable through which the target was reached, absolute and as an interpreter should see its own
    /// name: that of a virtual environment is the link in it. None where a library was named.
    #[serde(with = "path_bytes::optional")]
    pub program: Option<PathBuf>,
    /// How the target offers the API.
    pub kind: Kind,
    /// What stands for `Py`, or in front of `malloc`; none for the plain names.
    pub prefix: Option<String>,
    /// The entry of a `vtable` target.
    pub vtable_symbol: Option<String>,
    /// Functions the file defines, without the prefix: every `Py*` and `_Py*` of a
    /// Python API and those of [`PYPY_START`], the four of a `malloc` family, the entry of a table.
    pub exports: BTreeSet<String>,
    /// Variables of a Python API the file defines, without the prefix: `Py_NoSiteFlag`.
    pub variables: BTreeSet<String>,
    /// Whether it is a `malloc` library with the plain names, which is preloaded.
    pub preload: bool,
    /// Whether it knows of `PYTHONMALLOC`: the name stands among its constants.
    pub knows_pythonmalloc: bool,
    /// Thread-local storage that it takes of every thread, in bytes.
    pub tls_size: u64,
    /// Version and build; for kind `cpython` always, for `pymem` where it exports `Py_Version`,
    /// or `Py_GetVersion` and its text is found.
    pub python: Option<PythonBuild>,
    /// Of the whole file, in lower-case hexadecimal.
    pub sha256: String,
}

/// Which Python a library is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonBuild {
    /// Read from the file's data; `Py_GetVersion` says the same.
    pub version: Version,
    /// In the order of [`Build::ALL`]. What a file does not show (a build without
    /// pymalloc that is free-threaded anyway) is not in it.
    pub builds: Vec<Build>,
}

impl Audit {
    /// The name under which the file defines the API's `canonical` name.
    pub fn symbol(&self, canonical: &str) -> String {
        match (self.kind, self.prefix.as_deref()) {
            (Kind::Cpython | Kind::Pymem, Some(prefix)) => with_python_prefix(canonical, prefix),
            (Kind::Malloc, Some(prefix)) => format!("{prefix}{canonical}"),
            _ => canonical.to_owned(),
        }
    }

    /// Whether the file defines the function `canonical`.
    pub fn has(&self, canonical: &str) -> bool {
        self.exports.contains(canonical)
    }

    /// Whether there is an interpreter in it that is known how to start.
    pub fn has_interpreter(&self) -> bool {
        match self.kind {
            Kind::Cpython => true,
            Kind::Pymem => PYPY_START.iter().all(|name| self.has(name)),
            Kind::Vtable | Kind::Malloc => false,
        }
    }
}

/// The bytes that an audit has read, for the digest of them.
pub struct Contents(Vec<u8>);

impl Contents {
    /// For [`Audit::sha256`]; of a CPython's 30 MB it takes longer than the audit itself.
    pub fn sha256(&self) -> String {
        Sha256::digest(&self.0).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What the file of `request` offers.
///
/// # Errors
///
/// Why it cannot be tested; see [`Untestable::is_bad_use`] for the exit status.
pub fn audit(request: &Request<'_>) -> Result<Audit, Untestable> {
    let (audit, contents) = audit_without_digest(request)?;
    Ok(Audit { sha256: contents.sha256(), ..audit })
}

/// The same with an empty [`Audit::sha256`], which the caller computes elsewhere meanwhile.
///
/// # Errors
///
/// As for [`audit`](fn@audit).
pub fn audit_without_digest(request: &Request<'_>) -> Result<(Audit, Contents), Untestable> {
    audit_in(request, &Surroundings::here())
}

/// The same with other surroundings than those of this process.
///
/// # Errors
///
/// As for [`audit`](fn@audit).
pub fn audit_in(request: &Request<'_>, around: &Surroundings<'_>) -> Result<(Audit, Contents), Untestable> {
    if request.prefix.is_some() && (request.vtable_symbol.is_some() || request.kind == Some(Kind::Vtable)) {
        return Err(Untestable::PrefixOfTable);
    }
    let (named, file) = opened(request.path, around)?;
    let image = Image::parse(&file.bytes)?;
    refuse_foreign_libc(&image)?;
    refuse_old_python(&image, request)?;
    if !image.is_executable() {
        let audit = offered(&image, &file.path, request)?;
        return Ok((audit, Contents(file.bytes)));
    }
    let program = around.absolute(&named);
    match executable::place(&image, &file.path, &program, request, around)? {
        Place::Itself => {
            let audit = offered(&image, &file.path, request)?;
            Ok((Audit { is_executable: true, program: Some(program), ..audit }, Contents(file.bytes)))
        }
        Place::Library(path) => {
            let (audit, contents) = library(&path, request).map_err(|reason| reason.of_library(&path))?;
            Ok((Audit { program: Some(program), ..audit }, contents))
        }
    }
}

/// The file at `path`, or that which a shim there stands for, with the path of it.
fn opened<'a>(path: &'a Path, around: &Surroundings<'_>) -> Result<(Cow<'a, Path>, Whole), Untestable> {
    match read::whole(path) {
        Err(script @ Untestable::Script { .. }) => {
            let program = shim::behind(path, around)?.ok_or(script)?;
            let file = read::whole(&program)?;
            Ok((program.into(), file))
        }
        file => Ok((path.into(), file?)),
    }
}

/// What the library at `path` offers, which an executable needs.
fn library(path: &Path, request: &Request<'_>) -> Result<(Audit, Contents), Untestable> {
    let file = read::whole(path)?;
    let image = Image::parse(&file.bytes)?;
    refuse_foreign_libc(&image)?;
    refuse_old_python(&image, request)?;
    let audit = offered(&image, &file.path, request)?;
    Ok((audit, Contents(file.bytes)))
}

/// Where the allocator of the executable at `path` is.
///
/// # Errors
///
/// Why it leads nowhere; for a library that it is no Python's executable.
pub(crate) fn place_of(path: &Path, around: &Surroundings<'_>) -> Result<Place, Untestable> {
    let file = read::whole(path)?;
    let image = Image::parse(&file.bytes)?;
    if !image.is_executable() {
        return Err(Untestable::NoPython);
    }
    executable::place(&image, &file.path, &around.absolute(path), &Request::new(path), around)
}

/// Names and paths of the libraries that ldconfig lists.
pub(crate) fn libraries_of_system(around: &Surroundings<'_>) -> Vec<(String, PathBuf)> {
    loader::listed(&around.loader_cache)
}

/// Version and build of the CPython at `path`.
///
/// # Errors
///
/// As for [`audit`](fn@audit).
pub(crate) fn python_build(path: &Path) -> Result<PythonBuild, Untestable> {
    let request = Request { kind: Some(Kind::Cpython), ..Request::new(path) };
    audit_without_digest(&request)?.0.python.ok_or(Untestable::NoVersion)
}

/// What an image offers, which lies at `path`.
fn offered(image: &Image<'_>, path: &Path, request: &Request<'_>) -> Result<Audit, Untestable> {
    let offer = kind::detect(image, request).map_err(|reason| reason.beside(path))?;
    let python = match offer.kind {
        Kind::Cpython => {
            let version = python::version(image).ok_or(Untestable::NoVersion)?;
            Some(PythonBuild { version, builds: python::builds(image, version) })
        }
        Kind::Pymem => python::version_of_api(image, offer.prefix.as_deref().unwrap_or("Py"))
            .map(|version| PythonBuild { version, builds: python::builds(image, version) }),
        Kind::Vtable | Kind::Malloc => None,
    };
    Ok(Audit {
        path: path.to_owned(),
        is_executable: false,
        program: None,
        preload: offer.kind == Kind::Malloc && offer.prefix.is_none(),
        kind: offer.kind,
        prefix: offer.prefix,
        vtable_symbol: offer.vtable_symbol,
        exports: offer.exports,
        variables: offer.variables,
        python,
        knows_pythonmalloc: python::holds(image, b"PYTHONMALLOC\0"),
        tls_size: image.tls_size(),
        sha256: String::new(),
    })
}

/// musl, bionic and glibc each have one idea of what a thread is; a process holds one.
fn refuse_foreign_libc(image: &Image<'_>) -> Result<(), Untestable> {
    let foreign = |name: &&str| name.starts_with("libc.musl-") || name.starts_with("ld-musl-") || *name == "libc.so";
    if let Some(name) = image.needed().find(foreign) {
        return Err(Untestable::ForeignLibc { needs: name.to_owned() });
    }
    let is_libc = image.is_function("__libc_start_main") && image.is_function("malloc");
    if is_libc && !image.is_function("gnu_get_libc_version") {
        return Err(Untestable::IsForeignLibc);
    }
    Ok(())
}

/// A Python that has no raw family and whose version says why. One without either
/// goes on, and is refused as what it lacks.
fn refuse_old_python(image: &Image<'_>, request: &Request<'_>) -> Result<(), Untestable> {
    let python_wanted = request.prefix.is_none() && !matches!(request.kind, Some(Kind::Malloc | Kind::Vtable));
    let raw = Function::Malloc.python_name(pymem_spec::Domain::Raw);
    if !python_wanted || image.is_function(raw) || !image.is_function("Py_InitializeEx") {
        return Ok(());
    }
    match python::version(image) {
        Some(version) if version < Version::new(3, 4, 0) => Err(Untestable::OldPython { version }),
        _ => Ok(()),
    }
}
