//! Allocators that keep the contract, on which a witness must not show anything.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use pymem_abi::audit::Audit;
use pymem_abi::discover;
use pymem_spec::{Kind, Version};

use super::trial::Compiler;

/// One of them, and how a witness is run on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correct {
    /// For people.
    pub name: String,
    /// What the witness is given; none where it calls the C library by itself.
    pub path: Option<PathBuf>,
    /// With which definitions it is compiled.
    pub defines: Vec<String>,
    /// What is set for it.
    pub environment: Vec<(OsString, OsString)>,
}

/// The reference allocator as a library, which lies beside the program where both were built together.
const REFERENCE: &str = "libpymem_ref.so";

/// One of the same kind as the target.
///
/// # Errors
/// Why there is none here.
pub fn of(audit: &Audit, compiler: &Compiler, folder: &Path) -> Result<Correct, String> {
    let plain = Correct { name: String::new(), path: None, defines: Vec::new(), environment: Vec::new() };
    let has_prefix = audit.prefix.as_deref().is_some_and(|prefix| !prefix.is_empty());
    let prefix = |prefix: &str| has_prefix.then(|| format!("-DPREFIX=\"{prefix}\"")).into_iter().collect::<Vec<_>>();
    match audit.kind {
        Kind::Malloc => {
            let path = has_prefix.then(|| PathBuf::from("libc.so.6"));
            Ok(Correct { name: "the C library".to_owned(), path, defines: prefix(""), ..plain })
        }
        Kind::Vtable => {
            let path = vtable(audit, compiler, folder)?;
            Ok(Correct { name: "an allocator over the C library".to_owned(), path: Some(path), ..plain })
        }
        Kind::Pymem => {
            let program = std::env::current_exe().map_err(|error| error.to_string())?;
            let path = program.with_file_name(REFERENCE);
            let is_there = path.is_file() && path != audit.path;
            let found = is_there.then(|| Correct {
                name: "the reference allocator".to_owned(),
                path: Some(path),
                defines: prefix("Py"),
                ..plain
            });
            // The command that makes it, for a program that was built alone.
            let remedy = "`cargo build --release -p pymem-ref`";
            found.ok_or_else(|| format!("held against nothing, as no {REFERENCE} is beside this program ({remedy})"))
        }
        Kind::Cpython => cpython(audit, plain),
    }
}

/// A table over the C library's functions.
fn vtable(audit: &Audit, compiler: &Compiler, folder: &Path) -> Result<PathBuf, String> {
    let (source, library) = (folder.join("correct.c"), folder.join("correct.so"));
    std::fs::write(&source, include_str!("c/correct_vtable.c")).map_err(|error| error.to_string())?;
    let symbol = audit.vtable_symbol.as_deref().unwrap_or("pymem_get_allocator");
    compiler.compile(&source, &library, &["-shared", "-fPIC", &format!("-DSYMBOL={symbol}")])?;
    Ok(library)
}

/// Another Python of the same line and build.
fn cpython(audit: &Audit, plain: Correct) -> Result<Correct, String> {
    let python = audit.python.as_ref().ok_or("it tells no version")?;
    let Version { major, minor, .. } = python.version;
    let mut others = discover::shared_pythons();
    others.retain(|found| {
        let line = (found.version.major, found.version.minor);
        line == (major, minor) && found.builds == python.builds && found.path != audit.path
    });
    let found = others.pop().ok_or_else(|| format!("there is no other Python {major}.{minor} of this build here"))?;
    let home = found.path.ancestors().skip(2).take(2).find(|folder| folder.join("lib").is_dir());
    let environment =
        home.map(|home| (OsString::from("PYTHONHOME"), home.as_os_str().to_owned())).into_iter().collect();
    Ok(Correct { name: format!("Python {}", found.version), path: Some(found.path.clone()), environment, ..plain })
}
