//! The memory contract of CPython's C API as data.
//!
//! `spec/*.toml` holds the contract: clauses, values that differ by version, and
//! what a library tolerates outside the initialised state. This crate embeds
//! those files and parses them into types that a wrong file cannot reach: see
//! [`Registry`] for the whole and [`Clause`] for one rule of it.
//!
//! It knows no target, runs nothing, and does no I/O.

mod clause;
mod driving;
mod embedded;
mod error;
mod glob;
mod load;
mod nearest;
mod registry;
mod rules;
mod section;
mod situation;
mod version;
pub mod words;

pub use clause::{Clause, Source};
pub use driving::Driving;
pub use error::{SpecError, SpecErrors};
pub use glob::glob_matches;
pub use registry::Registry;
pub use section::Section;
pub use situation::{Bound, Inapplicable, Situation};
pub use version::{Pre, PreKind, Until, Version};
pub use words::{Area, Build, Configuration, Domain, Inside, Kind, Level, Mode};
