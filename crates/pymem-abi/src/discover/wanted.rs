//! What `python:3.13t` asks for.

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
}

impl Wanted {
    /// Major and minor.
    pub(super) fn line(&self) -> (u16, u16) {
        (self.version.major, self.version.minor)
    }

    /// The newest that fits; a release before any pre-release. Of equals the first.
    pub(super) fn best_of<'f>(&self, found: &'f [Found]) -> Option<&'f Found> {
        let newest_last = |found: &&Found| (found.version.pre.is_none(), found.version);
        // `max_by_key` gives the last of equals.
        found.iter().rev().filter(|found| self.fits(found)).max_by_key(newest_last)
    }

    /// The error for a machine that only has `found`.
    pub(super) fn missing(&self, found: &[Found]) -> String {
        let mut names: Vec<String> = found.iter().map(name).collect();
        names.dedup();
        let there = if names.is_empty() { "none at all".to_owned() } else { names.join(", ") };
        format!(
            "there is no shared library of Python {} on this machine; found: {there}; name one by its path",
            self.text
        )
    }

    fn fits(&self, found: &Found) -> bool {
        let same_version = if self.exact {
            found.version == self.version
        } else {
            (found.version.major, found.version.minor) == self.line()
        };
        let has = |build| found.builds.contains(&build);
        same_version && has(Build::FreeThreaded) == self.free_threaded && has(Build::Debug) == self.debug
    }
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim_end_matches(['t', 'd']);
        let letters = &text[number.len()..];
        let unknown = || format!("`{text}` is no version of Python; write it as 3.13, 3.13.0, 3.13t or 3.13d");
        if !["", "t", "d", "td"].contains(&letters) {
            return Err(unknown());
        }
        Ok(Self {
            text: text.to_owned(),
            version: number.parse().map_err(|_| unknown())?,
            exact: number.split('.').count() > 2,
            free_threaded: letters.contains('t'),
            debug: letters.contains('d'),
        })
    }
}

/// As it would be asked for: `3.13.0t`.
fn name(found: &Found) -> String {
    let letter = |build, letter| if found.builds.contains(&build) { letter } else { "" };
    format!("{}{}{}", found.version, letter(Build::FreeThreaded, "t"), letter(Build::Debug, "d"))
}
