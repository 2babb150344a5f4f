//! Clauses that no mutant breaks.

/// `must` clauses with a check that nothing here can break, each with the reason.
pub const WITHOUT_MUTANT: &[(&str, &str)] = &[];
