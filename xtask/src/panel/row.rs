//! What is told of one allocator.

use std::collections::BTreeSet;

use pymem_spec::Level;
use serde::Serialize;

use super::listing::{Listed, Member};
use crate::report::{Report, Verdict};

/// What is told of one allocator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    pub name: String,
    /// How it offers the API; empty where it cannot be tested.
    pub kind: String,
    pub version: String,
    pub pass: usize,
    pub fail: usize,
    pub warn: usize,
    pub note: usize,
    pub skip: usize,
    /// `conforms` or `violates`; empty where it cannot be tested.
    pub verdict: String,
    /// What fails.
    pub failures: Vec<Failing>,
    /// Why it cannot be tested.
    pub untested: Option<String>,
}

/// Clauses that fail for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failing {
    /// In the order of their ids.
    pub clauses: BTreeSet<String>,
    /// Whether chance decides.
    pub sometimes: bool,
    /// Empty where none is known.
    pub reason: String,
}

impl Row {
    /// One of which nothing is told yet.
    pub fn of(name: &str, version: &str) -> Self {
        Self { name: name.to_owned(), version: version.to_owned(), ..Self::default() }
    }

    /// What is known of a member.
    pub fn known(member: &Member) -> Self {
        let count = |level| {
            let of_level = member.failures.iter().filter(|failure| failure.level == level);
            of_level.map(|failure| failure.clauses.len()).sum()
        };
        let mut row = Self {
            kind: member.kind.to_string(),
            pass: member.pass,
            fail: count(Level::Must),
            warn: count(Level::Should),
            note: count(Level::Detail),
            skip: member.skip,
            ..Self::of(&member.name, &member.version)
        };
        row.verdict = if row.fail == 0 { "conforms" } else { "violates" }.to_owned();
        for failure in &member.failures {
            row.fails(&failure.clauses, failure.sometimes, &failure.reason);
        }
        row
    }

    /// Enters what a run found.
    pub fn judged(&mut self, found: Result<Report, String>) {
        match found {
            Err(reason) => self.untested = Some(reason),
            Ok(report) => {
                let summary = report.summary;
                (self.pass, self.fail, self.warn) = (summary.pass, summary.fail, summary.warn);
                (self.note, self.skip) = (summary.note, summary.skip);
                (self.kind, self.verdict) = (report.target.kind.to_string(), report.verdict);
                let failed = report.results.into_iter().filter(|result| result.verdict == Verdict::Fail);
                let clauses: BTreeSet<String> = failed.map(|result| result.clause).collect();
                if !clauses.is_empty() {
                    self.failures.push(Failing { clauses, sometimes: false, reason: String::new() });
                }
            }
        }
    }

    /// Adds the reasons that are known to what a run found.
    pub fn explain(&mut self, listed: &[Listed]) {
        let Some(Listed { member, .. }) = listed.iter().find(|listed| listed.member.name == self.name) else { return };
        let found: BTreeSet<String> =
            std::mem::take(&mut self.failures).into_iter().flat_map(|one| one.clauses).collect();
        for clause in found {
            let known = member.failures.iter().find(|failure| failure.clauses.contains(&clause));
            let (sometimes, reason) = known.map_or((false, ""), |failure| (failure.sometimes, &*failure.reason));
            self.fails(&[clause], sometimes, reason);
        }
    }

    fn fails(&mut self, clauses: &[String], sometimes: bool, reason: &str) {
        let is_same = |known: &&mut Failing| known.reason == reason && known.sometimes == sometimes;
        match self.failures.iter_mut().find(is_same) {
            Some(known) => known.clauses.extend(clauses.iter().cloned()),
            None => self.failures.push(Failing {
                clauses: clauses.iter().cloned().collect(),
                sometimes,
                reason: reason.to_owned(),
            }),
        }
    }
}

impl Failing {
    /// Why, as one line.
    pub fn why(&self) -> String {
        let reason = match self.reason.as_str() {
            "" => "no reason is known",
            reason => reason.trim(),
        };
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.sometimes { format!("{reason} Chance decides.") } else { reason }
    }
}

/// Rows of every sort, for tests.
#[cfg(test)]
pub fn samples() -> Vec<Row> {
    let conforming =
        Row { kind: "malloc".into(), pass: 58, skip: 206, verdict: "conforms".into(), ..Row::of("good", "1.2") };
    let mut violating = Row {
        kind: "pymem".into(),
        pass: 100,
        fail: 12,
        warn: 1,
        skip: 400,
        verdict: "violates".into(),
        ..Row::of("bad | worse", "3")
    };
    let many: Vec<String> = (0..12).map(|number| format!("area.clause-{number}")).collect();
    violating.fails(&many, false, "It does\nwhat it must not.\n");
    violating.fails(&["threads.fork".to_owned()], true, "It hangs.");
    let untested = Row { untested: Some("an undefined symbol".into()), ..Row::of("broken", "?") };
    vec![conforming, violating, untested]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_takes_its_reasons_from_what_is_known() {
        let text = r#"[{"member": {"name": "x", "package": null, "version": "1", "kind": "malloc", "pass": 1, "skip": 0,
            "failure": [{"level": "must", "clauses": ["a", "b"], "sometimes": false, "reason": "r"}]},
            "arguments": null, "remedy": ""}]"#;
        let listed: Vec<Listed> = serde_json::from_str(text).expect("it is right");
        let mut row = Row::of("x", "1");
        let clauses = ["a", "c"].map(str::to_owned).into();
        row.failures.push(Failing { clauses, sometimes: false, reason: String::new() });
        row.explain(&listed);
        let told: Vec<_> = row.failures.iter().map(|one| (one.clauses.len(), one.why())).collect();
        assert_eq!(told, [(1, "r".to_owned()), (1, "no reason is known".to_owned())]);
        assert_eq!(Row::known(&listed[0].member).fail, 2);
    }
}
