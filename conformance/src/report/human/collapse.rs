//! What is told together: one clause that fails alike in many places, many
//! clauses that fail alike.

use std::collections::{BTreeMap, BTreeSet};

use super::Standing;
use crate::report::ClauseResult;
use crate::report::places::Place;

/// From this many clauses of a section on that fail in the very same way, the
/// way is told once and the clauses are listed below it.
const SHARED: usize = 3;

/// One clause that fails in one way, in all the places where it does so.
pub(super) struct Failure<'a> {
    pub(super) standing: Standing,
    pub(super) clause: &'a str,
    /// The first result, whose texts are shown.
    pub(super) example: &'a ClauseResult,
    /// In report order.
    pub(super) places: Vec<Place>,
    /// Whether the clause fails so wherever it was judged.
    pub(super) is_everywhere: bool,
    pub(super) witnesses: Vec<&'a str>,
    way: Way,
}

/// What is told under one label.
pub(super) enum Group<'a> {
    /// All ways in which one clause fails.
    Clause(Vec<Failure<'a>>),
    /// Several clauses that fail in one way.
    Way(Vec<Failure<'a>>),
}

/// The failures among one section's results: the worst first, then in report order.
pub(super) fn groups<'a>(results: &[&'a ClauseResult]) -> Vec<Group<'a>> {
    let failures = failures(results);
    let mut clauses = BTreeMap::<_, BTreeSet<&str>>::new();
    for failure in &failures {
        clauses.entry((failure.standing, failure.way.clone())).or_default().insert(failure.clause);
    }
    let mut groups = Vec::new();
    for failure in failures {
        let is_shared = clauses[&(failure.standing, failure.way.clone())].len() >= SHARED && failure.way.is_told();
        let home = groups.iter_mut().find_map(|group| match group {
            Group::Way(members) => (is_shared && members[0].is_like(&failure)).then_some(members),
            Group::Clause(members) => (!is_shared && members[0].is_of(&failure)).then_some(members),
        });
        match home {
            Some(members) => members.push(failure),
            None if is_shared => groups.push(Group::Way(vec![failure])),
            None => groups.push(Group::Clause(vec![failure])),
        }
    }
    groups
}

fn failures<'a>(results: &[&'a ClauseResult]) -> Vec<Failure<'a>> {
    let mut judged = BTreeMap::<_, usize>::new();
    let mut failures = BTreeMap::<_, Failure<'a>>::new();
    for &result in results {
        let standing = Standing::of(result);
        let clause = result.clause.as_str();
        if standing != Standing::Skip {
            *judged.entry(clause).or_default() += 1;
        }
        if matches!(standing, Standing::Pass | Standing::Skip) {
            continue;
        }
        let way = Way::of(result);
        let failure = failures.entry((standing, clause, way.clone(), demand(result))).or_insert_with(|| Failure {
            standing,
            clause,
            example: result,
            places: Vec::new(),
            is_everywhere: false,
            witnesses: Vec::new(),
            way,
        });
        failure.places.push(Place::of(result));
        failure.witnesses.extend(result.witness.as_deref().filter(|path| !failure.witnesses.contains(path)));
    }
    let mut failures: Vec<_> = failures.into_values().collect();
    failures.iter_mut().for_each(|failure| failure.is_everywhere = failure.places.len() == judged[failure.clause]);
    failures.sort_by_key(|failure| (failure.standing, failure.example.area, failure.clause, failure.places[0]));
    failures
}

impl Failure<'_> {
    fn is_like(&self, other: &Self) -> bool {
        (self.standing, &self.way) == (other.standing, &other.way)
    }

    fn is_of(&self, other: &Self) -> bool {
        (self.standing, self.clause) == (other.standing, other.clause)
    }
}

/// How something failed, without what differs from place to place: the numbers
/// of operations and blocks, and the names of the domains.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    reason: String,
    actual: String,
    operation: String,
}

impl Way {
    fn of(result: &ClauseResult) -> Self {
        let text = |field: &Option<String>| general(field.as_deref().unwrap_or(""));
        Self { reason: general(&result.reason), actual: text(&result.actual), operation: text(&result.operation) }
    }

    /// Whether there is anything to share: clauses of which nothing was seen are
    /// not alike for that.
    fn is_told(&self) -> bool {
        !self.actual.is_empty()
    }
}

fn demand(result: &ClauseResult) -> String {
    general(result.expected.as_deref().unwrap_or(""))
}

