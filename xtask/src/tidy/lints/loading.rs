//! The target is loaded in one place, which runs in the worker.

use super::is_test;
use crate::tidy::rust::uses;
use crate::tidy::{Finding, Tree};

const WORKER: &str = "conformance/src/sandbox/worker.rs";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.sources("conformance/src/").filter(|file| file.path != WORKER && !is_test(&file.path)) {
        let lines = file.code_lines();
        let found = uses(&lines, &["Loaded", "libloading", "libc::dlopen"]).into_iter();
        findings.extend(found.map(|(line, word)| Finding::new(&file.path, line, format!("`{word}`"))));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_supervisor_that_loads_the_target_is_found() {
        let source = "use pymem_abi::audit::Audit;\nuse pymem_abi::load::Loaded;\n";
        let found = check(&Tree::of(&[(WORKER, source), ("conformance/src/target.rs", source)]));
        assert_eq!(found, [Finding::new("conformance/src/target.rs", 2, "`Loaded`")]);
    }
}
