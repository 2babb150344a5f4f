//! Python versions: `3.13`, `3.7.4`, `3.15.0a0`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A version of Python, compared by its numbers. A pre-release comes before its release.
///
/// `3.13` reads as `3.13.0`, and is always written with all three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Version {
    /// `3` of `3.13.0rc2`.
    pub major: u16,
    /// `13` of `3.13.0rc2`.
    pub minor: u16,
    /// `0` of `3.13.0rc2`.
    pub patch: u16,
    /// `rc2` of `3.13.0rc2`; none for a release.
    pub pre: Option<Pre>,
}

/// The part of a pre-release after its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pre {
    /// How far the release has come.
    pub kind: PreKind,
    /// Counted within the kind, from 0.
    pub number: u16,
}

/// The stages before a release, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PreKind {
    /// `a`.
    Alpha,
    /// `b`.
    Beta,
    /// `rc`.
    Candidate,
}

/// The last version for which something holds, itself included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Until {
    /// `3.7`: every patch release of that line.
    Line {
        /// `3` of `3.7`.
        major: u16,
        /// `7` of `3.7`.
        minor: u16,
    },
    /// `3.7.3`: exactly so far.
    Release(Version),
}

impl Version {
    /// A release, without a pre-release part.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch, pre: None }
    }

    /// The release that this version is, or is on its way to.
    pub const fn release(self) -> Self {
        Self { pre: None, ..self }
    }

    /// The line this version belongs to, as it is written: `3.13`.
    pub fn line(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// As people write it: the first release of a line is named by the line.
    pub fn short(self) -> String {
        if self == self.release() && self.patch == 0 { self.line() } else { self.to_string() }
    }

    fn key(self) -> (u16, u16, u16, bool, Option<Pre>) {
        (self.major, self.minor, self.patch, self.pre.is_none(), self.pre)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Until {
    /// Whether `version` is not beyond this end.
    pub fn includes(self, version: Version) -> bool {
        version < self.next()
    }

    /// The first release beyond this end.
    pub fn next(self) -> Version {
        match self {
            Self::Line { major, minor } => Version::new(major, minor.saturating_add(1), 0),
            Self::Release(last) => Version { patch: last.patch.saturating_add(1), ..last.release() },
        }
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text).ok_or_else(|| format!("`{text}` is no version of Python; write it as 3.13, 3.7.4 or 3.15.0a0"))
    }
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let version: Version = text.parse()?;
        let Version { major, minor, .. } = version;
        Ok(if is_line(text) { Self::Line { major, minor } } else { Self::Release(version) })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pre = self.pre.map(|pre| pre.to_string()).unwrap_or_default();
        f.pad(&format!("{}.{}.{}{pre}", self.major, self.minor, self.patch))
    }
}

impl fmt::Display for Pre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.kind.as_str(), self.number)
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { major, minor } => f.pad(&format!("{major}.{minor}")),
            Self::Release(version) => version.fmt(f),
        }
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl PreKind {
    const ALL: [Self; 3] = [Self::Alpha, Self::Beta, Self::Candidate];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Alpha => "a",
            Self::Beta => "b",
            Self::Candidate => "rc",
        }
    }
}

/// Whether a version text names a line (`3.13`) rather than one release of it.
pub(crate) fn is_line(text: &str) -> bool {
    text.matches('.').count() == 1
}

fn parse(text: &str) -> Option<Version> {
    let (major, rest) = text.split_once('.')?;
    let Some((minor, rest)) = rest.split_once('.') else {
        return Some(Version::new(number(major)?, number(rest)?, 0));
    };
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (patch, pre) = rest.split_at(digits);
    let pre = if pre.is_empty() { None } else { Some(parse_pre(pre)?) };
    Some(Version { major: number(major)?, minor: number(minor)?, patch: number(patch)?, pre })
}

fn parse_pre(text: &str) -> Option<Pre> {
    PreKind::ALL.into_iter().find_map(|kind| Some(Pre { kind, number: number(text.strip_prefix(kind.as_str())?)? }))
}

/// Plain digits only: `+3`, `03` and the empty text are other people's numbers.
fn number(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("3.13", "3.13.0")]
    #[case("3.7.4", "3.7.4")]
    #[case("3.15.0a0", "3.15.0a0")]
    #[case("3.13.0rc2", "3.13.0rc2")]
    #[case("3.14.0b12", "3.14.0b12")]
    fn reads(#[case] text: &str, #[case] written: &str) {
        assert_eq!(text.parse::<Version>().map(|version| version.to_string()), Ok(written.to_owned()));
    }

    #[rstest]
    fn refuses(
        #[values("", "3", "3.", ".3", "3.x", "3.13.", "3.13.0.1", "3.13rc1", "3.13.0c1", "3.13.0rc", "03.1", "3.+1")]
        text: &str,
    ) {
        assert!(text.parse::<Version>().unwrap_err().contains("is no version of Python"));
    }

    #[rstest]
    #[case("3.7", "3.7.99", true)]
    #[case("3.7", "3.8.0a1", true)]
    #[case("3.7", "3.8.0", false)]
    #[case("3.7.3", "3.7.3", true)]
    #[case("3.7.3", "3.7.4rc1", true)]
    #[case("3.7.3", "3.7.4", false)]
    #[case("3.7.0", "3.7.1", false)]
    fn until_includes(#[case] until: &str, #[case] version: &str, #[case] expected: bool) {
        let until: Until = until.parse().unwrap();
        assert_eq!(until.includes(version.parse().unwrap()), expected);
    }

    #[test]
    fn until_is_written_as_it_was_read() {
        for text in ["3.7", "3.7.3", "3.7.0"] {
            assert_eq!(text.parse::<Until>().map(|until| until.to_string()), Ok(text.to_owned()));
        }
    }

    #[rstest]
    #[case("3.8", "3.8")]
    #[case("3.8.1", "3.8.1")]
    #[case("3.8.0rc1", "3.8.0rc1")]
    fn short_form(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(text.parse::<Version>().unwrap().short(), expected);
    }

    #[test]
    fn travels_as_a_string() {
        let version: Version = "3.15.0a0".parse().unwrap();
        assert_eq!(serde_json::to_string(&version).unwrap(), r#""3.15.0a0""#);
        assert_eq!(serde_json::from_str::<Version>(r#""3.15.0a0""#).unwrap(), version);
        assert!(serde_json::from_str::<Version>(r#""new""#).is_err());
    }

    fn versions() -> impl Strategy<Value = Version> {
        let pre = prop::option::of((prop::sample::select(&PreKind::ALL[..]), 0..4u16));
        (2..4u16, 0..20u16, 0..4u16, pre).prop_map(|(major, minor, patch, pre)| Version {
            pre: pre.map(|(kind, number)| Pre { kind, number }),
            ..Version::new(major, minor, patch)
        })
    }

    proptest! {
        #[test]
        fn round_trips(version in versions()) {
            prop_assert_eq!(version.to_string().parse(), Ok(version));
        }

        #[test]
        fn numbers_decide_before_stages(a in versions(), b in versions()) {
            if a.release() != b.release() {
                prop_assert_eq!(a.cmp(&b), a.release().cmp(&b.release()));
            }
        }

        #[test]
        fn a_pre_release_comes_before_its_release(version in versions()) {
            let releases = version.pre.is_none();
            prop_assert_eq!(version.cmp(&version.release()), if releases { Ordering::Equal } else { Ordering::Less });
        }
    }
}
