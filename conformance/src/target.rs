//! What is under test: from the argument to what is known before anything is
//! loaded.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use pymem_abi::audit::{Audit, Request, audit};
use pymem_abi::{discover, install};
use pymem_spec::{Build, Domain, Kind, Registry, Version};
use thiserror::Error;

use crate::cli::{Interior, Options};
use crate::inside::order::{How, Inside};
use crate::journal::Names;
use crate::reference;

/// What is under test.
#[derive(Clone, Debug)]
pub struct Target {
    /// The argument as given.
    pub name: OsString,
    /// Its file as the user names it, or where it was found or an executable leads; empty for the built-in reference.
    pub path: PathBuf,
    /// How it offers the API.
    pub kind: Kind,
    /// What its file offers; none for the built-in reference.
    pub audit: Option<Audit>,
    /// Its Python version, where it is a Python.
    pub version: Option<Version>,
    /// How it was built, where it is a Python.
    pub builds: Vec<Build>,
    /// How its functions are called.
    pub names: Names,
    /// The interpreter's home, where one was found.
    pub home: Option<PathBuf>,
    /// What this interpreter runs on in place of its own allocators.
    pub candidate: Option<Candidate>,
}

/// An allocator that is put into an interpreter.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The allocator, which the report is about.
    pub target: Box<Target>,
    /// How it comes in.
    pub order: Inside,
    /// Modules of CPython's own tests that are run.
    pub tests: Vec<String>,
}

/// Why there is no target.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoTarget {
    /// The request is at fault: status 2.
    #[error("{0}")]
    BadUse(String),
    /// The target is: status 3.
    #[error("{0}")]
    Untestable(String),
}

impl Target {
    /// Finds and audits the target that the options name.
    ///
    /// # Errors
    /// One clear sentence.
    pub fn resolve(options: &Options) -> Result<Self, NoTarget> {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
            return Err(NoTarget::Untestable("targets are tested on Linux on x86-64 with glibc only".into()));
        }
        let symbols = (options.prefix.as_deref(), options.vtable_symbol.as_deref());
        let target = Self::named(&options.target, symbols, options)?;
        match &options.inside {
            Some(interior) => target.inside(interior, options),
            None => Ok(target),
        }
    }

    /// What an argument names; `symbols` are its prefix, and the function of its tables.
    fn named(
        name: &OsStr,
        (prefix, vtable_symbol): (Option<&str>, Option<&str>),
        options: &Options,
    ) -> Result<Self, NoTarget> {
        let name = name.to_owned();
        if name == "reference" {
            return Ok(Self::reference(name));
        }
        let (kind, path) = locate(&name)?;
        let request = Request { path: &path, kind, prefix, vtable_symbol };
        let shown = shown(&name);
        let audit = audit(&request).map_err(|error| {
            let text = format!("`{shown}` cannot be tested: {error}");
            if error.is_bad_use() { NoTarget::BadUse(text) } else { NoTarget::Untestable(text) }
        })?;
        let home = match &audit.python {
            Some(python) if audit.kind == Kind::Cpython => find_home(options, &audit, &python.version),
            // Others find it themselves.
            _ => options.home.clone().filter(|_| audit.has_interpreter()),
        };
        Ok(Self {
            name,
            // An executable or a shim only leads to what is tested.
            path: if audit.program.is_some() { audit.path.clone() } else { with_folder(path) },
            kind: audit.kind,
            version: audit.python.as_ref().map(|python| python.version),
            builds: audit.python.as_ref().map(|python| python.builds.clone()).unwrap_or_default(),
            names: Names::new(audit.kind, audit.prefix.as_deref()),
            audit: Some(audit),
            home,
            candidate: None,
        })
    }

    /// The interpreter that runs on this allocator.
    fn inside(self, interior: &Interior, options: &Options) -> Result<Self, NoTarget> {
        let (shown, python) = (shown(&self.name), shown(&interior.python));
        let interpreter = Self::named(&interior.python, (None, None), options)?;
        if self.kind == Kind::Cpython {
            return Err(NoTarget::BadUse(format!("`{shown}` is an interpreter, which cannot be put inside another")));
        }
        if interpreter.kind != Kind::Cpython {
            return Err(NoTarget::BadUse(format!("`--inside` takes a CPython, and `{python}` is none")));
        }
        if !interpreter.exports("PyMem_RawCalloc") {
            return Err(NoTarget::Untestable(format!(
                "`{python}` has no calloc in its allocators; 3.5 and later have"
            )));
        }
        if interior.how == How::Preload && !self.audit.as_ref().is_some_and(|audit| audit.preload) {
            return Err(NoTarget::BadUse(format!(
                "`--how preload` needs a library with malloc, calloc, realloc and free, and `{shown}` is of kind {}",
                self.kind
            )));
        }
        let version = interpreter.version.unwrap_or_else(Registry::newest);
        let own_objects = Registry::embedded().driving(&version, &interpreter.builds).own_objects;
        let can_serve = |domain: &Domain| *domain != Domain::Obj || own_objects || interior.how == How::Preload;
        let domains = match &interior.domains {
            Some(domains) if !domains.iter().all(can_serve) => {
                return Err(NoTarget::BadUse(format!(
                    "`{python}` finds its objects in its own allocator: `--domains` can name raw and mem"
                )));
            }
            Some(domains) => domains.clone(),
            None => Domain::ALL.iter().copied().filter(can_serve).collect(),
        };
        let order = Inside { candidate: self.audit.clone(), domains, how: interior.how, guarded: true };
        let candidate = Candidate { target: Box::new(self), order, tests: interior.tests.clone() };
        Ok(Self { candidate: Some(candidate), ..interpreter })
    }

    /// What the report is about: the allocator that was put into an interpreter, or the target itself.
    pub fn judged(&self) -> &Self {
        self.candidate.as_ref().map_or(self, |candidate| &candidate.target)
    }

    fn reference(name: OsString) -> Self {
        let (kind, names) = (Kind::Pymem, Names::new(Kind::Pymem, None));
        Self {
            name,
            path: PathBuf::new(),
            kind,
            audit: None,
            version: None,
            builds: Vec::new(),
            names,
            home: None,
            candidate: None,
        }
    }

    /// Whether it defines this function of the API.
    pub fn exports(&self, name: &str) -> bool {
        self.audit.as_ref().map_or_else(|| reference::exports(name), |audit| audit.has(name))
    }

    /// Whether there is an interpreter in it that can be started.
    pub fn has_interpreter(&self) -> bool {
        self.audit.as_ref().is_some_and(Audit::has_interpreter)
    }

    /// Whether it chooses its allocators by `PYTHONMALLOC`.
    pub fn knows_pythonmalloc(&self) -> bool {
        self.audit.as_ref().is_none_or(|audit| audit.knows_pythonmalloc)
    }

    /// Domains that it may offer: a `malloc` library has one, reported as raw.
    pub fn domains(&self) -> &'static [Domain] {
        if self.kind == Kind::Malloc { &Domain::ALL[..1] } else { Domain::ALL }
    }
}

