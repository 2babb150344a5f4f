//! From the text of `spec/*.toml` to a [`Registry`].
//!
//! Two steps. Serde reads a file into [`raw`] types, which know names and shapes;
//! then [`clause`] and [`rules`] turn words into types and hold each table against
//! the rules that go beyond its shape. What comes out needs no further checks.

mod clause;
mod raw;
mod reader;
mod rules;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use crate::clause::Clause;
use crate::driving::{DrivingRules, Property};
use crate::error::{SpecError, SpecErrors};
use crate::registry::{Registry, Releases};
use crate::rules::Rules;
use crate::words::Configuration;

use reader::Reader;

/// What the files read so far amount to.
#[derive(Default)]
struct Draft {
    clauses: Vec<Clause>,
    params: BTreeMap<String, Rules<Option<u64>>>,
    driving: BTreeMap<Property, Rules<bool>>,
    environment: Option<Rules<Vec<Configuration>>>,
    releases: Option<Releases>,
}

pub(crate) fn load(files: &[(&str, &str)]) -> Result<Registry, SpecErrors> {
    let mut errors = Vec::new();
    let mut draft = Draft::default();
    let mut parsed = Vec::new();
    for &(name, text) in files {
        let mut reader = Reader::new(name, text, &mut errors);
        parsed.extend(reader.parse().map(|file| (name, text, file)));
    }
    if !errors.is_empty() {
        // What the other files say may hang on the one that cannot be read.
        return Err(SpecErrors(errors));
    }
    // Rules first, whatever the order of the files: clauses name parameters.
    for (name, text, file) in &parsed {
        rules::read(file, &mut draft, &mut Reader::new(name, text, &mut errors));
    }
    for (name, text, file) in &parsed {
        clause::read(file, &mut draft, &mut Reader::new(name, text, &mut errors));
    }
    finish(draft, errors)
}

fn finish(draft: Draft, mut errors: Vec<SpecError>) -> Result<Registry, SpecErrors> {
    let Draft { mut clauses, params, driving, environment, releases } = draft;
    let mut missing = |file: &str, message: String| {
        errors.push(SpecError { file: file.to_owned(), line: 1, message });
    };
    for property in Property::ALL.iter().filter(|property| !driving.contains_key(property)) {
        missing("spec/driving.toml", format!("nothing says `{property}`; add a [[driving]] table for it"));
    }
    if environment.is_none() {
        missing("spec/driving.toml", "nothing says what PYTHONMALLOC may name; add an [environment] table".to_owned());
    }
    if releases.is_none() {
        missing("spec/releases.toml", "no release is known; add a [releases] table".to_owned());
    }
    clauses.sort_by(|a, b| (a.area, &a.id).cmp(&(b.area, &b.id)));
    match (environment, releases) {
        (Some(environment), Some(releases)) if errors.is_empty() => {
            Ok(Registry { clauses, params, driving: DrivingRules { properties: driving, environment }, releases })
        }
        _ => Err(SpecErrors(errors)),
    }
}
