//! Short names for targets, no two alike: `3.13.0`, `3.13.5t`, `jemalloc`.

use std::collections::BTreeMap;

use pymem_spec::Build;
use serde::Serialize;

use crate::report::Target;

/// A name in two lines, so that a column is narrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Name {
    /// `3.13`; empty where it is no Python.
    pub line: String,
    /// `.0t`, `jemalloc`.
    pub rest: String,
}

impl Name {
    /// Characters of the wider line.
    pub fn width(&self) -> usize {
        self.line.chars().count().max(self.rest.chars().count())
    }

    fn of(target: &Target) -> Self {
        let Some(version) = target.python_version else {
            return Self { line: String::new(), rest: stem(&target.name) };
        };
        let letter = |build, letter| if target.build.contains(&build) { letter } else { "" };
        let (text, line) = (version.to_string(), format!("{}.{}", version.major, version.minor));
        let patch = text.strip_prefix(&line).unwrap_or_default();
        let letters = format!("{}{}", letter(Build::FreeThreaded, "t"), letter(Build::Debug, "d"));
        Self { rest: format!("{patch}{letters}"), line }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}{}", self.line, self.rest))
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.to_string()
    }
}

/// A name for each, in order; of equals the second gets `#2`.
pub fn names<'t>(targets: impl IntoIterator<Item = &'t Target>) -> Vec<Name> {
    let mut seen = BTreeMap::<Name, usize>::new();
    let name = |target| {
        let name = Name::of(target);
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        match *count {
            1 => name,
            count => Name { rest: format!("{}#{count}", name.rest), ..name },
        }
    };
    targets.into_iter().map(name).collect()
}

/// `jemalloc` of `/usr/lib/libjemalloc.so.2`.
pub fn stem(target: &str) -> String {
    let file = target.rsplit('/').next().unwrap_or_default();
    let stem = file.split(".so").next().unwrap_or_default().escape_debug().to_string();
    match stem.strip_prefix("lib") {
        Some(rest) if rest.len() > 1 => rest.to_owned(),
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::target;
    use super::*;

    #[test]
    fn no_two_are_alike() {
        let targets = [
            target("/a/libpython3.11.so.1.0", Some("3.11.2"), &[Build::Release, Build::Gil]),
            target("/b/libpython3.11.so.1.0", Some("3.11.2"), &[Build::Release, Build::Gil]),
            target("/libpython3.13t.so.1.0", Some("3.13.5"), &[Build::Release, Build::FreeThreaded]),
            target("/libpython3.14td.so.1.0", Some("3.14.0rc1"), &[Build::Debug, Build::FreeThreaded]),
            target("malloc:/lib/libjemalloc.so.2", None, &[]),
            target("reference", None, &[]),
        ];
        let names: Vec<_> = names(&targets).iter().map(Name::to_string).collect();
        assert_eq!(names, ["3.11.2", "3.11.2#2", "3.13.5t", "3.14.0rc1td", "jemalloc", "reference"]);
    }
}
