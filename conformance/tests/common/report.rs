//! What every report has to be, whatever was under test.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ops::Deref;
use std::sync::LazyLock;

use jsonschema::Validator;
use pymem_conform::report::{ClauseResult, Conformance, NoReport, NoVerdict, Report, Verdict, name_of};
use pymem_spec::Level;
use serde_json::Value;

use super::{Ended, Run};

/// A report that was found valid and consistent.
#[derive(Debug)]
pub struct Checked(Report);

impl Deref for Checked {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

impl Checked {
    /// Clauses that failed at least once, whatever their level.
    pub fn failing(&self) -> BTreeSet<&str> {
        let failing = self.results.iter().filter(|result| result.verdict.is_failure());
        failing.map(|result| result.clause.as_str()).collect()
    }

    /// Each failing result on one line, for people who look for its cause.
    pub fn failures(&self) -> String {
        let line = |result: &ClauseResult| {
            let ClauseResult { clause, domain, mode, configuration, reason, operation, .. } = result;
            let domain = domain.map_or("-".to_owned(), |domain| domain.to_string());
            format!("{clause} {domain} ({mode} {configuration}): {reason}; {operation:?}\n")
        };
        self.results.iter().filter(|result| result.verdict.is_failure()).map(line).collect()
    }

    /// The results of one clause.
    pub fn of(&self, clause: &str) -> Vec<&ClauseResult> {
        self.results.iter().filter(|result| result.clause == clause).collect()
    }
}

impl Ended {
    /// The report on standard output.
    ///
    /// # Panics
    /// If it breaks its schema or contradicts itself or the exit status.
    #[track_caller]
    pub fn report(&self) -> Checked {
        let report: Report = serde_json::from_value(self.valid()).expect("the schema lets nothing else pass");
        agrees_with_status(&report, self.status);
        is_counted(&report);
        is_ordered(&report);
        report.results.iter().for_each(names_no_address);
        assert!(self.stderr.lines().count() <= 1, "beside a report: {:?}", self.stderr);
        Checked(report)
    }

    /// What stands on standard output where there are no results. Its sentence is the one on standard
    /// error.
    #[track_caller]
    pub fn no_report(&self) -> NoReport {
        let report: NoReport = serde_json::from_value(self.valid()).expect("it says why there are no results");
        assert_eq!(report.reason, self.sentence());
        report
    }

    #[track_caller]
    fn valid(&self) -> Value {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
            let schema = serde_json::from_str(include_str!("../../report.schema.json")).expect("the schema is JSON");
            jsonschema::validator_for(&schema).expect("it is a schema")
        });
        let text = self.text();
        let value =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON: {error}\n{text:.2000}{self:?}"));
        let errors: Vec<String> = SCHEMA.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert!(text.ends_with("}\n") && !text.contains('\x1b'), "{text:.200}");
        value
    }
}

#[track_caller]
fn agrees_with_status(report: &Report, status: Option<i32>) {
    let expected = match (report.partial, report.verdict) {
        (true, _) => 130,
        (false, Conformance::Conforms) => 0,
        (false, Conformance::Violates) => 1,
    };
    assert_eq!(status, Some(expected), "{:?}, partial: {}", report.verdict, report.partial);
}

#[track_caller]
fn is_counted(report: &Report) {
    let count = |matches: fn(&ClauseResult) -> bool| report.results.iter().filter(|result| matches(result)).count();
    let failing = |level: Level| {
        report.results.iter().filter(|result| result.verdict == Verdict::Fail && result.level == level).count()
    };
    let clauses: BTreeSet<&str> = report.results.iter().map(|result| result.clause.as_str()).collect();
    let expected = [
        clauses.len(),
        count(|result| result.verdict == Verdict::Pass),
        failing(Level::Must),
        failing(Level::Should),
        failing(Level::Detail),
        count(|result| result.verdict == Verdict::Skip),
        count(|result| result.verdict == Verdict::Known),
        count(|result| result.verdict == Verdict::Fixed),
    ];
    let told = &report.summary;
    let told = [told.clauses, told.pass, told.fail, told.warn, told.note, told.skip, told.known, told.fixed];
    assert_eq!(told, expected);
}

#[track_caller]
fn is_ordered(report: &Report) {
    let place =
        |result: &ClauseResult| (result.area, result.clause.clone(), result.domain, result.mode, result.configuration);
    let places: Vec<_> = report.results.iter().map(place).collect();
    for (one, next) in places.iter().zip(&places[1.min(places.len())..]) {
        assert!(one < next, "{one:?} stands before {next:?}");
    }
}

/// Addresses and process ids differ from run to run, and tell a reader nothing.
#[track_caller]
fn names_no_address(result: &ClauseResult) {
    let texts = [Some(&result.reason), result.expected.as_ref(), result.actual.as_ref(), result.operation.as_ref()];
    for text in texts.into_iter().flatten() {
        let is_address = |word: &str| word.len() >= 6 && word[..6].bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(!text.split("0x").skip(1).any(is_address), "{}: {text}", result.clause);
        assert!(!text.contains("pid "), "{}: {text}", result.clause);
    }
}

/// Status 3, for people and for programs, at once; the sentence holds these words.
#[track_caller]
pub fn untestable(target: impl AsRef<OsStr>, words: &str) {
    let target = target.as_ref();
    let human = Run::new([OsStr::new("--"), target]).end();
    human.has_status(3).within(1.0);
    assert!(human.sentence().contains(words), "{}", human.sentence());
    assert!(human.stdout.is_empty(), "{human:?}");

    let json = Run::new([OsStr::new("--format=json"), OsStr::new("--"), target]).end();
    let told = json.has_status(3).within(1.0).no_report();
    assert_eq!((told.verdict, told.reason.as_str()), (NoVerdict::Untestable, human.sentence()));
    assert_eq!(told.target, name_of(target));
}
