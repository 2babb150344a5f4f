//! What is here is done.

use crate::tidy::{Finding, Tree};

/// Each in two halves, so that this file does not name them.
const MARKS: [(&str, &str); 8] = [
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
mod tests {
    use super::*;

    #[test]
    fn what_is_left_for_later_is_found() {
        for (first, second) in MARKS {
            let mark = format!("{first}{second}");
            let found = check(&Tree::of(&[("a.c", &format!("int a;\n/* {mark} */\n"))]));
            assert_eq!(found, [Finding::new("a.c", 2, format!("`{mark}`"))]);
        }
    }
}
