//! The oracle is arithmetic: it sees numbers and bytes.

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
mod tests {
    use super::*;

    #[test]
    fn an_oracle_that_knows_the_target_is_found() {
        let source = "//! harness\nuse crate::harness::Block;\nuse pymem_abi::family::Family;\n";
        let found = check(&Tree::of(&[("conformance/src/oracle/x.rs", source), ("conformance/src/plan.rs", source)]));
        let expected = [(2, "`harness`"), (3, "`pymem_abi`")];
        assert_eq!(found, expected.map(|(line, what)| Finding::new("conformance/src/oracle/x.rs", line, what)));
    }
}
