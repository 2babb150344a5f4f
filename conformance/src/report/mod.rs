//! What a run found, and how it is told.
//!
//! [`Report`] is the report as data. [`assemble`] counts, orders and judges
//! results; [`human`], [`mod@list`] and [`json`] turn a report into text;
//! [`destination`] is where the text goes. Nothing here knows how a check runs.

pub mod assemble;
pub mod clauses;
pub mod destination;
pub mod human;
pub mod json;
pub mod list;
mod model;
mod paint;
mod places;
mod rerun;

pub use clauses::Clauses;
pub use human::{Style, render};
pub use list::{Listing, Planned, Selected, Way, list};
pub use model::*;
pub use paint::wrap;
pub use pymem_abi::text::{escape, escape_bytes, name_of};
pub use rerun::quote;
