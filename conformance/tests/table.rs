//! The table of checks and the contract, held against each other.

use std::collections::BTreeSet;

use pymem_conform::checks::TABLE;
use pymem_conform::symbols;
use pymem_conform::target::Target;
use pymem_spec::{Clause, Registry};

/// Clauses that the supervisor judges by what became of processes.
const BY_OUTCOME: [&str; 3] = ["robustness.load", "robustness.survives", "customize.inside.tests"];

#[test]
fn every_check_names_a_clause_of_its_own() {
    let mut seen = BTreeSet::new();
    for check in TABLE {
        assert!(Registry::embedded().get(check.clause).is_some(), "no clause is called {}", check.clause);
        assert!(seen.insert(check.clause), "two checks judge {}", check.clause);
    }
}

#[test]
fn every_clause_is_judged_in_one_way_or_says_why_not() {
    for clause in Registry::embedded().clauses() {
        let ways = [
            TABLE.iter().any(|check| check.clause == clause.id),
            BY_OUTCOME.contains(&clause.id.as_str()),
            is_judged_by_symbols(clause),
            clause.unchecked.is_some(),
        ];
        assert_eq!(ways.iter().filter(|way| **way).count(), 1, "{}: {ways:?}", clause.id);
    }
}

fn is_judged_by_symbols(clause: &Clause) -> bool {
    let options = pymem_conform::cli::parse(["pymem-conform".into()]).expect("no argument is needed");
    let Ok(reference) = Target::resolve(&options) else { panic!("the reference is always there") };
    symbols::missing(clause, clause.domains.first().copied(), &reference, &Registry::newest()).is_some()
}
