//! Facts that no clause judges, where targets differ in them.

use std::collections::{BTreeMap, BTreeSet};

use pymem_spec::{Configuration, Domain, Mode};
use serde::Serialize;

use super::names::Name;
use crate::report::Report;

/// A trait that differs.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Trait {
    /// Its name.
    pub name: String,
    /// What it is, and on which targets; in the order of their first target.
    pub values: Vec<(String, Vec<Name>)>,
}

/// The traits that are not told alike of all targets.
pub fn that_differ(reports: &[&Report], names: &[Name]) -> Vec<Trait> {
    let told: Vec<_> = reports.iter().map(|report| told(report)).collect();
    let all: BTreeSet<&String> = told.iter().flat_map(BTreeMap::keys).collect();
    let mut traits = Vec::new();
    for trait_name in all {
        let mut values: Vec<(String, Vec<Name>)> = Vec::new();
        for (told, name) in told.iter().zip(names) {
            let value = told.get(trait_name).map_or("not told", String::as_str);
            match values.iter_mut().find(|(known, _)| known == value) {
                Some((_, names)) => names.push(name.clone()),
                None => values.push((value.to_owned(), vec![name.clone()])),
            }
        }
        if values.len() > 1 {
            traits.push(Trait { name: trait_name.clone(), values });
        }
    }
    traits
}

/// One phrase for each trait of a target: `16; 8 in mem obj (embedded PYTHONMALLOC=mimalloc)`. The value that most
/// places have comes without its places.
fn told(report: &Report) -> BTreeMap<String, String> {
    let mut traits = BTreeMap::<String, BTreeMap<String, Places>>::new();
    for (key, value) in &report.traits {
        let (place, name) = place_and_name(key);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let places = traits.entry(name.to_owned()).or_default().entry(value).or_default();
        if let Some((mode, configuration, domain)) = place {
            places.entry((mode, configuration)).or_default().insert(domain);
        }
    }
    let phrase = |values: BTreeMap<String, Places>| {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by_key(|(_, places)| std::cmp::Reverse(places.values().map(BTreeSet::len).sum::<usize>()));
        let words = values.iter().enumerate().map(|(index, (value, places))| match index {
            0 => value.clone(),
            _ => format!("{value} in {}", describe(places)),
        });
        words.collect::<Vec<_>>().join("; ")
    };
    traits.into_iter().map(|(name, values)| (name, phrase(values))).collect()
}

type Places = BTreeMap<(Mode, Configuration), Domains>;
/// None where a fact is not of one domain.
type Domains = BTreeSet<Option<Domain>>;
type Place = (Mode, Configuration, Option<Domain>);

/// `bare.default.raw.alignment` as a place and a name; a key of another shape is all name.
fn place_and_name(key: &str) -> (Option<Place>, &str) {
    let parsed = || {
        let (mode, rest) = key.split_once('.')?;
        let (configuration, rest) = rest.split_once('.')?;
        let (domain, name) = match rest.split_once('.') {
            Some((word, name)) if word.parse::<Domain>().is_ok() => (word.parse().ok(), name),
            _ => (None, rest),
        };
        Some(((mode.parse().ok()?, configuration.parse().ok()?, domain), name))
    };
    parsed().map_or((None, key), |(place, name)| (Some(place), name))
}

/// `mem obj (embedded default, debug-hooks)`.
fn describe(places: &Places) -> String {
    let mut groups: Vec<(&Domains, BTreeMap<Mode, Vec<&str>>)> = Vec::new();
    for ((mode, configuration), domains) in places {
        let index = groups.iter().position(|(known, _)| *known == domains).unwrap_or_else(|| {
            groups.push((domains, BTreeMap::new()));
            groups.len() - 1
        });
        groups[index].1.entry(*mode).or_default().push(configuration.as_str());
    }
    let phrase = |(domains, modes): &(&Domains, BTreeMap<Mode, Vec<&str>>)| {
        let modes: Vec<_> = modes.iter().map(|(mode, words)| format!("{mode} {}", words.join(", "))).collect();
        let domains: Vec<_> = domains.iter().flatten().map(|domain| domain.as_str()).collect();
        match domains.is_empty() {
            true => modes.join("; "),
            false => format!("{} ({})", domains.join(" "), modes.join("; ")),
        }
    };
    groups.iter().map(phrase).collect::<Vec<_>>().join(", ")
}