fn shown(name: &OsStr) -> String {
    crate::report::escape_bytes(name.as_bytes())
}

/// The file that an argument names, and the kind that it forces.
fn locate(name: &OsStr) -> Result<(Option<Kind>, PathBuf), NoTarget> {
    let bytes = name.as_bytes();
    let after = |prefix: &str| bytes.strip_prefix(prefix.as_bytes()).map(OsStr::from_bytes);
    if let Some(version) = after("python:") {
        let version = version.to_string_lossy();
        let path = discover::resolve(&version).map_err(|error| {
            let is_version = version.starts_with(|first: char| first.is_ascii_digit());
            if is_version { NoTarget::Untestable(error) } else { NoTarget::BadUse(error) }
        })?;
        return Ok((None, path));
    }
    if after("mutant:").is_some() {
        return Err(NoTarget::BadUse("mutants are named by their path; `mutant:NAME` is not supported yet".into()));
    }
    for kind in Kind::ALL {
        if let Some(path) = after(&format!("{kind}:")) {
            return Ok((Some(*kind), path.into()));
        }
    }
    Ok((None, name.into()))
}

/// A path that the loader does not search for.
fn with_folder(path: PathBuf) -> PathBuf {
    if path.components().count() > 1 { path } else { Path::new(".").join(path) }
}

/// The folder under which the standard library of this version lies: given, or above the Python that a virtual
/// environment was made from, the target or the executable that led there, or in the user's `PYTHONHOME`. None for a
/// build tree, whose executable finds its own.
fn find_home(options: &Options, audit: &Audit, version: &Version) -> Option<PathBuf> {
    let line = format!("{}.{}", version.major, version.minor);
    let holds = |home: &Path| ["", "t"].iter().any(|tag| home.join(format!("lib/python{line}{tag}/os.py")).is_file());
    let from = |folder: &Path| {
        let levels = if install::is_build_tree(folder) { 0 } else { 4 };
        folder.ancestors().take(levels).find(|folder| holds(folder)).map(Path::to_owned)
    };
    let program = audit.program.as_deref();
    let original = || from(&install::home_of_virtual_environment(program?)?);
    let above = |file: Option<&Path>| from(file?.parent()?);
    let users = || std::env::var_os("PYTHONHOME").map(PathBuf::from).filter(|home| holds(home));
    let given = options.home.clone();
    given.or_else(original).or_else(|| above(Some(&audit.path))).or_else(|| above(program)).or_else(users)
}
