//! The shape of a file of `spec/`: field names and types, words still as text.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

pub(super) type Text = Spanned<String>;
pub(super) type List = Spanned<Vec<Text>>;

/// Any file may hold any of the tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) clause: Vec<Spanned<Clause>>,
    #[serde(default)]
    pub(super) param: Vec<Param>,
    #[serde(default)]
    pub(super) driving: Vec<Driving>,
    pub(super) environment: Option<Spanned<Environment>>,
    pub(super) releases: Option<Spanned<Releases>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clause {
    pub(super) id: Text,
    pub(super) title: Text,
    pub(super) text: Text,
    pub(super) section: Text,
    pub(super) level: Text,
    #[serde(default)]
    pub(super) levels: BTreeMap<Text, Text>,
    pub(super) domains: Option<List>,
    pub(super) kinds: Option<List>,
    pub(super) builds: Option<List>,
    pub(super) modes: Option<List>,
    pub(super) configurations: Option<List>,
    pub(super) hooks: Option<bool>,
    pub(super) inside: Option<Text>,
    pub(super) since: Option<Text>,
    pub(super) until: Option<Text>,
    pub(super) source: Text,
    pub(super) evidence: Option<Text>,
    #[serde(default)]
    pub(super) facts: Vec<Text>,
    #[serde(default)]
    pub(super) params: Vec<Text>,
    #[serde(default)]
    pub(super) bugs: Vec<Text>,
    pub(super) unchecked: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Param {
    pub(super) name: Text,
    pub(super) text: Text,
    #[serde(default)]
    pub(super) rules: Vec<Rule<u64>>,
    pub(super) otherwise: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Driving {
    pub(super) property: Text,
    pub(super) text: Text,
    pub(super) rules: Vec<Rule<bool>>,
    pub(super) otherwise: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Environment {
    pub(super) text: Text,
    pub(super) rules: Vec<Rule<Vec<Text>>>,
    pub(super) otherwise: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule<T> {
    pub(super) value: T,
    pub(super) since: Option<Text>,
    pub(super) until: Option<Text>,
    pub(super) builds: Option<List>,
    pub(super) kinds: Option<List>,
    pub(super) domains: Option<List>,
    pub(super) configurations: Option<List>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Releases {
    pub(super) text: Text,
    pub(super) known: Vec<Text>,
    pub(super) newest: Text,
}
