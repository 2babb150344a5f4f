//! Clauses that no mutant breaks.

/// `must` clauses with a check that nothing here can break, each with the reason.
pub const WITHOUT_MUTANT: &[(&str, &str)] = &[
    ("customize.get-without-calloc", "of 3.4 alone, of which no library is here to break"),
    ("debug-hooks.lock.not-looked-at", "of 3.4 and 3.5 alone, of which no library is here to break"),
    ("debug-hooks.setup.without-effect", "of 3.4 and 3.5 alone, of which no library is here to break"),
];
