//! Foreign code is called where its promises are kept. No call of it compiles
//! without `unsafe`, so that word is what is looked for.

use super::{Exception, is_test};
#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::rust::uses;
use crate::tidy::{Finding, Tree};

/// Where `unsafe` may stand.
const PLACES: &[Exception] = &[
    Exception::new("crates/pymem-abi/", "loads targets and gives their functions types"),
    Exception::new("crates/pymem-ref/", "is an allocator"),
    Exception::new("conformance/src/sandbox/", "makes processes, and loads the target in one"),
    Exception::new("conformance/src/harness/", "calls the target and touches its blocks"),
    Exception::new("conformance/src/inside/", "stands between an interpreter and its allocator"),
    Exception::new("conformance/src/main.rs", "places the entries that run before main"),
    Exception::new("conformance/src/reference.rs", "stands for the C functions of the built-in target"),
    Exception::new("conformance/src/run.rs", "waits for what keepers tell"),
    Exception::new("conformance/src/checks/domains.rs", "keeps blocks of the C library beside the target's"),
    Exception::new("conformance/src/checks/resources.rs", "touches blocks page by page"),
    Exception::new("conformance/src/checks/threads.rs", "forks, as a clause demands"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.sources("").filter(|file| !is_test(&file.path)) {
        if PLACES.iter().any(|place| place.covers(&file.path)) {
            continue;
        }
        let lines = file.code_lines();
        let found = uses(&lines, &["unsafe"]).into_iter();
        findings.extend(found.map(|(line, _)| Finding::new(&file.path, line, "`unsafe`")));
    }
    findings.extend(
        PLACES
            .iter()
            .filter(|place| is_idle(tree, place))
            .map(|place| Finding::new(place.path, 0, "an exception that nothing needs")),
    );
    findings
}

/// Whether a place is there and has no `unsafe` in it.
fn is_idle(tree: &Tree, place: &Exception) -> bool {
    let mut files = tree.sources("").filter(|file| place.covers(&file.path)).peekable();
    files.peek().is_some() && files.all(|file| uses(&file.code_lines(), &["unsafe"]).is_empty())
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    let call = "// unsafe\nfn f() { unsafe { g() } }\n";
    Fixture {
        breaks: Tree::of(&[
            ("conformance/src/plan.rs", call),
            ("conformance/src/checks/domains.rs", "// unsafe\nfn f() {}\n"),
        ]),
        similar: Tree::of(&[
            ("crates/pymem-abi/src/load.rs", call),
            ("conformance/src/harness/block.rs", call),
            // One file of an excepted folder is enough.
            ("conformance/src/harness/expect.rs", "fn f() {}\n"),
            ("conformance/src/checks/domains.rs", call),
            ("conformance/src/checks/free.rs", "fn f() { not_unsafe(\"unsafe\") }\n"),
            ("conformance/tests/surroundings.rs", call),
        ]),
    }
}
