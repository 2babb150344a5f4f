//! One `[[clause]]` table.

use std::collections::BTreeMap;
use std::str::FromStr;

use toml::Spanned;

use crate::clause::{Clause, Source};
use crate::nearest::unknown;
use crate::words::{Area, Configuration, Inside, Kind, Level, Mode};

use super::Draft;
use super::raw::{self, File, Text};
use super::reader::Reader;

pub(super) fn read(file: &File, draft: &mut Draft, reader: &mut Reader) {
    for table in &file.clause {
        let id = &table.get_ref().id;
        if let Some(first) = draft.clauses.iter().find(|clause| clause.id == *id.get_ref()) {
            let place = format!("{}:{}", first.file, first.line);
            reader.error(id.span(), format!("duplicate id `{}`, first in {place}; rename one", id.get_ref()));
            continue;
        }
        let clause = read_clause(table, draft, reader);
        draft.clauses.extend(clause);
    }
}

/// Looks at every field before it gives up, so that an author sees all faults at once.
fn read_clause(table: &Spanned<raw::Clause>, draft: &Draft, reader: &mut Reader) -> Option<Clause> {
    let raw = table.get_ref();
    let area = read_area(&raw.id, reader);
    let title = reader.prose("title", &raw.title);
    if title.ends_with('.') {
        reader.error(raw.title.span(), "`title` ends in a full stop; leave it out");
    }
    let text = reader.prose("text", &raw.text);
    let section = reader.word(&raw.section);
    let level = reader.word(&raw.level);
    let kinds = reader.words("kinds", &raw.kinds).unwrap_or_else(|| Kind::ALL.to_vec());
    let levels = read_levels(raw, level, &kinds, reader);
    let (since, until) = reader.life(&raw.since, &raw.until);
    let source = read_source(raw, &levels, level, reader);
    let clause = Clause {
        id: raw.id.get_ref().clone(),
        area: area?,
        title,
        text,
        section: section?,
        level: level?,
        levels,
        domains: reader.words("domains", &raw.domains).unwrap_or_default(),
        kinds,
        builds: reader.words("builds", &raw.builds).unwrap_or_default(),
        modes: reader.words("modes", &raw.modes).unwrap_or_else(|| Mode::ALL.to_vec()),
        configurations: reader
            .words("configurations", &raw.configurations)
            .unwrap_or_else(|| Configuration::ALL.to_vec()),
        hooks: raw.hooks,
        inside: raw.inside.as_ref().map_or(Some(Inside::Also), |text| reader.word(text))?,
        since,
        until,
        source: source?,
        evidence: raw.evidence.as_ref().map(|evidence| reader.prose("evidence", evidence)),
        facts: names(&raw.facts, is_fact, "fact", "write it as RAW-MALLOC-ZERO", reader),
        params: read_params(raw, draft, reader),
        bugs: names(&raw.bugs, is_bug, "bug", "write it as owner/repository#123", reader),
        unchecked: raw.unchecked.as_ref().map(|reason| reader.prose("unchecked", reason)),
        file: reader.file().to_owned(),
        line: reader.line(&table.span()),
    };
    Some(clause)
}

fn read_area(id: &Text, reader: &mut Reader) -> Option<Area> {
    let mut words = id.get_ref().split('.');
    let area = words.next().unwrap_or_default();
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let rest: Vec<_> = words.collect();
    if rest.is_empty() || !rest.iter().all(|word| is_dashed(word, lower)) {
        let message =
            format!("malformed id `{}`; write an area, then lower-case words: `free.any-order`", id.get_ref());
        reader.error(id.span(), message);
        return None;
    }
    Area::from_str(area)
        .map_err(|_| {
            let known = Area::ALL.iter().map(|area| area.as_str());
            let message =
                format!("id `{}` does not start with its area: {}", id.get_ref(), unknown("area", area, known));
            reader.error(id.span(), message);
        })
        .ok()
}

fn read_levels(raw: &raw::Clause, level: Option<Level>, kinds: &[Kind], reader: &mut Reader) -> BTreeMap<Kind, Level> {
    let mut levels = BTreeMap::new();
    for (key, value) in &raw.levels {
        let (Some(kind), Some(own)) = (reader.word::<Kind>(key), reader.word::<Level>(value)) else { continue };
        if !kinds.contains(&kind) {
            reader
                .error(key.span(), format!("`levels` names {kind}, which `kinds` leaves out; add it there or drop it"));
        }
        if level == Some(own) {
            reader.error(value.span(), format!("`levels` repeats `level` for {kind}; drop it"));
        }
        levels.insert(kind, own);
    }
    levels
}

fn read_source(
    raw: &raw::Clause,
    levels: &BTreeMap<Kind, Level>,
    level: Option<Level>,
    reader: &mut Reader,
) -> Option<Source> {
    let source = reader.word(&raw.source)?;
    let must = level == Some(Level::Must) || levels.values().any(|level| *level == Level::Must);
    if source == Source::DocumentationOnly && must {
        reader.error(raw.source.span(), "nobody was seen to keep this, so nobody must; make the level `should`");
    }
    if source == Source::Observed && raw.evidence.is_none() {
        reader.error(raw.source.span(), "`observed` without `evidence`; add what was seen, and where");
    }
    Some(source)
}

fn read_params(raw: &raw::Clause, draft: &Draft, reader: &mut Reader) -> Vec<String> {
    for text in &raw.params {
        let name = text.get_ref();
        if !draft.params.contains_key(name) {
            let known = draft.params.keys().map(String::as_str);
            reader.error(text.span(), unknown("param", name, known));
        }
    }
    raw.params.iter().map(|text| text.get_ref().clone()).collect()
}

fn names(texts: &[Text], valid: fn(&str) -> bool, what: &str, fix: &str, reader: &mut Reader) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for text in texts {
        let name = text.get_ref();
        if !valid(name) {
            reader.error(text.span(), format!("malformed {what} `{name}`; {fix}"));
        }
        if names.contains(name) {
            reader.error(text.span(), format!("{what} `{name}` twice; name it once"));
        }
        names.push(name.clone());
    }
    names
}

fn is_fact(name: &str) -> bool {
    name.contains('-') && is_dashed(name, |c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

fn is_bug(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    name.split_once('#').is_some_and(|(repository, number)| {
        repository.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
            && !number.is_empty()
            && number.chars().all(|c| c.is_ascii_digit())
    })
}

/// Whether `name` is one or more words of `allowed` characters joined by single dashes.
pub(super) fn is_dashed(name: &str, allowed: fn(char) -> bool) -> bool {
    name.split('-').all(|word| !word.is_empty() && word.chars().all(allowed))
}
