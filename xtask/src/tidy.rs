//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! Each lint is a function from the repository's files to what it found, in a
//! file of its own with a test that breaks the rule.

use std::ffi::OsString;
use std::fmt;

use crate::failure::Failure;
use crate::{only_flag, repository};

mod lints;
mod manifest;
mod rust;
mod tree;

use tree::Tree;

/// A rule and how it is checked.
struct Lint {
    /// The rule, as a sentence.
    rule: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
}

/// A place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    /// From 1; 0 for the whole file.
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// Prints everything that is not as it should be.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    only_flag("tidy", None, args)?;
    let complaints = complaints(&Tree::read(repository::root()).map_err(Failure::failed)?);
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    match complaints.len() {
        0 => Ok(()),
        1 => Err(Failure::failed("one thing is not tidy")),
        count => Err(Failure::failed(format!("{count} things are not tidy"))),
    }
}

/// One line for each finding, with the rule that it breaks.
fn complaints(tree: &Tree) -> Vec<String> {
    let of = |lint: &Lint| {
        let rule = lint.rule;
        (lint.check)(tree).into_iter().map(move |finding| format!("{finding} ({rule})"))
    };
    lints::LINTS.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let complaints = complaints(&Tree::read(repository::root()).unwrap());
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }

    #[test]
    fn a_complaint_names_place_and_rule() {
        let tree = Tree::of(&[("conformance/src/oracle/x.rs", "use pymem_abi::family::Family;\n")]);
        insta::assert_snapshot!(complaints(&tree).join("\n"));
    }
}
