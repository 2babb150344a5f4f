//! The contract stands by itself.

use super::is_test;
#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::rust::uses;
use crate::tidy::{Finding, Tree};

const FOLDER: &str = "crates/pymem-spec/src/";
/// The first four reach out of the program; the others are targets, or lead there.
const BARRED: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "unsafe",
    "extern",
    "libc",
    "libloading",
    "dlopen",
    "libpython",
    "jemalloc",
    "tcmalloc",
    "tbbmalloc",
    "glibc",
    "reference",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let found = |file: &crate::tidy::tree::File| {
        let lines = file.code_lines();
        let found = uses(&lines, BARRED).into_iter();
        found.map(|(line, word)| Finding::new(&file.path, line, format!("`{word}`"))).collect::<Vec<_>>()
    };
    tree.sources(FOLDER).filter(|file| !is_test(&file.path)).flat_map(found).collect()
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    let reads = "fn f() { std::fs::read(\"x\"); }\n";
    Fixture {
        breaks: Tree::of(&[("crates/pymem-spec/src/load.rs", &format!("{reads}fn jemalloc() {{}}\n"))]),
        similar: Tree::of(&[
            ("crates/pymem-spec/src/load.rs", "// jemalloc\nfn f() { preference(\"std::fs\"); }\n"),
            ("crates/pymem-spec/src/load/tests.rs", reads),
            ("conformance/src/target.rs", reads),
        ]),
    }
}
