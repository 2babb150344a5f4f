//! What is to be installed, in which domains.

use std::fmt;

use pymem_abi::audit::Audit;
use pymem_spec::Domain;
use serde::{Deserialize, Serialize};

/// A candidate, and how an interpreter is to get it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inside {
    /// Its file; none for the built-in reference.
    pub candidate: Option<Audit>,
    /// The domains that it is to serve.
    pub domains: Vec<Domain>,
    /// How it comes in.
    pub how: How,
    /// Whether every block is verified.
    pub guarded: bool,
}

/// How a candidate comes to serve an interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// By `PyMem_SetAllocator`.
    Set,
    /// In the place of the C library's functions, by preloading; the interpreter does not know.
    Preload,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Set => "set",
            Self::Preload => "preload",
        })
    }
}
