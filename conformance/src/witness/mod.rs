//! Witnesses: for each clause that fails, a small C program that shows it.
//!
//! Reading order: [`writing`] (all of a run), [`source`] (the text of one), made of [`templates`] (what the witness of a
//! clause does), [`c_text`], [`api`] and [`includes`]; [`trial`] (compiled and run), [`correct`] (on what it must not
//! show anything).

pub mod api;
pub mod c_text;
pub mod correct;
pub mod includes;
pub mod replaying;
pub mod shrink;
pub mod source;
pub mod steps;
pub mod templates;
mod threads;
pub mod trial;
pub mod writing;
