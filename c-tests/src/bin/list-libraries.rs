//! `list-libraries FOLDER` prints, as JSON, every library there is to judge the suite with, the
//! Pythons among them made in FOLDER, each with the command that asks it about a clause without
//! the suite.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use c_tests::python::{self, Missing, Python};
use c_tests::{Group, Library, WITHOUT_MUTANT, all, compiler_missing, probe};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("list-libraries: which folder are the Pythons to be made in?");
        return ExitCode::from(2);
    };
    let pythons = match make_pythons(&folder) {
        Ok(pythons) => pythons,
        Err(error) => {
            eprintln!("list-libraries: {error}");
            return ExitCode::FAILURE;
        }
    };
    let libraries = all();
    let libraries = libraries.iter().filter(|library| library.group != Group::Hostile).map(of_library);
    let document = json!({
        "libraries": libraries.chain(pythons.iter().map(of_python)).collect::<Vec<_>>(),
        "without_mutant": WITHOUT_MUTANT.iter().map(|(clause, reason)| json!({"clause": clause, "reason": reason})).collect::<Vec<_>>(),
        "missing": compiler_missing().into_iter().chain(python::missing()).collect::<Vec<_>>(),
    });
    println!("{document}");
    ExitCode::SUCCESS
}

fn make_pythons(folder: &Path) -> Result<Vec<Python>, String> {
    if python::missing().is_some() {
        return Ok(Vec::new());
    }
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    python::make_all(folder)
}

fn of_library(library: &Library) -> Value {
    let judged: Vec<String> = library.judged.iter().map(|glob| format!("--only={glob}")).collect();
    let is_preloaded = library.kind == "malloc" && has_plain_names(&library.file);
    json!({
        "name": library.name,
        "kind": library.kind,
        "file": library.file,
        "breaks": library.breaks,
        "about": library.about,
        "dies": library.dies,
        "control": library.control,
        "options": judged,
        "probe": [&probe(), Path::new(library.kind), &library.file],
        // As its users run it: also the C library's own blocks come from it.
        "environment": if is_preloaded { json!({"LD_PRELOAD": library.file}) } else { json!({}) },
    })
}

fn of_python(python: &Python) -> Value {
    let (file, absent, fault) = match &python.file {
        Ok(file) => (Some(file), None, None),
        Err(Missing::Base(why)) => (None, Some(why), None),
        Err(Missing::Fault(why)) => (None, None, Some(why)),
    };
    let options: Vec<OsString> = [OsString::from("--home"), python.home.clone().into()]
        .into_iter()
        .chain(python.areas.iter().map(|area| format!("--only={area}.*").into()))
        .collect();
    let environment = file.map_or(json!({}), |file| json!({"LD_PRELOAD": file, "PYTHONHOME": python.home}));
    json!({
        "name": python.name,
        "kind": "cpython",
        "file": file,
        "absent": absent,
        "fault": fault,
        "breaks": python.breaks,
        "about": python.about,
        "dies": python.dies,
        "control": python.control,
        "options": options.iter().map(Path::new).collect::<Vec<_>>(),
        "base": python.base,
        "probe": [&python.probe],
        "environment": environment,
    })
}

/// Whether the library defines `malloc` itself, to judge by its table of names.
fn has_plain_names(file: &Path) -> bool {
    let bytes = std::fs::read(file).unwrap_or_default();
    bytes.windows(8).any(|name| name == b"\0malloc\0")
}
