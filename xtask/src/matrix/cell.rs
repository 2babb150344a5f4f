//! What was found of one clause on one target, all its results taken together.

use pymem_spec::{Level, Registry};
use serde::Serialize;

use crate::report::{ClauseResult, Verdict};
use crate::text::plural;

/// Where a row and a column meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The worst of its results; a skip only where nothing was judged.
    pub sign: Sign,
    /// Results that hold.
    pub pass: usize,
    /// Results that do not.
    pub fail: usize,
    /// Results that were not judged.
    pub skip: usize,
    /// Why it is no pass.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// What is seen at one look. Ordered: of several results the first decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    Fail,
    Fixed,
    Warn,
    Note,
    Known,
    Pass,
    /// Open: memory or time ran out.
    Starved,
    Symbol,
    Build,
    Version,
    Kind,
    Unchecked,
    /// Not called in the state that the target is in.
    State,
    /// Not in the modes and configurations that the target has.
    Elsewhere,
    /// The run has no result of the clause.
    Missing,
}

impl Sign {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Fail,
        Self::Fixed,
        Self::Warn,
        Self::Note,
        Self::Known,
        Self::Pass,
        Self::Starved,
        Self::Symbol,
        Self::Build,
        Self::Version,
        Self::Kind,
        Self::Unchecked,
        Self::State,
        Self::Elsewhere,
        Self::Missing,
    ];

    /// What one result says.
    pub fn of(result: &ClauseResult) -> Self {
        match (result.verdict, result.level) {
            (Verdict::Pass, _) => Self::Pass,
            (Verdict::Fail, Level::Must) => Self::Fail,
            (Verdict::Fail, Level::Should) => Self::Warn,
            (Verdict::Fail, Level::Detail) => Self::Note,
            (Verdict::Known, _) => Self::Known,
            (Verdict::Fixed, _) => Self::Fixed,
            (Verdict::Skip, _) => Self::of_skip(&result.clause, &result.reason),
        }
    }

    /// The kind of a skip, by how its reason is put.
    fn of_skip(clause: &str, reason: &str) -> Self {
        let unchecked = Registry::embedded().get(clause).and_then(|clause| clause.unchecked.as_deref());
        let starts = |words: &[&str]| words.iter().any(|word| reason.starts_with(word));
        if unchecked == Some(reason) {
            Self::Unchecked
        } else if starts(&["out of memory", "out of time"]) {
            Self::Starved
        } else if starts(&["symbol absent"]) {
            Self::Symbol
        } else if starts(&["holds since", "holds until", "pre-release"]) {
            Self::Version
        } else if starts(&["only for "]) && reason.ends_with(" builds") {
            Self::Build
        } else if starts(&["not for "]) && reason.ends_with(" targets") {
            Self::Kind
        } else if starts(&["not in ", "only under debug hooks", "not under debug hooks", "the target does not accept"])
        {
            Self::Elsewhere
        } else {
            Self::State
        }
    }

    /// Whether the clause was seen not to hold.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Fail | Self::Warn | Self::Note | Self::Known)
    }

    /// Whether nothing was judged.
    pub fn is_skip(self) -> bool {
        self > Self::Pass
    }

    /// One column wide.
    pub const fn symbol(self) -> char {
        match self {
            Self::Fail => '✗',
            Self::Fixed => '+',
            Self::Warn => '!',
            Self::Note => '~',
            Self::Known => '=',
            Self::Pass => '✓',
            Self::Starved => '?',
            Self::Symbol => 'a',
            Self::Build => 'b',
            Self::Version => '–',
            Self::Kind => 'k',
            Self::Unchecked => 'u',
            Self::State => 's',
            Self::Elsewhere => 'c',
            Self::Missing => '·',
        }
    }

    /// For the legend.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Fail => "fails",
            Self::Fixed => "passes, though waived",
            Self::Warn => "fails, level should",
            Self::Note => "fails, level detail",
            Self::Known => "fails, and is waived",
            Self::Pass => "passes",
            Self::Starved => "out of memory or time",
            Self::Symbol => "symbol absent",
            Self::Build => "not for this build",
            Self::Version => "not in this version's contract",
            Self::Kind => "not for this kind of target",
            Self::Unchecked => "no check can exist",
            Self::State => "cannot be judged in any state",
            Self::Elsewhere => "not in its configurations",
            Self::Missing => "no result",
        }
    }
}

