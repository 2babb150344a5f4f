//! `cargo xtask pythons`: the Pythons of this machine, and how to name each as a target.

use std::ffi::OsString;

use pymem_abi::Found;

use crate::failure::Failure;
use crate::{print, words};

mod human;
mod json;

/// Prints them.
///
/// # Errors
///
/// For a mistake in the arguments, and where there is none.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    let render = match words(args)?.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["--format=human"] | ["--format", "human"] => human::render,
        ["--format=json"] | ["--format", "json"] => json::render,
        _ => return Err(Failure::usage("pythons takes `--format human` or `--format json`, and nothing else")),
    };
    let pythons = Python::all(&pymem_abi::pythons());
    print(&render(&pythons))?;
    if pythons.is_empty() {
        return Err(Failure::untestable("there is no CPython on this machine that can be tested"));
    }
    Ok(())
}

/// One of them.
struct Python {
    /// The shortest target that means it; none where only its path does.
    name: Option<String>,
    found: Found,
}

impl Python {
    fn all(found: &[Found]) -> Vec<Self> {
        let names = pymem_abi::shortest_names(found);
        let named = |(found, name): (&Found, Option<String>)| Self {
            name: name.map(|name| format!("python:{name}")),
            found: found.clone(),
        };
        found.iter().zip(names).map(named).collect()
    }
}

#[cfg(test)]
mod samples {
    use pymem_spec::Build;

    use super::*;

    /// One of each kind, two that are alike, and names that would steer a terminal.
    pub fn pythons() -> Vec<Python> {
        let found = |path: &str, is_shared, version: &str, builds: &[Build], program: Option<&str>| Found {
            path: path.into(),
            is_shared,
            version: version.parse().expect("a version"),
            builds: builds.to_vec(),
            program: program.map(Into::into),
        };
        let old = [Build::Release, Build::Gil, Build::NoMimalloc];
        let debug = [Build::Debug, Build::Gil, Build::NoMimalloc];
        Python::all(&[
            found("/py/3.9/lib/libpython3.9.so.1.0", true, "3.9.18", &old, Some("/py/3.9/bin/python3.9")),
            found("/usr/lib/libpython3.11.so.1.0", true, "3.11.2", &old, None),
            found("/usr/bin/python3.11", false, "3.11.2", &old, Some("/usr/bin/python3.11")),
            found("/usr/bin/python3.11d", false, "3.11.2", &debug, Some("/usr/bin/python3.11d")),
            found("/\x1b[31m/libpython3.13t.so", true, "3.13.5", &[Build::Release, Build::FreeThreaded], None),
            found("/np/libpython3.13.so", true, "3.13.5", &[Build::Release, Build::Gil, Build::NoPymalloc], None),
        ])
    }
}
