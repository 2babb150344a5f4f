//! No machine, no registry, no history.

use crate::tidy::{Finding, Tree};

/// Each in two halves, so that this file does not name them.
const WORDS: &[(&str, &str)] = &[
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
mod tests {
    use super::*;

    #[test]
    fn a_place_of_one_machine_is_found() {
        for (first, second) in WORDS {
            let text = format!("a\nb {first}{second} c\n");
            let found = check(&Tree::of(&[("README.md", &text), ("x/Cargo.lock", &text)]));
            assert_eq!(found, [Finding::new("README.md", 2, format!("`{first}{second}`"))]);
        }
    }
}
