//! A few words beside each dependency.

use crate::tidy::manifest::entries;
use crate::tidy::{Finding, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    // The workspace's own table only says where our crates lie.
    for manifest in tree.manifests().filter(|manifest| manifest.path != "Cargo.toml") {
        for entry in entries(&manifest.text).into_iter().filter(|entry| entry.is_dependency() && !entry.explained) {
            findings.push(Finding::new(&manifest.path, entry.line, format!("`{}` has no comment", entry.key)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_words_is_found() {
        let text = "[dependencies]\n# Why.\na = \"1\"\n\nb = \"1\"\n[build-dependencies]\nc = \"1\" # why\n";
        let found =
            check(&Tree::of(&[("Cargo.toml", "[workspace.dependencies]\na = \"1\"\n"), ("x/Cargo.toml", text)]));
        assert_eq!(found, [Finding::new("x/Cargo.toml", 5, "`b` has no comment")]);
    }
}
