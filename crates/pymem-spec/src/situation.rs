//! The circumstances in which a clause is put to a target, and why it may not hold there.

use std::fmt;

use crate::version::{Until, Version};
use crate::words::{Build, Configuration, Kind, Mode};

/// The circumstances in which a target is exercised.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The version of the contract that judges.
    pub version: Version,
    /// How the interpreter was built; empty for a target without one.
    pub builds: &'a [Build],
    /// How the target offers the API.
    pub kind: Kind,
    /// Whether an interpreter is initialised.
    pub mode: Mode,
    /// Which allocators it runs with.
    pub configuration: Configuration,
}

impl Situation<'_> {
    /// Whether debug hooks lie over the domains: by the configuration, or because a
    /// debug build has them from load on and nothing names other allocators.
    pub fn has_hooks(&self) -> bool {
        let names_none = matches!(self.configuration, Configuration::Default | Configuration::EnvDefault);
        self.configuration.has_hooks() || (names_none && self.builds.contains(&Build::Debug))
    }
}

/// Why a clause does not hold in a situation. Displays as a short fragment of a
/// sentence: `holds since 3.8`, `not for malloc targets`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inapplicable {
    /// The version lies before the first or behind the last one.
    Version(Bound),
    /// The version is a pre-release of the very release where the clause begins or ends.
    PreRelease {
        /// That release.
        of: Version,
    },
    /// The build lacks a property that the clause needs.
    Build {
        /// That property.
        needed: Build,
    },
    /// The clause does not bind targets of this kind.
    Kind(Kind),
    /// The clause does not hold in this mode.
    Mode(Mode),
    /// The clause does not hold in this configuration.
    Configuration {
        /// The situation's configuration.
        found: Configuration,
        /// Where the debug hooks are the reason: whether the clause needs them.
        hooks: Option<bool>,
    },
}

/// The end of a clause's life that a version missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The clause begins later.
    Since(Version),
    /// The clause ended earlier.
    Until(Until),
}

impl fmt::Display for Inapplicable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(Bound::Since(first)) => write!(f, "holds since {}", first.short()),
            Self::Version(Bound::Until(last)) => write!(f, "holds until {last}"),
            Self::PreRelease { of } => write!(f, "pre-release of {of}, where this changes"),
            Self::Build { needed } => write!(f, "only for {needed} builds"),
            Self::Kind(kind) => write!(f, "not for {kind} targets"),
            Self::Mode(mode) => write!(f, "not in {mode} mode"),
            Self::Configuration { hooks: Some(true), .. } => f.write_str("only under debug hooks"),
            Self::Configuration { hooks: Some(false), .. } => f.write_str("not under debug hooks"),
            Self::Configuration { found, hooks: None } => write!(f, "not in this configuration: {found}"),
        }
    }
}

/// Whether `version` lies between the two ends.
///
/// A pre-release is judged by what holds on both sides of its release, so an end
/// that lies exactly there is neither met nor missed.
pub(crate) fn within(since: Option<Version>, until: Option<Until>, version: Version) -> Result<(), Inapplicable> {
    let release = version.release();
    let undecided = |end: Version| version.pre.is_some() && end == release;
    if let Some(first) = since {
        if undecided(first) {
            return Err(Inapplicable::PreRelease { of: release });
        }
        if version < first {
            return Err(Inapplicable::Version(Bound::Since(first)));
        }
    }
    if let Some(last) = until {
        if undecided(last.next()) {
            return Err(Inapplicable::PreRelease { of: release });
        }
        if !last.includes(version) {
            return Err(Inapplicable::Version(Bound::Until(last)));
        }
    }
    Ok(())
}
