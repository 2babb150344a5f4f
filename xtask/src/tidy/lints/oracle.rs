//! The oracle is arithmetic: it sees numbers and bytes.

#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::rust::uses;
use crate::tidy::{Finding, Tree};

const FOLDER: &str = "conformance/src/oracle/";
const BARRED: &[&str] = &["pymem_abi", "pymem_ref", "libc", "unsafe", "harness", "sandbox", "journal"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let found = |file: &crate::tidy::tree::File| {
        let lines = file.code_lines();
        let found = uses(&lines, BARRED).into_iter();
        found.map(|(line, word)| Finding::new(&file.path, line, format!("`{word}`"))).collect::<Vec<_>>()
    };
    tree.sources(FOLDER).flat_map(found).collect()
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    Fixture {
        breaks: Tree::of(&[(
            "conformance/src/oracle/pattern.rs",
            "//! harness\nuse crate::harness::Block;\nuse pymem_abi::family::Family;\n",
        )]),
        similar: Tree::of(&[
            ("conformance/src/oracle/pattern.rs", "//! The harness\nfn harnessed() { \"libc\" }\n"),
            ("conformance/src/plan.rs", "use crate::harness::Block;\n"),
        ]),
    }
}
