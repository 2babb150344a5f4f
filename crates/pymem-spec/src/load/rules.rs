//! Parameters, driving rules and known releases.

use crate::driving::Property;
use crate::registry::Releases;
use crate::rules::{Rule, Rules};
use crate::version::Version;
use crate::words::Configuration;

use super::raw::{self, File, Text};
use super::reader::Reader;
use super::{Draft, clause};

pub(super) fn read(file: &File, draft: &mut Draft, reader: &mut Reader) {
    for param in &file.param {
        read_param(param, draft, reader);
    }
    for driving in &file.driving {
        read_driving(driving, draft, reader);
    }
    if let Some(environment) = &file.environment {
        let raw = environment.get_ref();
        reader.prose("text", &raw.text);
        let rules = raw.rules.iter().map(|raw| rule(raw, configurations(&raw.value, reader), reader)).collect();
        let rules = Rules { rules, otherwise: configurations(&raw.otherwise, reader) };
        refuse_unasked(&raw.rules, &raw.text, reader);
        if draft.environment.replace(rules).is_some() {
            reader.error(environment.span(), "second [environment]; one table says it all");
        }
    }
    if let Some(releases) = &file.releases {
        let read = read_releases(releases.get_ref(), reader);
        if read.is_some() && draft.releases.is_some() {
            reader.error(releases.span(), "second [releases]; one table says it all");
        }
        draft.releases = read.or(draft.releases.take());
    }
}

fn read_param(raw: &raw::Param, draft: &mut Draft, reader: &mut Reader) {
    let name = raw.name.get_ref();
    reader.prose("text", &raw.text);
    if !clause::is_dashed(name, |c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        reader.error(raw.name.span(), format!("malformed name `{name}`; write lower-case words joined by dashes"));
    }
    let rules = raw.rules.iter().map(|raw| rule(raw, Some(raw.value), reader)).collect();
    if draft.params.insert(name.clone(), Rules { rules, otherwise: raw.otherwise }).is_some() {
        reader.error(raw.name.span(), format!("duplicate param `{name}`; add rules to the first"));
    }
}

fn read_driving(raw: &raw::Driving, draft: &mut Draft, reader: &mut Reader) {
    reader.prose("text", &raw.text);
    let rules = raw.rules.iter().map(|raw| rule(raw, raw.value, reader)).collect();
    refuse_unasked(&raw.rules, &raw.property, reader);
    let Some(property) = reader.word::<Property>(&raw.property) else { return };
    if draft.driving.insert(property, Rules { rules, otherwise: raw.otherwise }).is_some() {
        reader.error(raw.property.span(), format!("duplicate property `{property}`; add rules to the first"));
    }
}

fn read_releases(raw: &raw::Releases, reader: &mut Reader) -> Option<Releases> {
    reader.prose("text", &raw.text);
    let mut known: Vec<Version> = Vec::new();
    for text in &raw.known {
        let version: Version = reader.word(text)?;
        if known.last().is_some_and(|last| *last >= version) {
            reader.error(text.span(), format!("release {version} is not above the one before it; keep them ascending"));
        }
        if known.last().is_some_and(|last| last.line() == version.line()) {
            reader.error(text.span(), format!("second release of {}; name only the newest", version.line()));
        }
        known.push(version);
    }
    let newest: Version = reader.word(&raw.newest)?;
    if !known.contains(&newest) {
        reader.error(raw.newest.span(), format!("newest release {newest} is not among the known; add it there"));
    }
    Some(Releases { known, newest })
}

fn rule<V, T>(raw: &raw::Rule<V>, value: T, reader: &mut Reader) -> Rule<T> {
    let (since, until) = reader.life(&raw.since, &raw.until);
    Rule {
        value,
        since,
        until,
        builds: reader.words("builds", &raw.builds).unwrap_or_default(),
        kinds: reader.words("kinds", &raw.kinds).unwrap_or_default(),
        domains: reader.words("domains", &raw.domains).unwrap_or_default(),
        configurations: reader.words("configurations", &raw.configurations).unwrap_or_default(),
    }
}

/// Driving is asked for by version and build alone, so a rule about more would never fit.
fn refuse_unasked<V>(rules: &[raw::Rule<V>], near: &Text, reader: &mut Reader) {
    for rule in rules {
        for list in [&rule.kinds, &rule.domains, &rule.configurations] {
            let span = list.as_ref().map_or(near.span(), |list| list.span());
            if list.is_some() {
                reader.error(span, "a driving rule knows only since, until and builds; leave the rest out");
            }
        }
    }
}

fn configurations(words: &[Text], reader: &mut Reader) -> Vec<Configuration> {
    let mut configurations: Vec<Configuration> = words.iter().filter_map(|text| reader.word(text)).collect();
    configurations.sort();
    configurations
}
