//! Allocators that are strange and correct are accused of nothing.

mod common;

use c_tests::{Group, Library};
use common::{Run, each, libraries};

/// Areas that do not sweep: with 0.3 ms an operation the others take a minute.
const SLOW: [&str; 6] =
    ["--only=zero-size", "--only=alignment", "--only=calloc", "--only=free", "--only=integrity", "--only=robustness"];

#[test]
fn odd_libraries_conform() {
    each(&libraries(Group::Odd), conforms);
}

fn conforms(library: &Library) {
    let only: &[&str] = if library.name == "slow-operations" { &SLOW } else { &[] };
    let ended = Run::json(&library.file).with(only).end();
    assert!(ended.status == Some(0), "{ended:?}");
    let report = ended.report();
    assert!(report.failing().is_empty(), "{}", report.failures());
    assert_eq!(ended.stderr, "");
    assert!(report.summary.pass >= 25, "hardly anything was judged: {:?}", report.summary);
}
