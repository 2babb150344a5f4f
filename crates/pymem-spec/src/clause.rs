//! One testable statement of the contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::section::Section;
use crate::situation::{Inapplicable, Situation, within};
use crate::version::{Until, Version};
use crate::words::{Area, Build, Configuration, Domain, Inside, Kind, Level, Mode, words};

words! {
    /// Where a clause is known from.
    Source {
        /// The manual says it, and libraries keep it.
        Documented = "documented",
        /// Libraries keep it, and the manual does not say it; [`Clause::evidence`] tells which.
        Observed = "observed",
        /// The manual says it, and no library was seen to keep it.
        DocumentationOnly = "documentation only",
    }
}

/// One testable statement of the contract. Only [`crate::Registry`] makes them, so
/// every one is complete and consistent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clause {
    /// Dotted words, the first of which is the area: `zero-size.malloc.distinct`.
    pub id: String,
    /// The first word of the id.
    pub area: Area,
    /// One line, without a full stop.
    pub title: String,
    /// What must hold, and for whom, as one paragraph.
    pub text: String,
    /// Where the manual states it.
    pub section: Section,
    /// The level for the kinds that [`Self::levels`] does not name.
    pub level: Level,
    /// The kinds whose level differs.
    pub levels: BTreeMap<Kind, Level>,
    /// Judged once in each of these; empty: not of one domain.
    pub domains: Vec<Domain>,
    /// The kinds of target it binds.
    pub kinds: Vec<Kind>,
    /// The properties that a build must have, all of them; empty: any build.
    pub builds: Vec<Build>,
    /// The modes it holds in.
    pub modes: Vec<Mode>,
    /// The configurations it holds in.
    pub configurations: Vec<Configuration>,
    /// Whether it holds only under debug hooks, or only without.
    pub hooks: Option<bool>,
    /// Whether it is judged where an interpreter runs on an allocator that was put into it.
    pub inside: Inside,
    /// The first version it holds for.
    pub since: Option<Version>,
    /// The last version it holds for.
    pub until: Option<Until>,
    /// Where it is known from.
    pub source: Source,
    /// What was seen, where the manual does not say it.
    pub evidence: Option<String>,
    /// Names of the measured facts it covers, such as `RAW-MALLOC-ZERO`.
    pub facts: Vec<String>,
    /// Names of the values it needs that differ by version: see [`crate::Registry::param`].
    pub params: Vec<String>,
    /// Real bugs it would have caught, as `owner/repository#number`.
    pub bugs: Vec<String>,
    /// Why no check of it can exist.
    pub unchecked: Option<String>,
    /// The file that states it, such as `spec/zero-size.toml`.
    pub file: String,
    /// Its line in that file, from 1.
    pub line: usize,
}

impl Clause {
    /// The level at which the clause binds targets of `kind`.
    pub fn level_for(&self, kind: Kind) -> Level {
        self.levels.get(&kind).copied().unwrap_or(self.level)
    }

    /// Whether the clause holds in any situation of this version.
    pub fn holds_in(&self, version: Version) -> bool {
        within(self.since, self.until, version).is_ok()
    }

