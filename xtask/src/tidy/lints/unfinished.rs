//! What is here is done.

#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::{Finding, Tree};

/// Each in two halves, so that this file does not name them.
pub(super) const MARKS: [(&str, &str); 8] = [
    ("FIX", "ME"),
    ("TO", "DO"),
    ("XX", "X"),
    ("HA", "CK:"),
    ("to", "do!("),
    ("unimpl", "emented!("),
    ("#[ig", "nore"),
    ("work in ", "progress"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().filter(|file| !file.path.ends_with("Cargo.lock")) {
        for (number, line) in file.lines() {
            let marks = MARKS.iter().map(|(first, second)| format!("{first}{second}"));
            let marks = marks.filter(|mark| line.contains(mark.as_str()));
            findings.extend(marks.map(|mark| Finding::new(&file.path, number, format!("`{mark}`"))));
        }
    }
    findings
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    let every: String = MARKS.iter().map(|(first, second)| format!("/* {first}{second} */\n")).collect();
    Fixture {
        breaks: Tree::of(&[("c-tests/src/every.c", &every)]),
        similar: Tree::of(&[
            ("Cargo.lock", &every),
            ("c-tests/src/none.c", "/* fix me, to do: a hack that is ignored, and in progress */\n"),
        ]),
    }
}
