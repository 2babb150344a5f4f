//! What is under test is loaded in one place, which runs in processes that may be spoiled.

use super::is_test;
#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::rust::uses;
use crate::tidy::{Finding, Tree};

const PLACE: &str = "conformance/src/sandbox/loading.rs";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.sources("conformance/src/").filter(|file| file.path != PLACE && !is_test(&file.path)) {
        let lines = file.code_lines();
        let found = uses(&lines, &["Loaded", "libloading", "libc::dlopen"]).into_iter();
        findings.extend(found.map(|(line, word)| Finding::new(&file.path, line, format!("`{word}`"))));
    }
    findings
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    let load = "use pymem_abi::audit::Audit;\nuse pymem_abi::load::Loaded;\n";
    Fixture {
        breaks: Tree::of(&[
            ("conformance/src/run.rs", "fn f() { unsafe { libc::dlopen(path, 0) } }\n"),
            ("conformance/src/target.rs", load),
        ]),
        similar: Tree::of(&[
            (PLACE, "fn f() { unsafe { Loaded::new() } }\n"),
            ("conformance/examples/allocators/main.rs", load),
            ("conformance/src/target.rs", "//! Never a `Loaded`.\nuse pymem_abi::audit::Audit;\nstruct LoadedNot;\n"),
            ("conformance/tests/table.rs", load),
        ]),
    }
}
