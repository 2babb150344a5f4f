//! The conformance suite for CPython's memory allocation C API.
//!
//! Reading order: [`command`] (from arguments to status), [`target`], [`plan`],
//! [`run`], [`judge`], [`report`]; then what happens in a check's process:
//! [`harness`] (the vocabulary), [`checks`], [`oracle`], [`program`]; and, below
//! both, [`sandbox`] and [`journal`].

mod breadth;
pub mod checks;
pub mod cli;
pub mod command;
pub mod corpus;
pub mod harness;
pub mod inside;
pub mod journal;
pub mod judge;
pub mod oracle;
pub mod plan;
pub mod program;
pub mod progress;
pub mod python;
pub mod reference;
pub mod report;
pub mod run;
pub mod sandbox;
pub mod session;
pub mod status;
pub mod symbols;
pub mod tape;
pub mod target;
pub mod witness;

/// The same in the program and in the library that is preloaded.
#[global_allocator]
static HEAP: sandbox::heap::Heap = sandbox::heap::Heap;

/// Page size in bytes on the only supported machine.
const PAGE: usize = 4096;
