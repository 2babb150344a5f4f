//! Where results were found, in few words.

use std::collections::{BTreeMap, BTreeSet};

use pymem_conform::report::ClauseResult;
use pymem_spec::{Configuration, Domain, Mode};

/// One combination in which a clause is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    mode: Mode,
    configuration: Configuration,
    domain: Option<Domain>,
}

impl Place {
    pub fn of(result: &ClauseResult) -> Self {
        Self { mode: result.mode, configuration: result.configuration, domain: result.domain }
    }
}

/// The place in a key such as `bare.default.raw.alignment`, and the rest.
pub fn place_of_trait(key: &str) -> Option<(Place, &str)> {
    let (mode, rest) = key.split_once('.')?;
    let (configuration, rest) = rest.split_once('.')?;
    let (domain, name) = match rest.split_once('.') {
        Some((word, name)) if word.parse::<Domain>().is_ok() => (word.parse().ok(), name),
        _ => (None, rest),
    };
    Some((Place { mode: mode.parse().ok()?, configuration: configuration.parse().ok()?, domain }, name))
}

/// The states that a run went through.
pub struct Sessions(BTreeMap<Mode, BTreeSet<Configuration>>);

impl Sessions {
    pub fn of(results: &[ClauseResult]) -> Self {
        let mut sessions = BTreeMap::<_, BTreeSet<_>>::new();
        for result in results {
            sessions.entry(result.mode).or_default().insert(result.configuration);
        }
        Self(sessions)
    }

    /// `raw (bare), raw mem obj (embedded hooked)`: a mode alone is all its configurations, `hooked` and `unhooked` are
    /// those with and without debug hooks.
    pub fn describe(&self, places: &[Place]) -> String {
        let mut domains = BTreeMap::<_, BTreeSet<_>>::new();
        for place in places {
            domains.entry((place.mode, place.configuration)).or_default().insert(place.domain);
        }
        let mut groups = Vec::<(BTreeSet<_>, BTreeMap<Mode, BTreeSet<Configuration>>)>::new();
        for ((mode, configuration), domains) in domains {
            let index = groups.iter().position(|(known, _)| *known == domains).unwrap_or_else(|| {
                groups.push((domains, BTreeMap::new()));
                groups.len() - 1
            });
            groups[index].1.entry(mode).or_default().insert(configuration);
        }
        let phrase = |(domains, modes): &(BTreeSet<Option<Domain>>, BTreeMap<_, _>)| {
            let modes: Vec<_> = modes.iter().map(|(mode, configurations)| self.mode(*mode, configurations)).collect();
            let words: Vec<_> = domains.iter().flatten().map(|domain| domain.as_str()).collect();
            match words.is_empty() {
                true => modes.join("; "),
                false => format!("{} ({})", words.join(" "), modes.join("; ")),
            }
        };
        groups.iter().map(phrase).collect::<Vec<_>>().join(", ")
    }

    fn mode(&self, mode: Mode, configurations: &BTreeSet<Configuration>) -> String {
        let with = |hooks: bool| -> BTreeSet<_> {
            self.0[&mode].iter().copied().filter(|configuration| configuration.has_hooks() == hooks).collect()
        };
        if *configurations == self.0[&mode] {
            mode.to_string()
        } else if *configurations == with(true) {
            format!("{mode} hooked")
        } else if *configurations == with(false) {
            format!("{mode} unhooked")
        } else {
            let words: Vec<_> = configurations.iter().map(|configuration| configuration.as_str()).collect();
            format!("{mode} {}", words.join(" "))
        }
    }
}