    /// Whether the clause holds in a situation.
    ///
    /// # Errors
    ///
    /// The reason why not: of several, the one that the caller can change least.
    pub fn applies(&self, situation: &Situation) -> Result<(), Inapplicable> {
        let Situation { version, builds, kind, mode, configuration } = *situation;
        if !self.kinds.contains(&kind) {
            return Err(Inapplicable::Kind(kind));
        }
        within(self.since, self.until, version)?;
        if let Some(&needed) = self.builds.iter().find(|build| !builds.contains(build)) {
            return Err(Inapplicable::Build { needed });
        }
        if !self.modes.contains(&mode) {
            return Err(Inapplicable::Mode(mode));
        }
        if !self.configurations.contains(&configuration) {
            return Err(Inapplicable::Configuration { found: configuration, hooks: None });
        }
        match self.hooks {
            Some(needed) if needed != situation.has_hooks() => {
                Err(Inapplicable::Configuration { found: configuration, hooks: Some(needed) })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::load::tests::contract;
    use crate::{Build, Configuration, Kind, Level, Mode, Registry, Situation};

    fn clause(fields: &str) -> Registry {
        contract(&format!(
            "[[clause]]\nid = 'free.null'\ntitle = 't'\ntext = 't'\nsection = 'overview'\nlevel = 'must'\n\
             source = 'documented'\n{fields}"
        ))
        .unwrap()
    }

    /// `version builds kind mode configuration`, builds joined by `+`, none as `-`.
    fn verdict(fields: &str, situation: &str) -> String {
        let words: Vec<_> = situation.split(' ').collect();
        let [version, builds, kind, mode, configuration] = words[..] else { panic!("{situation}") };
        let builds: Vec<Build> =
            builds.split('+').filter(|word| *word != "-").map(|word| word.parse().unwrap()).collect();
        let situation = Situation {
            version: version.parse().unwrap(),
            builds: &builds,
            kind: kind.parse().unwrap(),
            mode: mode.parse().unwrap(),
            configuration: configuration.parse().unwrap(),
        };
        let registry = clause(fields);
        registry.clauses()[0].applies(&situation).map_or_else(|reason| reason.to_string(), |()| "applies".to_owned())
    }

    #[rstest]
    #[case("", "3.4", "applies")]
    #[case("since = '3.8'", "3.7.16", "holds since 3.8")]
    #[case("since = '3.8'", "3.8.0", "applies")]
    #[case("since = '3.8'", "3.8.0rc1", "pre-release of 3.8.0, where this changes")]
    #[case("since = '3.8'", "3.8.1rc1", "applies")]
    #[case("since = '3.8'", "3.9.0a0", "applies")]
    #[case("since = '3.8'", "3.7.4rc1", "holds since 3.8")]
    #[case("since = '3.7.4'", "3.7.3", "holds since 3.7.4")]
    #[case("since = '3.7.4'", "3.7.4", "applies")]
    #[case("until = '3.7'", "3.7.99", "applies")]
    #[case("until = '3.7'", "3.8.0", "holds until 3.7")]
    #[case("until = '3.7'", "3.8.0a1", "pre-release of 3.8.0, where this changes")]
    #[case("until = '3.7'", "3.9.0a1", "holds until 3.7")]
    #[case("until = '3.7.3'", "3.7.3", "applies")]
    #[case("until = '3.7.3'", "3.7.4", "holds until 3.7.3")]
    #[case("until = '3.7.3'", "3.7.4rc1", "pre-release of 3.7.4, where this changes")]
    #[case("until = '3.14'", "3.15.0a0", "pre-release of 3.15.0, where this changes")]
    #[case("since = '3.5'\nuntil = '3.7'", "3.6", "applies")]
    fn versions(#[case] fields: &str, #[case] version: &str, #[case] expected: &str) {
        assert_eq!(verdict(fields, &format!("{version} - cpython bare default")), expected);
    }

    #[rstest]
    #[case("kinds = ['cpython']", "3.13 - malloc bare default", "not for malloc targets")]
    #[case("kinds = ['cpython']", "3.13 - cpython bare default", "applies")]
    #[case("modes = ['embedded']", "3.13 - cpython bare default", "not in bare mode")]
    #[case("builds = ['debug']", "3.13 release+gil cpython bare default", "only for debug builds")]
    #[case("builds = ['debug', 'gil']", "3.13 debug+free-threaded cpython bare default", "only for gil builds")]
    #[case("builds = ['debug', 'gil']", "3.13 debug+gil cpython bare default", "applies")]
    #[case(
        "configurations = ['default']",
        "3.13 - cpython embedded PYTHONMALLOC=malloc",
        "not in this configuration: PYTHONMALLOC=malloc"
    )]
    #[case(
        "kinds = ['malloc']\nmodes = ['bare']\nsince = '3.14'",
        "3.13 - vtable embedded default",
        "not for vtable targets"
    )]
    fn circumstances(#[case] fields: &str, #[case] situation: &str, #[case] expected: &str) {
        assert_eq!(verdict(fields, situation), expected);
    }

    #[rstest]
    #[case("release", "default", false)]
    #[case("release", "debug-hooks", true)]
    #[case("release", "PYTHONMALLOC=debug", true)]
    #[case("debug", "default", true)]
    #[case("debug", "PYTHONMALLOC=default", true)]
    #[case("debug", "PYTHONMALLOC=malloc", false)]
    #[case("debug", "PYTHONMALLOC=malloc_debug", true)]
    fn hooks(#[case] build: &str, #[case] configuration: &str, #[case] has_hooks: bool) {
        let situation = format!("3.13 {build} cpython embedded {configuration}");
        let (without, with) =
            if has_hooks { ("not under debug hooks", "applies") } else { ("applies", "only under debug hooks") };
        assert_eq!(verdict("hooks = false", &situation), without);
        assert_eq!(verdict("hooks = true", &situation), with);
    }

    #[test]
    fn a_kind_may_have_a_level_of_its_own() {
        let registry = clause("levels = { pymem = 'detail' }");
        let levels: Vec<_> = Kind::ALL.iter().map(|kind| registry.clauses()[0].level_for(*kind)).collect();
        assert_eq!(levels, [Level::Must, Level::Detail, Level::Must, Level::Must]);
    }

    #[test]
    fn what_is_left_out_is_all() {
        let registry = clause("");
        let clause = &registry.clauses()[0];
        assert_eq!(clause.kinds, Kind::ALL);
        assert_eq!(clause.modes, Mode::ALL);
        assert_eq!(clause.configurations, Configuration::ALL);
        assert!(clause.domains.is_empty() && clause.builds.is_empty());
    }
}
