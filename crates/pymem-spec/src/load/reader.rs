//! One file on its way: turns spans into lines, words into types, and collects what is wrong.

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;

use crate::error::SpecError;
use crate::nearest::nearest;
use crate::version::{Until, Version};

use super::raw::{File, List, Text};

pub(super) struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    errors: &'a mut Vec<SpecError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(name: &'a str, text: &'a str, errors: &'a mut Vec<SpecError>) -> Self {
        Self { name, text, errors }
    }

    /// The file's tables, or one error.
    pub(super) fn parse(&mut self) -> Option<File> {
        match toml::from_str(self.text) {
            Ok(file) => Some(file),
            Err(error) => {
                self.error(error.span().unwrap_or(0..0), advise(error.message()));
                None
            }
        }
    }

    pub(super) fn file(&self) -> &'a str {
        self.name
    }

    /// The line of a position, from 1.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        1 + self.text.bytes().take(span.start).filter(|&byte| byte == b'\n').count()
    }

    pub(super) fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        let line = self.line(&span);
        self.errors.push(SpecError { file: self.name.to_owned(), line, message: message.into() });
    }

    /// A word as a type of its own; `None` after an error.
    pub(super) fn word<W: FromStr<Err = String>>(&mut self, text: &Text) -> Option<W> {
        text.get_ref().parse().map_err(|message: String| self.error(text.span(), message)).ok()
    }

    /// A field's words in the order of their type. `None` if the field is left out.
    pub(super) fn words<W: FromStr<Err = String> + Ord>(&mut self, field: &str, list: &Option<List>) -> Option<Vec<W>> {
        let list = list.as_ref()?;
        if list.get_ref().is_empty() {
            self.error(list.span(), format!("`{field}` is empty; leave it out"));
        }
        let mut words = BTreeSet::new();
        for text in list.get_ref() {
            let Some(word) = self.word(text) else { continue };
            if !words.insert(word) {
                self.error(text.span(), format!("`{}` twice in `{field}`; name it once", text.get_ref()));
            }
        }
        Some(words.into_iter().collect())
    }

    /// A field's text with its lines joined.
    pub(super) fn prose(&mut self, field: &str, text: &Text) -> String {
        let prose = text.get_ref().split_whitespace().collect::<Vec<_>>().join(" ");
        if prose.is_empty() {
            self.error(text.span(), format!("`{field}` is empty; write at least a sentence"));
        }
        prose
    }

    /// Both ends of a life, which must be releases and in order.
    pub(super) fn life(&mut self, since: &Option<Text>, until: &Option<Text>) -> (Option<Version>, Option<Until>) {
        let first = since.as_ref().and_then(|text| Some((self.word::<Version>(text)?, text)));
        let last = until.as_ref().and_then(|text| Some((self.word::<Until>(text)?, text)));
        let pre_releases = [
            first.filter(|(version, _)| version.pre.is_some()).map(|(_, text)| text),
            last.filter(|(until, _)| matches!(until, Until::Release(version) if version.pre.is_some()))
                .map(|(_, text)| text),
        ];
        for text in pre_releases.into_iter().flatten() {
            self.error(text.span(), format!("`{}` is a pre-release; name a release or a line", text.get_ref()));
        }
        if let (Some((first, since)), Some((last, until))) = (first, last)
            && !last.includes(first)
        {
            self.error(
                until.span(),
                format!("`until` {} lies before `since` {}; nothing is left", until.get_ref(), since.get_ref()),
            );
        }
        (first.map(|(version, _)| version), last.map(|(until, _)| until))
    }
}

/// What TOML and serde say, with a suggestion instead of serde's list of all fields.
fn advise(message: &str) -> String {
    let message = message.trim_end().replace('\n', "; ");
    let quoted: Vec<_> = message.split('`').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [field, known @ ..] if message.starts_with("unknown field") => {
            match nearest(field, known.iter().copied()).first() {
                Some(likely) => format!("unknown field `{field}`; did you mean `{likely}`?"),
                None => format!("unknown field `{field}`; known: {}", known.join(", ")),
            }
        }
        [field] if message.starts_with("missing field") => format!("missing field `{field}`; add it to this table"),
        _ if message == "duplicate key" => "field given twice; drop one".to_owned(),
        _ => message,
    }
}
