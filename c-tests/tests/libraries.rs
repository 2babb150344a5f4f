//! What the table of libraries promises.

use std::collections::BTreeSet;
use std::fs;

use c_tests::{Group, all, compiler_missing, find};

#[test]
fn either_there_are_libraries_or_a_reason() {
    assert_eq!(all().is_empty(), compiler_missing().is_some());
}

#[test]
fn every_c_file_became_a_library() {
    if let Some(reason) = compiler_missing() {
        return eprintln!("no libraries to look at: {reason}");
    }
    for (directory, group) in [("hostile", Group::Hostile), ("odd", Group::Odd), ("mutants", Group::Mutant)] {
        let sources = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let sources: BTreeSet<String> = sources.map(|name| name.strip_suffix(".c").unwrap().to_owned()).collect();
        let libraries = all().into_iter().filter(|library| library.group == group);
        assert_eq!(sources, libraries.map(|library| library.name.to_owned()).collect::<BTreeSet<_>>());
    }
    for library in all() {
        let head = &fs::read(&library.file).unwrap()[..18];
        assert!(head.starts_with(b"\x7fELF") && head[16] == 3, "{} is no shared library", library.name);
    }
}

#[test]
fn names_and_sentences_are_unique() {
    let (mut names, mut sentences) = (BTreeSet::new(), BTreeSet::new());
    for library in all() {
        assert!(names.insert(library.name), "two libraries are called {}", library.name);
        assert!(sentences.insert(library.about), "{} is described as another one is", library.name);
        assert!(!library.about.ends_with('.'), "{}: a sentence without its full stop", library.name);
        assert_eq!(find(library.name), Some(library));
    }
    assert_eq!(find("no-such-library"), None);
}

/// The areas of the contract that a library without an interpreter can break.
#[test]
fn mutants_break_every_area() {
    if let Some(reason) = compiler_missing() {
        return eprintln!("no libraries to look at: {reason}");
    }
    let broken: BTreeSet<_> =
        all().iter().filter_map(|library| library.breaks).map(|clause| clause.split('.').next().unwrap()).collect();
    let areas = [
        "alignment",
        "arenas",
        "calloc",
        "customize",
        "debug-hooks",
        "domains",
        "free",
        "integrity",
        "limits",
        "malloc",
        "realloc",
        "resources",
        "robustness",
        "symbols",
        "threads",
        "zero-size",
    ];
    assert_eq!(broken, BTreeSet::from(areas));
}
