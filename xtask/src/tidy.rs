//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! Each lint is a function from the repository's files to what it found, in a
//! file of its own with a fixture that breaks the rule.

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
    #[cfg(test)]
    fixture: fn() -> Fixture,
}

/// Two made-up repositories that show what a lint is about.
#[cfg(test)]
struct Fixture {
    /// Breaks this rule, in each way there is, and no other.
    breaks: Tree,
    /// Looks much like it and breaks no rule.
    similar: Tree,
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
    fn every_lint_has_a_fixture_that_breaks_it_alone() {
        for Lint { rule, fixture, .. } in lints::LINTS {
            let complaints = complaints(&fixture().breaks);
            assert!(!complaints.is_empty(), "nothing breaks the rule: {rule}");
            let others: Vec<_> = complaints.iter().filter(|line| !line.ends_with(&format!("({rule})"))).collect();
            assert!(others.is_empty(), "the fixture of `{rule}` breaks others: {others:#?}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_left_alone() {
        for Lint { rule, fixture, .. } in lints::LINTS {
            let similar = fixture().similar;
            assert!(similar.files().next().is_some(), "there is nothing to leave alone: {rule}");
            assert_eq!(complaints(&similar), [""; 0], "{rule}");
        }
    }

    #[test]
    fn what_each_lint_says() {
        let said = |lint: &Lint| complaints(&(lint.fixture)().breaks).join("\n");
        let said: Vec<_> = lints::LINTS.iter().map(said).collect();
        insta::assert_snapshot!(lints::apart(&said.join("\n\n")));
    }
}
