//! Allocators that are strange and correct are accused of nothing.

mod common;

use c_tests::{Group, Library};
use common::{Run, each, libraries};

/// What is judged of those whose every step is slow: with 0.3 ms an operation sweeps take a minute, and
/// two seconds to load are spent again for each check of a target that is not forked.
const SLOW: &[(&str, &[&str])] = &[
    ("slow-operations", &["--only=zero-size", "--only=alignment", "--only=calloc", "--only=free", "--only=integrity"]),
    ("slow-load", &["--only=zero-size.malloc.*"]),
];

#[test]
fn odd_libraries_conform() {
    each(&libraries(Group::Odd), conforms);
}

fn conforms(library: &Library) {
    let only = SLOW.iter().find(|(name, _)| *name == library.name).map_or(&[][..], |(_, only)| only);
    let ended = Run::json(&library.file).with(only).end();
    assert!(ended.status == Some(0), "{ended:?}");
    let report = ended.report();
    assert!(report.failing().is_empty(), "{}", report.failures());
    assert_eq!(ended.stderr, "");
    assert!(report.summary.pass >= 9, "hardly anything was judged: {:?}", report.summary);
}
