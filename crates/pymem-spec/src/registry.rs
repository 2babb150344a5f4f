//! The whole contract.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::LazyLock;

use crate::clause::Clause;
use crate::driving::{Driving, DrivingRules};
use crate::error::SpecErrors;
use crate::glob::glob_matches;
use crate::nearest::nearest;
use crate::rules::{Query, Rules};
use crate::situation::Situation;
use crate::version::{Version, is_line};
use crate::words::{Area, Build, Domain};
use crate::{embedded, load};

/// The contract as `spec/` states it: clauses, parameters, driving rules and known releases.
#[derive(Debug)]
pub struct Registry {
    pub(crate) clauses: Vec<Clause>,
    pub(crate) params: BTreeMap<String, Rules<Option<u64>>>,
    pub(crate) driving: DrivingRules,
    pub(crate) releases: Releases,
}

/// The releases that the contract's facts were measured on.
#[derive(Clone, Debug)]
pub(crate) struct Releases {
    /// One for each line, ascending.
    pub(crate) known: Vec<Version>,
    /// One of `known`.
    pub(crate) newest: Version,
}

impl Registry {
    /// The contract that this build was made with.
    ///
    /// # Panics
    ///
    /// If the embedded files are wrong, which this crate's tests rule out.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Registry> = LazyLock::new(|| match Registry::load(embedded::FILES) {
            Ok(registry) => registry,
            Err(errors) => panic!("the embedded contract is wrong:\n{errors}"),
        });
        &EMBEDDED
    }

    /// Reads a contract from pairs of file name and text.
    ///
    /// # Errors
    ///
    /// Every fault found. A file that is no TOML or has a field of a wrong name or
    /// type is left at its first fault.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, SpecErrors> {
        load::load(files)
    }

    /// The newest release that the facts cover: what judges a target without a version.
    pub fn newest() -> Version {
        Self::embedded().releases.newest
    }

    /// All clauses, by area and then by id.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The clause of that id.
    pub fn get(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The clauses whose id a pattern matches (see [`glob_matches`]), in order. The
    /// name of an area alone stands for all its clauses.
    pub fn matching(&self, glob: &str) -> Vec<&Clause> {
        let area = Area::from_str(glob).ok();
        self.clauses.iter().filter(|clause| area == Some(clause.area) || glob_matches(glob, &clause.id)).collect()
    }

    /// The ids and areas that a mistyped one may have meant, nearest first.
    pub fn nearest(&self, id: &str) -> Vec<&str> {
        let ids = self.clauses.iter().map(|clause| clause.id.as_str());
        nearest(id, ids.chain(Area::ALL.iter().map(|area| area.as_str())))
    }

    /// The value of a parameter in a situation, for a check of `domain` or of none.
    /// None if there is no such parameter, or it has no value there.
    pub fn param(&self, name: &str, situation: &Situation, domain: Option<Domain>) -> Option<u64> {
        let &Situation { version, builds, kind, configuration, .. } = situation;
        let query = Query { version, builds, kind: Some(kind), domain, configuration: Some(configuration) };
        *self.params.get(name)?.value(&query)
    }

    /// How a CPython of that version and build may be driven.
    pub fn driving(&self, version: &Version, builds: &[Build]) -> Driving {
        self.driving.of(*version, builds)
    }

    /// The version that `--spec` names: `3.13` is the newest patch release of that
    /// line that the facts cover, a full version is taken as it is.
    ///
    /// # Errors
    ///
    /// One sentence, if the text is no version or the line is unknown.
    pub fn resolve_spec(&self, text: &str) -> Result<Version, String> {
        let asked: Version = text.parse()?;
        if !is_line(text) {
            return Ok(asked);
        }
        let known = &self.releases.known;
        known.iter().copied().find(|release| release.line() == text).ok_or_else(|| {
            let lines: Vec<_> = known.iter().map(|release| release.line()).collect();
            format!("unknown Python line {text}; known: {}", lines.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::words::{Configuration, Kind, Mode};

    #[test]
    fn the_embedded_contract_is_sound() {
        let registry = Registry::load(embedded::FILES).unwrap_or_else(|errors| panic!("{errors}"));
        assert!(registry.clauses().len() > 70);
    }

    #[test]
    fn clauses_come_by_area_and_id_and_are_unique() {
        let keys: Vec<_> = Registry::embedded().clauses().iter().map(|clause| (clause.area, &clause.id)).collect();
        assert!(keys.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn each_parameter_is_used_by_a_clause() {
        let registry = Registry::embedded();
        for name in registry.params.keys() {
            assert!(registry.clauses().iter().any(|clause| clause.params.contains(name)), "{name}");
        }
    }

    #[rstest]
    #[case("free.null", &["free.null"])]
    #[case("free", &["free.any-order", "free.neighbours", "free.null", "free.origin", "free.reuse"])]
    #[case("free.*u*", &["free.neighbours", "free.null", "free.reuse"])]
    #[case("realloc.*null", &["realloc.null"])]
    #[case("zero-size.*.null", &["zero-size.realloc.null"])]
    #[case("zero-size.?alloc.non-null", &["zero-size.calloc.non-null", "zero-size.malloc.non-null"])]
    #[case("fre", &[])]
    fn matching(#[case] glob: &str, #[case] expected: &[&str]) {
        let found: Vec<_> = Registry::embedded().matching(glob).iter().map(|clause| clause.id.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_nearest_ids_come_first() {
        assert_eq!(Registry::embedded().nearest("free.nul").first(), Some(&"free.null"));
        assert_eq!(Registry::embedded().nearest("zerosize").first(), Some(&"zero-size"));
    }

    #[rstest]
    #[case("3.4", "3.4.10")]
    #[case("3.12", "3.12.5")]
    #[case("3.13", "3.13.0")]
    #[case("3.15", "3.15.0a0")]
    #[case("3.13.5", "3.13.5")]
    #[case("3.13.0rc2", "3.13.0rc2")]
    fn a_line_is_its_newest_known_release(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(Registry::embedded().resolve_spec(text).map(|version| version.to_string()), Ok(expected.to_owned()));
    }

    #[test]
    fn an_unknown_line_is_refused_with_the_known_ones() {
        insta::assert_snapshot!(
            Registry::embedded().resolve_spec("3.3").unwrap_err(),
            @"unknown Python line 3.3; known: 3.4, 3.5, 3.6, 3.7, 3.8, 3.9, 3.10, 3.11, 3.12, 3.13, 3.14, 3.15"
        );
        assert!(Registry::embedded().resolve_spec("three").unwrap_err().contains("no version of Python"));
    }

    #[test]
    fn the_newest_release_judges_by_default() {
        assert_eq!(Registry::newest().to_string(), "3.14.7");
    }

    #[rstest]
    #[case("3.5", Kind::Cpython, Domain::Raw, Configuration::Default, 16)]
    #[case("3.5", Kind::Cpython, Domain::Mem, Configuration::Default, 16)]
    #[case("3.5", Kind::Cpython, Domain::Obj, Configuration::Default, 8)]
    #[case("3.6", Kind::Cpython, Domain::Mem, Configuration::DebugHooks, 8)]
    #[case("3.6", Kind::Cpython, Domain::Obj, Configuration::EnvMalloc, 16)]
    #[case("3.6", Kind::Malloc, Domain::Raw, Configuration::Default, 16)]
    #[case("3.6", Kind::Vtable, Domain::Obj, Configuration::Default, 16)]
    #[case("3.7.3", Kind::Cpython, Domain::Mem, Configuration::Default, 8)]
    #[case("3.7.4rc1", Kind::Cpython, Domain::Mem, Configuration::Default, 16)]
    #[case("3.7.4", Kind::Cpython, Domain::Obj, Configuration::Default, 16)]
    fn alignment_cap(
        #[case] version: &str,
        #[case] kind: Kind,
        #[case] domain: Domain,
        #[case] configuration: Configuration,
        #[case] expected: u64,
    ) {
        let version = version.parse().unwrap();
        let situation = Situation { version, builds: &[], kind, mode: Mode::Bare, configuration };
        let registry = Registry::embedded();
        assert_eq!(registry.param("alignment-cap", &situation, Some(domain)), Some(expected));
        assert_eq!(registry.param("no-such-thing", &situation, Some(domain)), None);
    }
}
