//! The memory contract of CPython's C API as data.

pub mod words;

pub use words::{Area, Build, Configuration, Domain, Kind, Level, Mode};
