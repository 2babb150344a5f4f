//! Small files, one idea each.

use crate::tidy::{Finding, Tree};

const MOST: usize = 600;
/// What is written by a program is not read from the top down.
const GENERATED: [&str; 2] = ["crates/pymem-abi/src/bindings.rs", "Cargo.lock"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let files = tree.files().filter(|file| !GENERATED.iter().any(|generated| file.path.ends_with(generated)));
    let long = files.map(|file| (file, file.lines().count())).filter(|(_, lines)| *lines > MOST);
    long.map(|(file, lines)| Finding::new(&file.path, 0, format!("{lines} lines"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_601st_line_is_one_too_many() {
        let long = "x\n".repeat(601);
        let found = check(&Tree::of(&[
            ("a.rs", &long),
            ("b.c", &long[2..]),
            ("crates/pymem-abi/src/bindings.rs", &long),
            ("c/Cargo.lock", &long),
        ]));
        assert_eq!(found, [Finding::new("a.rs", 0, "601 lines")]);
    }
}
