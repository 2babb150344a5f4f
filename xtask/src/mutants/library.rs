//! The allocators of `c-tests`, as that package lists them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use pymem_spec::{Area, Kind, Registry};
use serde::Deserialize;

use crate::failure::Failure;
use crate::{cargo, repository};

/// All of them.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Listing {
    /// Mutants, and sound ones.
    pub libraries: Vec<Library>,
    /// `must` clauses with a check that no mutant can break.
    pub without_mutant: Vec<Without>,
    /// Why some could not even be tried to be made.
    pub missing: Vec<String>,
}

/// Why no mutant breaks a clause.
#[derive(Clone, Debug, Deserialize)]
pub struct Without {
    pub clause: String,
    pub reason: String,
}

/// One of them.
#[derive(Clone, Debug, Deserialize)]
pub struct Library {
    /// No two share one.
    pub name: String,
    /// How it offers the API.
    pub kind: Kind,
    /// None where it is not there.
    pub file: Option<PathBuf>,
    /// That what it is made from is not on this machine.
    #[serde(default)]
    pub absent: Option<String>,
    /// Why it could not be made.
    #[serde(default)]
    pub fault: Option<String>,
    /// The clause that a mutant breaks; a sound one breaks none.
    pub breaks: Option<String>,
    /// One sentence without its full stop.
    pub about: String,
    /// Why the process that calls a mutant dies, where that is how its defect shows.
    pub dies: Option<String>,
    /// Whether it is one of the sound ones that the mutants were made from.
    pub control: bool,
    /// What the suite needs to be told to judge it.
    pub options: Vec<String>,
    /// What it was made from, which has no defect, where that is a library too.
    #[serde(default)]
    pub base: Option<PathBuf>,
    /// A program, and the words before a clause, that asks it about that clause without the suite.
    pub probe: Vec<PathBuf>,
    /// What is set for that program.
    pub environment: BTreeMap<String, PathBuf>,
}

impl Library {
    /// The area of the clause that a mutant breaks.
    pub fn area(&self) -> Option<Area> {
        Some(Registry::embedded().get(self.breaks.as_deref()?)?.area)
    }
}

/// Where the broken Pythons are made, and the results are written.
///
/// # Errors
///
/// If the folder cannot be made.
pub fn folder() -> Result<PathBuf, Failure> {
    let folder = repository::target().map_err(Failure::no_suite)?.join("mutants");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::failed(format!("{}: {error}", folder.display())))?;
    Ok(folder)
}

/// Compiles all, and lists them.
///
/// # Errors
///
/// If something does not build.
pub fn list() -> Result<Listing, Failure> {
    let mut cargo = cargo::command("build --release --quiet --package c-tests --bin list-libraries");
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    if !cargo.status().is_ok_and(|status| status.success()) {
        return Err(Failure::no_suite("the mutants do not build"));
    }
    let program = repository::target().map_err(Failure::no_suite)?.join("release/list-libraries");
    let mut command = Command::new(&program);
    cargo::forget(&mut command);
    let output = command.arg(folder()?).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::no_suite(format!("{} cannot be run: {error}", program.display())))?;
    if !output.status.success() {
        return Err(Failure::no_suite("the broken Pythons cannot be made"));
    }
    let listing: Listing = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::no_suite(format!("the list of mutants cannot be read: {error}")))?;
    let mut names = BTreeSet::new();
    match listing.libraries.iter().find(|library| !names.insert(&library.name)) {
        Some(twice) => Err(Failure::no_suite(format!("two allocators are called `{}`", twice.name))),
        None => Ok(listing),
    }
}

/// The file of the mutant or sound allocator of this name.
///
/// # Errors
///
/// If there is none.
pub fn named(name: &str) -> Result<Library, Failure> {
    let found = list()?.libraries.into_iter().find(|library| library.name == name);
    let shown = name.escape_debug();
    let library = found.ok_or_else(|| Failure::usage(format!("no mutant is called `{shown}`; they lie in c-tests")))?;
    match library.absent.as_ref().or(library.fault.as_ref()) {
        Some(why) => Err(Failure::untestable(format!("`{shown}` cannot be made: {why}"))),
        None => Ok(library),
    }
}
