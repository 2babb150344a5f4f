//! Facts that no clause judges: one line for each, with its values or, where numbers are many, their range.

use std::collections::BTreeMap;

use pymem_spec::Domain;
use serde_json::Value;

use super::Page;
use crate::report::escape;
use crate::report::paint::{Ink, wrap};
use crate::report::places::{Place, describe};

/// `alignment  16` where it is the same everywhere, else each value with its places.
pub(super) fn render(traits: &BTreeMap<String, Value>, page: Page<'_>) -> String {
    if traits.is_empty() {
        return String::new();
    }
    let mut names = BTreeMap::<&str, Vec<(String, Vec<Place>)>>::new();
    for (key, value) in traits {
        let (place, name) = parse(key);
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let values = names.entry(name).or_default();
        match values.iter_mut().find(|(known, _)| *known == value) {
            Some((_, places)) => places.extend(place),
            None => values.push((value, place.into_iter().collect())),
        }
    }
    let width = names.keys().map(|name| escape(name).chars().count()).max().unwrap_or(0);
    let mut out = format!("{}\n", page.paint.on(Ink::Strong, "Traits"));
    for (name, values) in names {
        let is_same = values.len() == 1;
        let range = range(&values);
        let values: Vec<_> = values
            .iter()
            .map(|(value, places)| match is_same || places.is_empty() {
                true => value.clone(),
                false => format!("{value} in {}", describe(places)),
            })
            .collect();
        let text = range.unwrap_or_else(|| values.join("; "));
        let lines = wrap(&escape(&text), page.width.saturating_sub(width + 4));
        for (i, line) in lines.into_iter().enumerate() {
            let name = if i == 0 { escape(name) } else { String::new() };
            out.push_str(&format!("  {name:width$}  {line}\n"));
        }
    }
    out
}

/// The least and the greatest of many numbers, which nobody reads one by one; the JSON report has all.
fn range(values: &[(String, Vec<Place>)]) -> Option<String> {
    const FEW: usize = 6;
    let numbers: Option<Vec<u64>> = values.iter().map(|(value, _)| value.parse().ok()).collect();
    let numbers = numbers.filter(|numbers| numbers.len() > FEW)?;
    Some(format!("from {} to {}", numbers.iter().min()?, numbers.iter().max()?))
}

/// `bare.default.raw.alignment` as a place and a name. The domain may be left
/// out; a key of another shape is all name.
fn parse(key: &str) -> (Option<Place>, &str) {
    let shape = || {
        let (mode, rest) = key.split_once('.')?;
        let (configuration, rest) = rest.split_once('.')?;
        let (domain, name) = match rest.split_once('.') {
            Some((word, name)) if word.parse::<Domain>().is_ok() => (word.parse().ok(), name),
            _ => (None, rest),
        };
        Some((Place { domain, mode: mode.parse().ok()?, configuration: configuration.parse().ok()? }, name))
    };
    match shape() {
        Some((place, name)) => (Some(place), name),
        None => (None, key),
    }
}

#[cfg(test)]
mod tests {
    use pymem_spec::{Configuration, Mode};

    use super::*;

    #[rstest::rstest]
    #[case("bare.default.raw.alignment", Some(Some(Domain::Raw)), "alignment")]
    #[case("bare.default.raw.size.step", Some(Some(Domain::Raw)), "size.step")]
    #[case("bare.default.arena-size", Some(None), "arena-size")]
    #[case("bare.default.arena.size", Some(None), "arena.size")]
    #[case("naked.default.raw.alignment", None, "naked.default.raw.alignment")]
    #[case("bare.other.raw.alignment", None, "bare.other.raw.alignment")]
    #[case("library-name", None, "library-name")]
    fn a_key_is_a_place_and_a_name(#[case] key: &str, #[case] domain: Option<Option<Domain>>, #[case] name: &str) {
        let (mode, configuration) = (Mode::Bare, Configuration::Default);
        assert_eq!(parse(key), (domain.map(|domain| Place { domain, mode, configuration }), name));
    }
}
