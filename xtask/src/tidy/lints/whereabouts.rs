//! No machine, no registry, no history.

#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::{Finding, Tree};

/// Each in two halves, so that this file does not name them.
pub(super) const WORDS: &[(&str, &str)] = &[
    // Folders of one machine.
    ("/ro", "ot/"),
    ("/wo", "rk/"),
    ("/ho", "me/"),
    // Hosts of package registries.
    ("crates", ".io"),
    ("pypi", ".org"),
    ("npmjs", ".org"),
    ("proxy.golang", ".org"),
    // How the text came about.
    ("as reque", "sted"),
    ("the bri", "ef"),
    ("sub-a", "gent"),
    ("next iss", "ue"),
    ("later iss", "ue"),
    ("previous ver", "sion of this"),
    ("was ren", "amed"),
    ("used to ", "be"),
];
/// cargo says there where packages come from.
const LOCK: &str = "Cargo.lock";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().filter(|file| !file.path.ends_with(LOCK)) {
        for (number, line) in file.lines() {
            let words = WORDS.iter().map(|(first, second)| format!("{first}{second}"));
            let words = words.filter(|word| line.contains(word.as_str()));
            findings.extend(words.map(|word| Finding::new(&file.path, number, format!("`{word}`"))));
        }
    }
    findings
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    let every: String = WORDS.iter().map(|(first, second)| format!("{first}{second}\n")).collect();
    Fixture {
        breaks: Tree::of(&[("README.md", &every)]),
        similar: Tree::of(&[
            ("Cargo.lock", &every),
            ("README.md", "roots at work at home/, crates and issues, briefly; what is used to test\n"),
        ]),
    }
}
