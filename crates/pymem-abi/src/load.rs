//! Opening an audited file, and finding its functions.
//!
//! A name is looked up only if the audit saw it defined: a look-up that misses makes
//! the C library build an error text with `malloc`, and that `malloc` may be the target.
//! Nothing is ever unloaded: what the target registered to run at exit stays valid.

use std::borrow::Cow;
use std::ffi::{CString, c_int, c_void};
use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::fd::IntoRawFd;
use std::path::Path;
use std::ptr::NonNull;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LOCAL, RTLD_NOW};
use pymem_spec::{Domain, Kind};

use crate::audit::Audit;
use crate::bindings::pymem_get_allocator_fn;
use crate::family::Family;
use crate::symbols::Function;

mod families;
mod preloaded;
mod python_api;

pub use python_api::PythonApi;

/// A target in this process.
pub struct Loaded {
    audit: Audit,
    source: Source,
    families: [Option<Family>; 3],
    holes: Vec<(Domain, Function)>,
    python: Option<Box<PythonApi>>,
}

/// Where names are looked up.
enum Source {
    /// In what was opened.
    Opened(ManuallyDrop<Library>),
    /// In the whole process.
    Process,
    /// In what the process was started with, behind this code: the program may define a name that leads there.
    Preloaded,
}

impl Loaded {
    /// Opens the file by its absolute path and runs its constructors, and the entry of a `vtable` target
    /// once for each domain. A CPython offers its names to what is loaded later,
    /// for its extension modules need them.
    ///
    /// # Errors
    ///
    /// The loader's own words, escaped.
    pub fn open(audit: &Audit) -> Result<Self, String> {
        Self::open_in(audit, if audit.kind == Kind::Cpython { RTLD_GLOBAL } else { RTLD_LOCAL })
    }

    /// Opens the file beside an interpreter that may define the same names: what it calls of them is its own.
    ///
    /// # Errors
    ///
    /// The loader's own words, escaped.
    pub fn open_beside(audit: &Audit) -> Result<Self, String> {
        Self::open_in(audit, RTLD_LOCAL | libc::RTLD_DEEPBIND)
    }

    fn open_in(audit: &Audit, scope: c_int) -> Result<Self, String> {
        let path = without_tokens(&audit.path);
        // SAFETY: running a stranger's constructors is what this is for; the caller
        // is a process that may be spoiled.
        let library = unsafe { Library::open(Some(path.as_ref()), RTLD_NOW | scope) };
        let library = library.map_err(|error| crate::text::escape(&loader_text(&error)))?;
        Ok(Self::new(audit, Source::Opened(ManuallyDrop::new(library))))
    }

    /// The `malloc` library with which this process was started.
    ///
    /// # Errors
    ///
    /// Where `malloc` and the rest of the family are not those of the audited file:
    /// the loader only prints a line when it cannot preload something.
    pub fn preloaded(audit: &Audit) -> Result<Self, String> {
        if !audit.preload {
            return Err("only a malloc library with the plain names is preloaded".to_owned());
        }
        let loaded = Self::new(audit, Source::Preloaded);
        for name in &audit.exports {
            let function = loaded.function(name).ok_or_else(|| format!("`{name}` is not found"))?;
            preloaded::prove_origin(function, &audit.path).map_err(|found| format!("`{name}` is that of {found}"))?;
        }
        Ok(loaded)
    }

    /// The Python that runs in this process: its program, or a library that this needs.
    ///
    /// # Errors
    ///
    /// Where a function of the audited file is that of another one, or of none.
    pub fn running(audit: &Audit) -> Result<Self, String> {
        let loaded = Self::new(audit, Source::Process);
        let name = Function::Malloc.python_name(Domain::Raw);
        let function = loaded.function(name).ok_or_else(|| format!("`{name}` is not found"))?;
        preloaded::prove_origin(function, &audit.path).map_err(|found| format!("`{name}` is that of {found}"))?;
        Ok(loaded)
    }

    /// The allocator of `domain`; none where the target does not offer that domain
    /// (a `malloc` library has `raw` alone) or lacks one of its functions.
    pub fn family(&self, domain: Domain) -> Option<Family> {
        self.families[domain as usize]
    }

    /// The domains of a `vtable` target whose table lacks a function, each with
    /// the first that it lacks.
    pub fn holes(&self) -> &[(Domain, Function)] {
        &self.holes
    }

    /// The functions around the allocator; none for kinds that have no Python API.
    pub fn python(&self) -> Option<&PythonApi> {
        self.python.as_deref()
    }

    /// The entry of a `vtable` target.
    pub fn table_entry(&self) -> pymem_get_allocator_fn {
        let symbol = self.audit.vtable_symbol.as_deref()?;
        families::typed_entry(self.function(symbol)?)
    }

    /// The address of a function that the audit saw, by its canonical name.
    pub fn function(&self, canonical: &str) -> Option<NonNull<c_void>> {
        self.audit.has(canonical).then(|| self.source.address(&self.audit.symbol(canonical)))?
    }

    /// The address of a variable that the audit saw, by its canonical name.
    pub fn variable(&self, canonical: &str) -> Option<NonNull<c_void>> {
        self.audit.variables.contains(canonical).then(|| self.source.address(&self.audit.symbol(canonical)))?
    }

    /// What was known before it was loaded.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    fn new(audit: &Audit, source: Source) -> Self {
        let mut loaded = Self { audit: audit.clone(), source, families: [None; 3], holes: Vec::new(), python: None };
        (loaded.families, loaded.holes) = families::of(&loaded);
        if matches!(audit.kind, Kind::Cpython | Kind::Pymem) {
            loaded.python = Some(Box::new(PythonApi::of(&loaded)));
        }
        loaded
    }
}

impl Source {
    fn address(&self, symbol: &str) -> Option<NonNull<c_void>> {
        let symbol = CString::new(symbol).ok()?;
        let address = match self {
            Self::Opened(library) => {
                // SAFETY: an address as such is harmless; its users give it a type.
                let found = unsafe { library.get::<*mut c_void>(symbol.as_bytes_with_nul()) };
                found.ok()?.as_raw_ptr()
            }
            // SAFETY: the name ends in NUL.
            Self::Process => unsafe { libc::dlsym(libc::RTLD_DEFAULT, symbol.as_ptr()) },
            // SAFETY: as above.
            Self::Preloaded => unsafe { libc::dlsym(libc::RTLD_NEXT, symbol.as_ptr()) },
        };
        NonNull::new(address)
    }
}

/// A path as the loader takes it: in a name with `$ORIGIN` or the like it would put
/// a folder in its place, so such a file is named by a descriptor that stays open.
fn without_tokens(path: &Path) -> Cow<'_, Path> {
    if !path.as_os_str().as_encoded_bytes().contains(&b'$') {
        return Cow::Borrowed(path);
    }
    match File::open(path) {
        Ok(file) => Cow::Owned(format!("/proc/self/fd/{}", file.into_raw_fd()).into()),
        Err(_) => Cow::Borrowed(path),
    }
}

fn loader_text(error: &libloading::Error) -> String {
    match error {
        libloading::Error::DlOpen { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}
