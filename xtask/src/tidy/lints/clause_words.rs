//! A check begins with the words of its clause.

#[cfg(test)]
use crate::tidy::Fixture;
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
pub(super) fn fixture() -> Fixture {
    let helper = "pub fn helper(h: &mut Harness) -> usize {\n}\n";
    let words = "/// Freeing NULL does nothing.\npub fn null(h: &mut Harness) -> Outcome {\n}\n";
    let none = "\npub fn reuse(h: &mut Harness) -> Outcome {\n}\n";
    let list = "// 3.\npub fn third(h: &mut Harness) -> Outcome {\n}\n";
    Fixture {
        breaks: Tree::of(&[("conformance/src/checks/free.rs", &format!("{words}{none}{list}"))]),
        similar: Tree::of(&[
            ("conformance/src/checks/free.rs", &format!("{words}{helper}")),
            ("conformance/src/program/run.rs", none),
        ]),
    }
}
