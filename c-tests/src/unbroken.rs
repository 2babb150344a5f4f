//! Clauses that no mutant breaks.

/// `must` clauses with a check that nothing here can break, each with the reason.
pub const WITHOUT_MUTANT: &[(&str, &str)] = &[
    ("customize.inside.start", INSIDE),
    ("customize.inside.imports", INSIDE),
    ("customize.inside.containers", INSIDE),
    ("customize.inside.texts", INSIDE),
    ("customize.inside.recursion", INSIDE),
    ("customize.inside.garbage", INSIDE),
    ("customize.inside.threads", INSIDE),
    ("customize.inside.forks", INSIDE),
    ("customize.inside.interpreters", INSIDE),
    ("customize.inside.restarts", INSIDE),
    ("customize.inside.tests", INSIDE),
    ("customize.get-without-calloc", "of 3.4 alone, of which no library is here to break"),
    ("debug-hooks.lock.not-looked-at", "of 3.4 and 3.5 alone, of which no library is here to break"),
    ("debug-hooks.setup.without-effect", "of 3.4 and 3.5 alone, of which no library is here to break"),
];

/// `cargo xtask mutants --inside PYTHON` puts every mutant there.
const INSIDE: &str = "any defect that a real program meets breaks it: see `cargo xtask mutants --inside`";
