//! One lint table for all.

#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::manifest::entries;
use crate::tidy::{Finding, Tree};

/// Workspaces of their own, with a table of their own.
const APART: [&str; 2] = ["crates/pymem-abi/bindgen/Cargo.toml", "conformance/fuzz/Cargo.toml"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let is_apart = |path: &str| path == "Cargo.toml" || APART.contains(&path);
    let packages = tree.manifests().filter(|manifest| !is_apart(&manifest.path));
    let takes = |text: &str| entries(text).iter().any(|entry| (entry.table, entry.key) == ("lints", "workspace"));
    let without = packages.filter(|manifest| !takes(&manifest.text));
    without.map(|manifest| Finding::new(&manifest.path, 0, "no `[lints] workspace = true`")).collect()
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    Fixture {
        breaks: Tree::of(&[
            ("c-tests/Cargo.toml", "[package]\nversion.workspace = true\n"),
            ("conformance/Cargo.toml", "# [lints]\n# workspace = true\n"),
            ("xtask/Cargo.toml", "[lints.rust]\nmissing_docs = \"warn\"\n"),
        ]),
        similar: Tree::of(&[
            ("Cargo.toml", "[workspace]\n"),
            ("c-tests/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n"),
            (APART[0], "[lints.rust]\nmissing_docs = \"warn\"\n"),
        ]),
    }
}
