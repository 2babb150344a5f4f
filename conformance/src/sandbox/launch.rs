//! The launch order: what a worker has to know before it loads the target.
//!
//! It is settled beforehand what may be called and which values hold, so that
//! the worker need not know a single version.

use std::path::{Path, PathBuf};

use pymem_abi::audit::Audit;
use pymem_spec::{Configuration, Domain, Kind, Mode};
use serde::{Deserialize, Serialize};

use crate::inside::order::Inside;

/// Everything a worker needs, sent once through the control mapping.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Launch {
    /// The file to load; none for the built-in reference.
    pub audit: Option<Audit>,
    /// How the target offers the API.
    pub kind: Kind,
    /// Whether to initialise an interpreter.
    pub mode: Mode,
    /// With which allocators.
    pub configuration: Configuration,
    /// The domains that may be called in this state.
    pub callable: Vec<Domain>,
    /// The domains whose allocator may be replaced by one of ours, which can then be called.
    pub replaceable: Vec<Domain>,
    /// What the interpreter is to run on in place of its own allocators.
    pub inside: Option<Inside>,
    /// Whether `PyEval_InitThreads` must be called before a second thread
    /// takes the interpreter's lock.
    pub threads_init: bool,
    /// Whether the debug hooks are expected to lie over every domain.
    pub hooks: bool,
    /// The `PYTHONMALLOC` names that the judged version accepts in an embedding program.
    pub names: Vec<Configuration>,
    /// The interpreter's home, where one was found.
    pub home: Option<PathBuf>,
    /// Values of the contract that differ by version.
    pub params: Vec<Param>,
    /// Whether the worker runs one command itself, in place of forking: for a
    /// target with threads of its own.
    pub direct: bool,
    /// Seeds of random programs that failed in earlier runs, or that are to be run again.
    pub failed_before: Vec<u64>,
}

/// A value of the contract in one domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Its name in `spec/params.toml`.
    pub name: String,
    /// The domain.
    pub domain: Domain,
    /// The value.
    pub value: u64,
}

impl Launch {
    /// The executable for which the interpreter is to take itself.
    pub fn program(&self) -> Option<&Path> {
        self.audit.as_ref()?.program.as_deref()
    }

    /// A value of the contract in a domain.
    pub fn param(&self, name: &str, domain: Domain) -> Option<u64> {
        self.params.iter().find(|param| param.name == name && param.domain == domain).map(|param| param.value)
    }

    /// An order by which nothing may be called and no value holds.
    pub fn empty(kind: Kind, mode: Mode, configuration: Configuration) -> Self {
        Self {
            audit: None,
            kind,
            mode,
            configuration,
            callable: Vec::new(),
            replaceable: Vec::new(),
            inside: None,
            threads_init: false,
            hooks: false,
            names: Vec::new(),
            home: None,
            params: Vec::new(),
            direct: false,
            failed_before: Vec::new(),
        }
    }
}
