//! What is read of the suite's report, whose schema is `conformance/report.schema.json`.

use std::collections::BTreeMap;

use pymem_spec::{Build, Domain, Kind, Level, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A report with results.
#[derive(Clone, Debug, Deserialize)]
pub struct Report {
    /// The version of the contract that was judged.
    pub spec: Version,
    /// What was under test.
    pub target: Target,
    /// `conforms` or `violates`.
    pub verdict: String,
    /// Counts.
    pub summary: Summary,
    /// By area, clause, domain, mode and configuration.
    pub results: Vec<ClauseResult>,
    /// `mode.configuration.domain.name` to value.
    pub traits: BTreeMap<String, Value>,
    /// One for each clause that failed.
    #[serde(default)]
    pub witnesses: Vec<Witness>,
}

/// The program that shows how a clause fails.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Witness {
    /// The clause's id.
    pub clause: String,
    /// The C file; none where there is no witness.
    pub path: Option<String>,
    /// What is known of it.
    pub state: State,
    /// Why it is not confirmed.
    pub why: String,
}

/// What is known of a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It shows the defect on the target, and none on an allocator that keeps the contract.
    Confirmed,
    /// It shows the defect; there is no other allocator of its kind here.
    Shows,
    /// It was not tried.
    Written,
    /// It does not tell the target from one that keeps the contract.
    Unconfirmed,
    /// There is none, for a reason.
    None,
}

/// What was under test.
#[derive(Clone, Debug, Deserialize)]
pub struct Target {
    /// The argument as given.
    pub name: String,
    /// How it offers the API.
    pub kind: Kind,
    /// Where it is a Python.
    pub python_version: Option<Version>,
    /// Where it is a Python.
    pub build: Vec<Build>,
}

/// Counts of results, and the time of the run.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Summary {
    pub pass: usize,
    pub fail: usize,
    pub warn: usize,
    pub note: usize,
    pub skip: usize,
    pub known: usize,
    pub fixed: usize,
    pub seconds: f64,
}

impl Summary {
    /// All results.
    pub fn results(&self) -> usize {
        self.pass + self.fail + self.warn + self.note + self.skip + self.known + self.fixed
    }
}

/// What was found of one clause in one place.
#[derive(Clone, Debug, Deserialize)]
pub struct ClauseResult {
    pub clause: String,
    pub level: Level,
    pub domain: Option<Domain>,
    pub verdict: Verdict,
    pub reason: String,
    /// What a failure should have been.
    pub expected: Option<String>,
}

/// The verdict on one clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Pass,
    Fail,
    Skip,
    Known,
    Fixed,
}

/// What stands in place of a report where nothing could be judged.
#[derive(Clone, Debug, Deserialize)]
pub struct NoReport {
    /// One sentence.
    pub reason: String,
}
