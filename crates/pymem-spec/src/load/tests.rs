//! Every fault that a spec author can commit, and what he is told.

use std::fmt::Write;

use crate::embedded::FILES;
use crate::error::SpecErrors;
use crate::registry::Registry;

/// A contract of the embedded rules and the clauses of one more file, `spec/test.toml`.
pub(crate) fn contract(clauses: &str) -> Result<Registry, SpecErrors> {
    let is_rules = |name: &str| ["releases", "driving", "params"].iter().any(|stem| name.contains(stem));
    let mut files: Vec<_> = FILES.iter().copied().filter(|(name, _)| is_rules(name)).collect();
    files.push(("spec/test.toml", clauses));
    Registry::load(&files)
}

const CLAUSE: &str = r#"[[clause]]
id      = "free.null"
title   = "Freeing NULL does nothing"
text    = """
Free of NULL
returns."""
section = "overview"
level   = "should"
levels  = { pymem = "detail" }
domains = ["raw", "mem", "obj"]
kinds   = ["cpython", "pymem"]
since   = "3.5"
until   = "3.7"
source  = "documented"
facts   = ["RAW-FREE-NULL"]
params  = ["alignment-cap"]
bugs    = ["PyO3/pyo3#6279"]
"#;

/// What is wrong, and how to get there from [`CLAUSE`].
const FAULTS: &[(&str, &str, &str)] = &[
    ("no TOML", "level   = ", "level   "),
    ("unknown table", "[[clause]]", "[[clauses]]"),
    ("unknown field, near", "title ", "titel "),
    ("unknown field, far", "title ", "zzzzzzzzz "),
    ("missing field", "section = \"overview\"", ""),
    ("field twice", "since ", "until "),
    ("wrong type", "\"should\"", "1"),
    ("wrong type in a list", "\"mem\", ", "2, "),
    ("id without an area", "free.null", "null"),
    ("id of an unknown area", "free.null", "fre.null"),
    ("id in capitals", "free.null", "free.NULL"),
    ("id with an empty word", "free.null", "free..null"),
    ("empty title", "Freeing NULL does nothing", " "),
    ("title with a full stop", "does nothing", "does nothing."),
    ("empty text", "Free of NULL\nreturns.", "\n"),
    ("unknown section", "\"overview\"", "\"overwiev\""),
    ("unknown level", "\"should\"", "\"may\""),
    ("unknown kind in levels", "pymem =", "pypy ="),
    ("unknown level in levels", "\"detail\"", "\"details\""),
    ("levels for a kind left out", "pymem =", "malloc ="),
    ("levels that repeat the level", "\"detail\"", "\"should\""),
    ("unknown domain", "\"raw\"", "\"row\""),
    ("domain twice", "\"raw\", \"mem\"", "\"raw\", \"raw\""),
    ("empty list", "[\"raw\", \"mem\", \"obj\"]", "[]"),
    ("unknown kind", "\"cpython\"", "\"cpyton\""),
    ("unknown mode", "level ", "modes = [\"naked\"]\nlevel "),
    ("unknown build", "level ", "builds = [\"freethreaded\"]\nlevel "),
    ("unknown configuration", "level ", "configurations = [\"PYTHONMALLOC=pymaloc\"]\nlevel "),
    ("malformed since", "\"3.5\"", "\"3\""),
    ("malformed until", "\"3.7\"", "\"3.x\""),
    ("since after until", "\"3.5\"", "\"3.8\""),
    ("pre-release as an end", "\"3.7\"", "\"3.7.0rc1\""),
    ("unknown source", "\"documented\"", "\"hearsay\""),
    ("must, but never seen", "\"should\"", "\"must\"\n#"),
    ("a kind must, but never seen", "\"detail\"", "\"must\""),
    ("observed without evidence", "\"documented\"", "\"observed\""),
    ("empty evidence", "level ", "evidence = \"\"\nlevel "),
    ("malformed fact", "RAW-FREE-NULL", "raw-free-null"),
    ("fact of one word", "RAW-FREE-NULL", "RAW"),
    ("fact twice", "\"RAW-FREE-NULL\"", "\"RAW-FREE-NULL\", \"RAW-FREE-NULL\""),
    ("unknown param, near", "alignment-cap", "aligment-cap"),
    ("unknown param, far", "alignment-cap", "x"),
    ("malformed bug", "PyO3/pyo3#6279", "#6279"),
    ("empty reason", "level ", "unchecked = \"\"\nlevel "),
    ("two faults", "\"overview\"\nlevel   = \"should\"", "\"x-overview\"\nlevel   = \"shoud\""),
];

