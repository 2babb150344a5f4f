//! One lint table for all.

use crate::tidy::manifest::entries;
use crate::tidy::{Finding, Tree};

/// A workspace of its own, with a table of its own.
const APART: &str = "crates/pymem-abi/bindgen/Cargo.toml";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let packages = tree.manifests().filter(|manifest| manifest.path != "Cargo.toml" && manifest.path != APART);
    let takes = |text: &str| entries(text).iter().any(|entry| (entry.table, entry.key) == ("lints", "workspace"));
    let without = packages.filter(|manifest| !takes(&manifest.text));
    without.map(|manifest| Finding::new(&manifest.path, 0, "no `[lints] workspace = true`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_without_the_table_is_found() {
        let found = check(&Tree::of(&[
            ("Cargo.toml", "[workspace]\n"),
            ("a/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n"),
            ("b/Cargo.toml", "[package]\nworkspace = true\n"),
            ("c/Cargo.toml", "# [lints]\n# workspace = true\n"),
        ]));
        let paths: Vec<_> = found.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["b/Cargo.toml", "c/Cargo.toml"]);
    }
}
