//! A few words beside each dependency.

#[cfg(test)]
use crate::tidy::Fixture;
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
pub(super) fn fixture() -> Fixture {
    let package = |dependencies: &str| format!("[lints]\nworkspace = true\n\n{dependencies}");
    Fixture {
        breaks: Tree::of(&[(
            "xtask/Cargo.toml",
            &package("[dependencies]\n# Why.\na = \"1\"\n\nb = \"1\"\n[build-dependencies]\nc = \"1\"\n"),
        )]),
        similar: Tree::of(&[
            ("Cargo.toml", "[workspace.dependencies]\na = \"1\"\n"),
            (
                "xtask/Cargo.toml",
                &package(
                    "[features]\nz = []\n\n[dependencies]\n# Why both.\na = \"1\"\nb = \"1\"\n\nc = \"1\" # why\n",
                ),
            ),
        ]),
    }
}