/// `op 17: PyMem_RawRealloc(b3, 0)` and `op 4: PyObject_Realloc(b1, 0)` read alike.
fn general(text: &str) -> String {
    let text = FAMILIES.iter().fold(text.to_owned(), |text, family| text.replace(family, "*"));
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let is_inside = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        match (!is_inside).then(|| numbered(rest)).flatten() {
            Some((name, after)) => {
                out.push_str(name);
                rest = after;
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// `b3, 0)` as `b` and `, 0)`.
fn numbered(text: &str) -> Option<(&'static str, &str)> {
    ["op ", "b"].into_iter().find_map(|name| {
        let after = text.strip_prefix(name)?;
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let is_word = end > 0 && !after[end..].starts_with(char::is_alphanumeric);
        is_word.then(|| (name, &after[end..]))
    })
}

/// `PyMem_` last, for it is the beginning of `PyMem_Raw`.
const FAMILIES: [&str; 6] =
    ["PYMEM_DOMAIN_RAW", "PYMEM_DOMAIN_MEM", "PYMEM_DOMAIN_OBJ", "PyMem_Raw", "PyObject_", "PyMem_"];

#[cfg(test)]
mod tests {
    use pymem_spec::{Area, Configuration, Level, Mode};

    use super::*;
    use crate::report::Verdict;

    /// A failure of which this was expected and seen.
    fn failure(clause: &str, expected: &str, actual: Option<&str>) -> ClauseResult {
        ClauseResult {
            clause: clause.to_owned(),
            area: Area::Free,
            level: Level::Must,
            domain: None,
            mode: Mode::Bare,
            configuration: Configuration::Default,
            verdict: Verdict::Fail,
            reason: "it fails".to_owned(),
            expected: Some(expected.to_owned()),
            actual: actual.map(str::to_owned),
            operation: None,
            witness: None,
            microseconds: 0,
        }
    }

    /// Each group in a word: its kind, and what belongs to it.
    fn grouped(results: &[ClauseResult]) -> Vec<String> {
        let word = |kind: &str, members: &[Failure<'_>]| {
            let members: Vec<_> = members.iter().map(|failure| failure.clause).collect();
            format!("{kind}: {}", members.join(" "))
        };
        let groups = groups(&results.iter().collect::<Vec<_>>());
        let words = groups.iter().map(|group| match group {
            Group::Clause(ways) => word("clause", ways),
            Group::Way(clauses) => word("way", clauses),
        });
        words.collect()
    }

    #[test]
    fn ways_that_three_clauses_share_are_told_apart() {
        let results: Vec<_> = ["a", "b", "c"]
            .into_iter()
            .flat_map(|clause| ["NULL", "0x08"].map(|seen| failure(clause, "a block", Some(seen))))
            .chain([failure("d", "a block", Some("it hangs"))])
            .collect();
        assert_eq!(grouped(&results), ["way: a b c", "way: a b c", "clause: d"]);
        assert_eq!(grouped(&results[..4]), ["clause: a a", "clause: b b"]);
    }

    #[test]
    fn clauses_of_which_nothing_was_seen_are_not_alike() {
        let results = ["a", "b", "c"].map(|clause| failure(clause, "a block", None));
        assert_eq!(grouped(&results), ["clause: a", "clause: b", "clause: c"]);
    }

    #[test]
    fn what_is_demanded_tells_failures_of_one_clause_apart() {
        let results = ["8 bytes", "16 bytes", "16 bytes"].map(|demand| failure("a", demand, Some("NULL")));
        assert_eq!(grouped(&results), ["clause: a a"]);
    }

    #[test]
    fn numbers_and_families_do_not_tell_failures_apart() {
        assert_eq!(general("op 17: PyMem_RawRealloc(b3, 0)"), "op : *Realloc(b, 0)");
        assert_eq!(general("op 4: PyObject_Realloc(b12, 0)"), general("op 17: PyMem_RawRealloc(b3, 0)"));
        assert_eq!(general("PYMEM_DOMAIN_MEM"), general("PYMEM_DOMAIN_RAW"));
    }

    #[test]
    fn what_was_seen_does() {
        for text in ["32 bytes", "web3", "b3d", "stop 3", "b", "_b3"] {
            assert_eq!(general(text), text);
        }
        assert_ne!(general("PyMem_Free(b1)"), general("PyMem_Realloc(b1, 1)"));
    }
}
