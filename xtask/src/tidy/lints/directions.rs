//! The crates in reading order: each may depend on those named here.

#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::manifest::entries;
use crate::tidy::{Finding, Tree};

/// Package, folder, and the packages of the workspace that it may depend on.
const ORDER: &[(&str, &str, &[&str])] = &[
    ("pymem-spec", "crates/pymem-spec", &[]),
    ("pymem-abi", "crates/pymem-abi", &["pymem-spec"]),
    ("pymem-abi-bindgen", "crates/pymem-abi/bindgen", &[]),
    // For its tests, which look for Pythons to be installed into.
    ("pymem-ref", "crates/pymem-ref", &["pymem-spec", "pymem-abi"]),
    ("pymem-conform", "conformance", &["pymem-spec", "pymem-abi", "pymem-ref", "c-tests"]),
    ("pymem-conform-fuzz", "conformance/fuzz", &["pymem-spec", "pymem-conform"]),
    // For the Pythons that it breaks, and for the headers that its tests compile with.
    ("c-tests", "c-tests", &["pymem-spec", "pymem-abi"]),
    ("xtask", "xtask", &["pymem-spec", "pymem-abi"]),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in tree.manifests().filter(|manifest| manifest.path != "Cargo.toml") {
        let folder = manifest.path.trim_end_matches("/Cargo.toml");
        let Some((_, _, allowed)) = ORDER.iter().find(|(_, known, _)| *known == folder) else {
            findings.push(Finding::new(&manifest.path, 0, "a package that has no place in the order"));
            continue;
        };
        for entry in entries(&manifest.text).into_iter().filter(|entry| entry.is_dependency()) {
            let is_ours = ORDER.iter().any(|(name, _, _)| *name == entry.key);
            if is_ours && !allowed.contains(&entry.key) {
                findings.push(Finding::new(&manifest.path, entry.line, format!("depends on {}", entry.key)));
            }
        }
    }
    findings
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    const TAKES_LINTS: &str = "[lints]\nworkspace = true\n";
    let package = |dependencies: &str| format!("{TAKES_LINTS}{dependencies}");
    Fixture {
        breaks: Tree::of(&[
            ("crates/pymem-spec/Cargo.toml", &package("[dependencies]\n# Why.\npymem-abi.workspace = true\n")),
            ("crates/pymem-ref/Cargo.toml", &package("[dev-dependencies]\n# Why.\npymem-conform.workspace = true\n")),
            ("xtask/Cargo.toml", &package("[build-dependencies]\n# Why.\npymem-ref.workspace = true\n")),
            ("crates/more/Cargo.toml", TAKES_LINTS),
        ]),
        similar: Tree::of(&[
            ("Cargo.toml", "[workspace.dependencies]\npymem-conform = { path = \"conformance\" }\n"),
            ("crates/pymem-spec/Cargo.toml", &package("[dependencies]\n# Why.\nserde = \"1\"\n")),
            ("crates/pymem-abi/Cargo.toml", &package("[dependencies]\n# Why.\npymem-spec.workspace = true\n")),
            ("xtask/Cargo.toml", &package("[features]\npymem-ref = []\n")),
        ]),
    }
}