impl Cell {
    /// All results of a clause on one target together.
    pub fn new(results: &[&ClauseResult]) -> Self {
        let signs: Vec<_> = results.iter().map(|result| (Sign::of(result), *result)).collect();
        let sign = signs.iter().map(|(sign, _)| *sign).min().unwrap_or(Sign::Missing);
        let count = |matches: fn(Sign) -> bool| signs.iter().filter(|(sign, _)| matches(*sign)).count();
        let deciding = signs.iter().filter(|(own, _)| *own == sign).map(|(_, result)| *result);
        Self {
            sign,
            pass: count(|sign| matches!(sign, Sign::Pass | Sign::Fixed)),
            fail: count(Sign::is_failure),
            skip: count(Sign::is_skip),
            why: why(sign, deciding),
        }
    }
}

/// The reason of a result without its domain: `mem cannot be called` and `obj cannot be called` are one.
pub fn reason(result: &ClauseResult) -> &str {
    let rest = result.domain.and_then(|domain| result.reason.strip_prefix(domain.as_str())?.strip_prefix(' '));
    rest.unwrap_or(&result.reason)
}

fn why<'r>(sign: Sign, deciding: impl Iterator<Item = &'r ClauseResult>) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    for reason in deciding.map(reason).filter(|reason| !reason.is_empty()) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    match (sign, reasons.as_slice()) {
        (Sign::Pass, _) | (_, []) => String::new(),
        (sign, [first, rest @ ..]) if sign.is_failure() => {
            let others = if rest.is_empty() {
                String::new()
            } else {
                format!(" (and {} elsewhere)", plural(rest.len(), "other way"))
            };
            format!("{first}{others}")
        }
        // Each configuration has a reason of its own.
        (Sign::Elsewhere, [first, ..]) => first.split(": ").next().unwrap_or_default().to_owned(),
        (_, reasons) => reasons.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use pymem_spec::{Bound, Build, Configuration, Inapplicable, Kind, Mode};

    use super::super::samples::result;
    use super::*;

    /// Every reason for which a clause does not apply, as the contract words it.
    #[rstest::rstest]
    #[case(Inapplicable::Version(Bound::Since("3.9".parse().unwrap())), Sign::Version)]
    #[case(Inapplicable::Version(Bound::Until("3.7".parse().unwrap())), Sign::Version)]
    #[case(Inapplicable::PreRelease { of: "3.15.0".parse().unwrap() }, Sign::Version)]
    #[case(Inapplicable::Build { needed: Build::FreeThreaded }, Sign::Build)]
    #[case(Inapplicable::Kind(Kind::Cpython), Sign::Kind)]
    #[case(Inapplicable::Mode(Mode::Bare), Sign::Elsewhere)]
    #[case(Inapplicable::Configuration { found: Configuration::Default, hooks: Some(true) }, Sign::Elsewhere)]
    #[case(Inapplicable::Configuration { found: Configuration::Default, hooks: Some(false) }, Sign::Elsewhere)]
    #[case(Inapplicable::Configuration { found: Configuration::EnvMalloc, hooks: None }, Sign::Elsewhere)]
    fn reasons_of_the_contract(#[case] reason: Inapplicable, #[case] expected: Sign) {
        assert_eq!(Sign::of_skip("free.null", &reason.to_string()), expected);
    }

    #[rstest::rstest]
    #[case("out of time after 3 of 7", Sign::Starved)]
    #[case("symbol absent: PyObject_New", Sign::Symbol)]
    #[case("the target does not accept PYTHONMALLOC=debug", Sign::Elsewhere)]
    #[case("mem cannot be called before the interpreter is initialised", Sign::State)]
    fn reasons_of_the_suite(#[case] reason: &str, #[case] expected: Sign) {
        assert_eq!(Sign::of_skip("free.null", reason), expected);
    }

    #[test]
    fn a_failure_outweighs_passes_and_a_pass_outweighs_skips() {
        let (pass, skip) = (result("a.b", Verdict::Pass, ""), result("a.b", Verdict::Skip, "holds since 3.9"));
        let fail = result("a.b", Verdict::Fail, "it crashes");
        let cell = Cell::new(&[&pass, &skip, &fail, &pass]);
        assert_eq!((cell.sign, cell.pass, cell.fail, cell.skip), (Sign::Fail, 2, 1, 1));
        assert_eq!(cell.why, "it crashes");
        assert_eq!(Cell::new(&[&skip, &pass]).sign, Sign::Pass);
        assert_eq!(Cell::new(&[&skip]).why, "holds since 3.9");
    }

    #[test]
    fn no_two_signs_look_alike() {
        let mut symbols = Sign::ALL.map(Sign::symbol).to_vec();
        symbols.sort_unstable();
        symbols.dedup();
        assert_eq!(symbols.len(), Sign::ALL.len());
        assert!(Sign::ALL.is_sorted());
    }
}
