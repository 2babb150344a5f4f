//! A check begins with the words of its clause.

use crate::tidy::{Finding, Tree};

const FOLDER: &str = "conformance/src/checks/";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.sources(FOLDER) {
        let mut above = "";
        for (number, line) in file.lines() {
            let is_check = line.starts_with("pub fn ") && line.contains("&mut Harness) -> Outcome");
            if is_check && !above.starts_with("///") {
                findings.push(Finding::new(&file.path, number, "a check without its clause's words above it"));
            }
            above = line;
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_without_words_is_found() {
        let source = "/// Freeing NULL does nothing.\npub fn null(h: &mut Harness) -> Outcome {\n}\n\n\
                      pub fn reuse(h: &mut Harness) -> Outcome {\n}\n";
        let found = check(&Tree::of(&[("conformance/src/checks/free.rs", source)]));
        let what = "a check without its clause's words above it";
        assert_eq!(found, [Finding::new("conformance/src/checks/free.rs", 5, what)]);
    }
}
