//! Values that depend on the circumstances: the first rule that fits decides.

use crate::situation::within;
use crate::version::{Until, Version};
use crate::words::{Build, Configuration, Domain, Kind};

/// Rules in the order of the file, and the value where none of them fits.
#[derive(Clone, Debug)]
pub(crate) struct Rules<T> {
    pub(crate) rules: Vec<Rule<T>>,
    pub(crate) otherwise: T,
}

/// A value and when it holds; an empty list means any.
#[derive(Clone, Debug)]
pub(crate) struct Rule<T> {
    pub(crate) value: T,
    pub(crate) since: Option<Version>,
    pub(crate) until: Option<Until>,
    pub(crate) builds: Vec<Build>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) domains: Vec<Domain>,
    pub(crate) configurations: Vec<Configuration>,
}

/// What rules are asked for. `None` fits only rules that do not name such a thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'a> {
    pub(crate) version: Version,
    pub(crate) builds: &'a [Build],
    pub(crate) kind: Option<Kind>,
    pub(crate) domain: Option<Domain>,
    pub(crate) configuration: Option<Configuration>,
}

impl<T> Rules<T> {
    /// The value of the first rule that fits.
    ///
    /// A pre-release counts as its release here: these are facts about how a library
    /// behaves, and a library on its way to a release behaves like that release.
    pub(crate) fn value(&self, query: &Query) -> &T {
        self.rules.iter().find(|rule| rule.fits(query)).map_or(&self.otherwise, |rule| &rule.value)
    }
}

impl<T> Rule<T> {
    fn fits(&self, query: &Query) -> bool {
        within(self.since, self.until, query.version.release()).is_ok()
            && self.builds.iter().all(|build| query.builds.contains(build))
            && admits(&self.kinds, query.kind)
            && admits(&self.domains, query.domain)
            && admits(&self.configurations, query.configuration)
    }
}

fn admits<W: PartialEq>(named: &[W], word: Option<W>) -> bool {
    named.is_empty() || word.is_some_and(|word| named.contains(&word))
}
