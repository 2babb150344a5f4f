//! What `python:3.13t` asks for.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::str::FromStr;

use pymem_spec::{Build, Version};

use super::Found;

/// A version and the builds that its letters stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    text: String,
    version: Version,
    /// Whether the text names a patch release, and not only its line.
    exact: bool,
    free_threaded: bool,
    debug: bool,
    /// A word of the build, behind a hyphen.
    word: Option<Build>,
}

/// The words of builds that can be named, as in `3.13-no-pymalloc`: what no version is by itself.
const WORDS: [Build; 2] = [Build::NoPymalloc, Build::SerialNumber];

impl Wanted {
    /// Major and minor.
    pub(super) fn line(&self) -> (u16, u16) {
        (self.version.major, self.version.minor)
    }

    /// The newest that fits; a shared library before an executable, an ordinary build before any with more words, a
    /// release before any pre-release. Of equals the first.
    pub(super) fn best_of<'f>(&self, found: &'f [Found]) -> Option<&'f Found> {
        let best_last =
            |found: &&Found| (found.is_shared, Reverse(found.builds.len()), found.version.pre.is_none(), found.version);
        // `max_by_key` gives the last of equals.
        found.iter().rev().filter(|found| self.fits(found)).max_by_key(best_last)
    }

    /// The error for a machine that only has `found`.
    pub(super) fn missing(&self, found: &[Found]) -> String {
        let mut seen = HashSet::new();
        let names: Vec<String> = found.iter().map(Found::name).filter(|name| seen.insert(name.clone())).collect();
        let there = if names.is_empty() { "none at all".to_owned() } else { names.join(", ") };
        format!("there is no Python {} on this machine; found: {there}; name one by its path", self.text)
    }

    fn fits(&self, found: &Found) -> bool {
        let same_version = if self.exact {
            found.version == self.version
        } else {
            (found.version.major, found.version.minor) == self.line()
        };
        let has = |build| found.builds.contains(&build);
        let as_named = self.word.is_none_or(has);
        same_version && as_named && has(Build::FreeThreaded) == self.free_threaded && has(Build::Debug) == self.debug
    }
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown =
            || format!("`{text}` is no version of Python; write it as 3.13, 3.13.0, 3.13t, 3.13d or 3.13-no-pymalloc");
        let (name, word) = text.split_once('-').map_or((text, None), |(name, word)| (name, Some(word)));
        let word =
            word.map(|word| WORDS.into_iter().find(|known| known.as_str() == word).ok_or_else(unknown)).transpose()?;
        let number = name.trim_end_matches(['t', 'd']);
        let letters = &name[number.len()..];
        if !["", "t", "d", "td"].contains(&letters) {
            return Err(unknown());
        }
        Ok(Self {
            text: text.to_owned(),
            version: number.parse().map_err(|_| unknown())?,
            exact: number.split('.').count() > 2,
            free_threaded: letters.contains('t'),
            debug: letters.contains('d'),
            word,
        })
    }
}

/// For each the shortest text with which [`resolve`](super::resolve) chooses it among `found`; none for one that only
/// its path names, because another is preferred to it.
pub fn shortest_names(found: &[Found]) -> Vec<Option<String>> {
    let chooses = |text: &String, one: &Found| {
        let wanted: Option<Wanted> = text.parse().ok();
        wanted.and_then(|wanted| wanted.best_of(found)).is_some_and(|best| best.path == one.path)
    };
    found.iter().map(|one| one.names().into_iter().find(|name| chooses(name, one))).collect()
}

impl Found {
    /// Texts that ask for it, the shortest first.
    fn names(&self) -> Vec<String> {
        let (letters, words) = (self.letters(), WORDS.iter().filter(|word| self.builds.contains(word)));
        let words: Vec<String> = words.map(|word| format!("-{word}")).collect();
        let versions = [self.version.line(), self.version.to_string()];
        let endings = [String::new()].into_iter().chain(words);
        let mut names: Vec<String> =
            endings.flat_map(|word| versions.each_ref().map(|version| format!("{version}{letters}{word}"))).collect();
        names.sort_by_key(String::len);
        names
    }

    /// Those behind its version.
    fn letters(&self) -> String {
        let letter = |build, letter| if self.builds.contains(&build) { letter } else { "" };
        format!("{}{}", letter(Build::FreeThreaded, "t"), letter(Build::Debug, "d"))
    }

    /// As `python:NAME` asks for it: `3.13.0t`, or `3.13.5-no-pymalloc`. That of an ordinary build is its version.
    pub fn name(&self) -> String {
        let word = WORDS.iter().find(|word| self.builds.contains(word));
        let word = word.map(|word| format!("-{word}")).unwrap_or_default();
        format!("{}{}{word}", self.version, self.letters())
    }
}
