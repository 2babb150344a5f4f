//! The contract stands by itself.

use super::is_test;
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
mod tests {
    use super::*;

    #[test]
    fn a_contract_that_reads_files_is_found() {
        let found = check(&Tree::of(&[
            ("crates/pymem-spec/src/a.rs", "fn f() { std::fs::read(\"x\"); }\nfn jemalloc() {}\n"),
            ("crates/pymem-spec/src/tests.rs", "fn f() { std::fs::read(\"x\"); }\n"),
            ("crates/pymem-abi/src/a.rs", "fn f() { std::fs::read(\"x\"); }\n"),
        ]));
        let expected = [(1, "`std::fs`"), (2, "`jemalloc`")];
        assert_eq!(found, expected.map(|(line, what)| Finding::new("crates/pymem-spec/src/a.rs", line, what)));
    }
}