#[test]
fn each_fault_is_named_with_its_line_and_its_repair() {
    contract(CLAUSE).unwrap();
    let mut report = String::new();
    for (what, from, to) in FAULTS {
        assert!(CLAUSE.contains(from), "{what}: nothing to replace");
        let mut faulty = CLAUSE.replacen(from, to, 1);
        if what.contains("never seen") {
            faulty = faulty.replacen("\"documented\"", "\"documentation only\"", 1);
        }
        let errors = contract(&faulty).expect_err(what);
        writeln!(report, "{what}\n{errors}\n").unwrap();
    }
    insta::assert_snapshot!("clause_faults", report);
}

#[test]
fn an_id_is_given_once() {
    let errors = contract(&format!("{CLAUSE}\n{CLAUSE}")).unwrap_err();
    insta::assert_snapshot!(errors, @"spec/test.toml:20: duplicate id `free.null`, first in spec/test.toml:1; rename one");
}

/// What is wrong, and the table that has it.
const RULE_FAULTS: &[(&str, &str)] = &[
    ("negative value", "[[param]]\nname = 'a'\ntext = 't'\notherwise = -1"),
    ("malformed name", "[[param]]\nname = 'A'\ntext = 't'"),
    ("param twice", "[[param]]\nname = 'alignment-cap'\ntext = 't'"),
    ("empty text", "[[param]]\nname = 'a'\ntext = ''"),
    ("empty life", "[[param]]\nname = 'a'\ntext = 't'\nrules = [{ value = 1, since = '3.8', until = '3.7' }]"),
    ("unknown field of a rule", "[[param]]\nname = 'a'\ntext = 't'\nrules = [{ value = 1, kind = 'malloc' }]"),
    ("unknown property", "[[driving]]\nproperty = 'callock'\ntext = 't'\nrules = []\notherwise = true"),
    ("property twice", "[[driving]]\nproperty = 'calloc'\ntext = 't'\nrules = []\notherwise = true"),
    (
        "rule about what driving does not ask",
        "[[driving]]\nproperty = 'calloc'\ntext = 't'\nrules = [{ value = true, kinds = ['cpython'] }]\notherwise = true",
    ),
    ("unknown configuration", "[environment]\ntext = 't'\nrules = []\notherwise = ['PYTHONMALLOC=pymaloc']"),
    ("newest release unknown", "[releases]\ntext = 't'\nknown = ['3.4.10']\nnewest = '3.5.10'"),
    ("two releases of a line", "[releases]\ntext = 't'\nknown = ['3.4.9', '3.4.10']\nnewest = '3.4.10'"),
    ("releases out of order", "[releases]\ntext = 't'\nknown = ['3.5.10', '3.4.10']\nnewest = '3.5.10'"),
];

#[test]
fn rules_are_held_to_their_form() {
    let mut report = String::new();
    for (what, table) in RULE_FAULTS {
        writeln!(report, "{what}\n{}\n", contract(table).expect_err(what)).unwrap();
    }
    insta::assert_snapshot!("rule_faults", report);
}

#[test]
fn a_contract_is_complete() {
    insta::assert_snapshot!("incomplete", Registry::load(&[]).unwrap_err());
}

#[test]
fn an_unreadable_file_silences_the_others() {
    let errors = Registry::load(&[("spec/a.toml", "x"), ("spec/b.toml", CLAUSE)]).unwrap_err();
    assert_eq!(errors.0.len(), 1, "{errors}");
}

#[test]
fn words_come_in_their_own_order_and_text_in_one_line() {
    let registry = contract(&CLAUSE.replace(r#""raw", "mem", "obj""#, r#""obj", "raw""#)).unwrap();
    let clause = registry.get("free.null").unwrap();
    assert_eq!(clause.domains, [crate::Domain::Raw, crate::Domain::Obj]);
    assert_eq!(clause.text, "Free of NULL returns.");
    assert_eq!((clause.file.as_str(), clause.line), ("spec/test.toml", 1));
}
