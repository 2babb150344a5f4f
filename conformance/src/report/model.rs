//! The report as data: what the JSON form writes, field by field.

use std::collections::BTreeMap;

use pymem_spec::{Area, Build, Configuration, Domain, Kind, Level, Mode, Version};
use serde::{Deserialize, Serialize};

/// The format's version, raised when a field changes.
pub const FORMAT_VERSION: u32 = 1;

/// What a whole run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Always `pymem-conform-report`.
    pub format: String,
    /// [`FORMAT_VERSION`].
    pub version: u32,
    /// Version of the suite.
    pub suite: String,
    /// Version of the contract that was judged.
    pub spec: Version,
    /// Seed of the random operations.
    pub seed: u64,
    /// What was under test.
    pub target: Target,
    /// Conforms or violates.
    pub verdict: Conformance,
    /// Counts over `results`.
    pub summary: Summary,
    /// In report order: area, clause id, domain, mode, configuration.
    pub results: Vec<ClauseResult>,
    /// Facts that no clause judges, `mode.configuration.domain.name` to value.
    pub traits: BTreeMap<String, serde_json::Value>,
    /// One for each clause that failed, in report order. Left out where none did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<Witness>,
    /// True where an interrupt ended the run early. Left out otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// What was under test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The argument as given; bytes that are not UTF-8 as `\xNN`.
    pub name: String,
    /// How it offers the API.
    pub kind: Kind,
    /// Digest of the file, hexadecimal; none for `reference`.
    pub sha256: Option<String>,
    /// Its Python version, where it is a Python.
    pub python_version: Option<Version>,
    /// How it was built, where it is a Python.
    pub build: Vec<Build>,
}

/// The verdict on the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conformance {
    /// No violation; exit status 0.
    Conforms,
    /// At least one violation; exit status 1.
    Violates,
}

/// Counts: `clauses` of distinct ids, all others of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Distinct clause ids.
    pub clauses: usize,
    /// Results that passed.
    pub pass: usize,
    /// Failing results at level must.
    pub fail: usize,
    /// Failing results at level should.
    pub warn: usize,
    /// Failing results at level detail.
    pub note: usize,
    /// Skipped results.
    pub skip: usize,
    /// Failing results under a waiver.
    pub known: usize,
    /// Waived results that pass.
    pub fixed: usize,
    /// Wall-clock time of the run.
    pub seconds: f64,
}

/// What was found of one clause in one domain, mode and configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClauseResult {
    /// The clause's id.
    pub clause: String,
    /// Its area.
    pub area: Area,
    /// Its level for this kind of target.
    pub level: Level,
    /// The domain; none where the clause is not of one domain.
    pub domain: Option<Domain>,
    /// The mode.
    pub mode: Mode,
    /// The configuration.
    pub configuration: Configuration,
    /// The verdict.
    pub verdict: Verdict,
    /// One sentence: why it failed or was skipped. Empty for a pass.
    pub reason: String,
    /// What the clause demands, where it failed.
    pub expected: Option<String>,
    /// What was seen, where it failed.
    pub actual: Option<String>,
    /// The operation that showed it, such as `op 3: PyMem_RawMalloc(0)`.
    pub operation: Option<String>,
    /// Path of the witness.
    pub witness: Option<String>,
    /// Time of the check that judged it.
    pub microseconds: u64,
}

/// The program that shows how a clause fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// The clause's id.
    pub clause: String,
    /// The C file; none where there is no witness.
    pub path: Option<String>,
    /// What is known of it.
    pub state: State,
    /// Why it is not confirmed; empty where it is.
    pub why: String,
    /// The command line that compiles it and runs it on the target.
    pub command: String,
    /// The command line that runs it in a debugger.
    pub debugger: String,
}

/// What is known of a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It shows the defect on the target, and none on an allocator of the same kind that keeps the contract.
    Confirmed,
    /// It shows the defect; there is no other allocator of its kind here.
    Shows,
    /// It was not tried.
    Written,
    /// It was tried, and does not tell the target from one that keeps the contract.
    Unconfirmed,
    /// There is none.
    None,
}

/// The verdict on one clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The clause holds.
    Pass,
    /// It does not.
    Fail,
    /// It was not judged, for a stated reason.
    Skip,
    /// It fails under a waiver.
    Known,
    /// It is waived and passes.
    Fixed,
}

impl Verdict {
    /// Whether the clause was seen not to hold, waived or not.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Fail | Self::Known)
    }
}

/// What is written under `--format json` where there are no results: exit
/// statuses 3 and 4.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoReport {
    /// Always `pymem-conform-report`.
    pub format: String,
    /// [`FORMAT_VERSION`].
    pub version: u32,
    /// The target's argument as given.
    pub target: String,
    /// Untestable or harness-failed.
    pub verdict: NoVerdict,
    /// One sentence.
    pub reason: String,
}

/// Why there are no results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoVerdict {
    /// The target cannot be tested; exit status 3.
    Untestable,
    /// The harness failed; exit status 4.
    HarnessFailed,
}

#[cfg(test)]
mod tests {
    use super::Verdict::{self, *};

    #[test]
    fn a_waiver_does_not_make_a_clause_hold() {
        assert_eq!([Pass, Fail, Skip, Known, Fixed].map(Verdict::is_failure), [false, true, false, true, false]);
    }
}
