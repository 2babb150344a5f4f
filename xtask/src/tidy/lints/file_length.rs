//! Small files, one idea each.

#[cfg(test)]
use crate::tidy::Fixture;
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
pub(super) fn fixture() -> Fixture {
    let (long, most) = ("x\n".repeat(601), "x\n".repeat(600));
    Fixture {
        breaks: Tree::of(&[("c-tests/src/long.c", &long)]),
        similar: Tree::of(&[
            ("c-tests/src/most.c", &most),
            ("crates/pymem-abi/src/bindings.rs", &format!("unsafe {{}}\n{long}")),
            ("crates/pymem-abi/bindgen/Cargo.lock", &long),
        ]),
    }
}
