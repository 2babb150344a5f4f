//! The foreign side of the suite: C types, what a file offers, and calling it.
//!
//! - [`bindings`]: the C types of the memory API, made from `include/pymem_abi.h`;
//! - [`symbols`]: the names of its functions;
//! - [`audit`](mod@audit): everything that can be learnt of a file without loading it;
//! - [`install`]: how the parts of a Python lie to each other;
//! - [`discover`]: the CPythons on this machine;
//! - [`load`]: opening an audited file, and finding its functions;
//! - [`family`]: calling four functions of a domain as CPython would call them.
//!
//! This crate judges nothing and starts no process. Only [`load`] and [`family`]
//! run foreign code.

pub mod audit;
#[rustfmt::skip]
#[allow(
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals,
    clippy::all,
    clippy::allow_attributes_without_reason,
    reason = "made by bindgen with the names of C; documented where the header documents"
)]
pub mod bindings;
pub mod discover;
pub mod family;
pub mod install;
pub mod load;
pub mod symbols;
pub mod text;

pub use audit::{
    Audit, PythonBuild, Request, Surroundings, Untestable, audit, audit_in, audit_without_digest, program_of,
};
pub use discover::{Found, headers, pythons, resolve, shared_pythons, shortest_names};
pub use family::Family;
pub use load::{Loaded, PythonApi};
pub use symbols::Function;

/// The memory API as C has it: `include/pymem_abi.h`.
pub const HEADER: &str = include_str!("../include/pymem_abi.h");

/// The largest size the API serves, `PY_SSIZE_T_MAX`.
pub const PY_SSIZE_T_MAX: usize = isize::MAX as usize;
