//! From what the keepers told to results: the only place where an ending
//! becomes a verdict.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::checks::TRAITS;
use crate::harness::Stop;
use crate::inside::install::NOT_PUT_IN;
use crate::inside::suite::Tests;
use crate::journal::{Names, Size};
use crate::plan::{self, Judged, Plan, Row};
use crate::report::{ClauseResult, Verdict};
use crate::run::Told;
use crate::sandbox::keeper::{Ending, NotReady};

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoResults {
    /// The target cannot be tested: status 3.
    Untestable(String),
    /// We failed: status 4.
    Harness(String),
}

/// Judges every row of the plan. Rows that an interrupted run did not reach are
/// left out.
///
/// # Errors
/// If the target cannot be tested, or a result is missing that should be there.
pub fn judge(plan: &Plan, told: &Told, names: &Names) -> Result<Vec<ClauseResult>, NoResults> {
    refuse(told)?;
    let judge = Judge { plan, told, names };
    let mut results = Vec::with_capacity(plan.rows.len());
    for row in &plan.rows {
        match judge.row(row) {
            Some(result) => results.push(result),
            None if told.interrupted => {}
            None => {
                let Row { clause, mode, configuration, .. } = row;
                return Err(NoResults::Harness(format!(
                    "the result of {} ({mode}, {configuration}) is missing",
                    clause.id
                )));
            }
        }
    }
    Ok(results)
}

/// Facts that no clause judges, by `mode.configuration.domain.name`.
pub fn traits(plan: &Plan, told: &Told) -> BTreeMap<String, Value> {
    let mut traits = BTreeMap::new();
    for ((session, item), (ending, _)) in &told.endings {
        let Ending::Verdict(verdict) = ending else { continue };
        let session = &plan.sessions[*session];
        let (launch, domain) = (&session.order.launch, session.items[*item].domain);
        // The child's word is not trusted with names.
        for (name, value) in verdict.traits.iter().filter(|(name, _)| TRAITS.contains(&name.as_str())) {
            let key = format!("{}.{}.{domain}.{name}", launch.mode, launch.configuration);
            traits.insert(key, Value::from(*value));
        }
    }
    if let Some(Tests::Run(compared)) = &told.tests {
        traits.insert("inside.tests".into(), Value::from(compared.tests as u64));
    }
    for (session, threads) in told.threads.iter().filter(|(_, threads)| **threads > 1) {
        let launch = &plan.sessions[*session].order.launch;
        traits.insert(format!("{}.{}.threads-at-load", launch.mode, launch.configuration), Value::from(*threads - 1));
    }
    traits
}

/// Sessions that did not come about for reasons that are no clause's.
fn refuse(told: &Told) -> Result<(), NoResults> {
    for why in told.not_ready.values() {
        match why {
            NotReady::Refused(text) if text.starts_with(NOT_PUT_IN) => return Err(NoResults::Untestable(text.clone())),
            NotReady::Refused(text) => return Err(NoResults::Untestable(format!("the loader refused it: {text}"))),
            NotReady::NotInitialised(text) => {
                return Err(NoResults::Untestable(format!(
                    "its interpreter cannot be initialised: {text}; `--mode bare` tests it without"
                )));
            }
            NotReady::Harness(text) => return Err(NoResults::Harness(text.clone())),
            NotReady::LoadFailed(_) | NotReady::NotAccepted(_) => {}
        }
    }
    for (ending, _) in told.endings.values() {
        if let Ending::Harness(text) = ending {
            return Err(NoResults::Harness(text.clone()));
        }
    }
    Ok(())
}

struct Judge<'a> {
    plan: &'a Plan,
    told: &'a Told,
    names: &'a Names,
}

/// A verdict with what belongs to it.
#[derive(Default)]
struct Judgement {
    reason: String,
    expected: Option<String>,
    actual: Option<String>,
    operation: Option<String>,
}

impl Judge<'_> {
    fn row(&self, row: &Row) -> Option<ClauseResult> {
        if let Some(NotReady::NotAccepted(configuration)) = self.told.not_ready.get(&row.session) {
            return Some(self.result(row, 0, skip(format!("the target does not accept {configuration}"))));
        }
        let mut microseconds = 0;
        let (verdict, judgement) = match &row.judged {
            Judged::Skipped(reason) => skip(reason.clone()),
            Judged::BySymbols(missing) => by_symbols(missing),
            Judged::ByLoading => self.by_loading(row.session)?,
            Judged::BySurviving => self.by_surviving(row.session)?,
            Judged::ByTests => by_tests(self.told.tests.as_ref()?),
            Judged::ByCheck(item) => {
                let Some((ending, time)) = self.told.endings.get(&(row.session, *item)) else {
                    if let (plan::START, Some(NotReady::LoadFailed(how))) =
                        (row.clause.id.as_str(), self.told.not_ready.get(&row.session))
                    {
                        return Some(self.result(row, 0, fail("an interpreter starts on it", how, None)));
                    }
                    return self.does_not_load().then(|| self.result(row, 0, skip("the target does not load")));
                };
                microseconds = *time;
                self.by_check(ending)
            }
        };
        Some(self.result(row, microseconds, (verdict, judgement)))
    }

    fn result(&self, row: &Row, microseconds: u64, judged: (Verdict, Judgement)) -> ClauseResult {
        let (verdict, Judgement { reason, expected, actual, operation }) = judged;
        ClauseResult {
            clause: row.clause.id.clone(),
            area: row.clause.area,
            level: row.level,
            domain: row.domain,
            mode: row.mode,
            configuration: row.configuration,
            verdict,
            reason,
            expected,
            actual,
            operation,
            witness: None,
            microseconds,
        }
    }

    fn does_not_load(&self) -> bool {
        self.told.not_ready.values().any(|why| matches!(why, NotReady::LoadFailed(_)))
    }

    fn by_loading(&self, session: usize) -> Option<(Verdict, Judgement)> {
        match self.told.not_ready.get(&session) {
            Some(NotReady::LoadFailed(how)) => Some(fail("the target is loaded and the process goes on", how, None)),
            _ if self.told.threads.contains_key(&session) => Some((Verdict::Pass, Judgement::default())),
            _ if self.does_not_load() => Some(skip("the target does not load")),
            _ => None,
        }
    }

    /// The first death or hang in the order of the checks decides.
    fn by_surviving(&self, session: usize) -> Option<(Verdict, Judgement)> {
        if self.told.not_ready.contains_key(&session) || !self.told.threads.contains_key(&session) {
            return self.does_not_load().then(|| skip("the target does not load"));
        }
        for item in 0..self.plan.sessions[session].items.len() {
            let (ending, _) = self.told.endings.get(&(session, item))?;
            if matches!(ending, Ending::Died { .. } | Ending::Hung { .. }) {
                return Some(self.by_check(ending));
            }
        }
        Some((Verdict::Pass, Judgement::default()))
    }

    fn by_check(&self, ending: &Ending) -> (Verdict, Judgement) {
        match ending {
            Ending::Verdict(verdict) => {
                let shown_by = verdict.shown_by.map(|(number, operation)| self.names.numbered(number, &operation));
                match &verdict.outcome {
                    Ok(()) => (Verdict::Pass, Judgement::default()),
                    Err(stop) => by_stop(stop, shown_by),
                }
            }
            Ending::Died { how, operation, returned } => {
                let shown_by = operation.map(|(number, operation)| self.names.numbered(number, &operation));
                match shown_by {
                    Some(text) if *returned => {
                        fail("the process lives on", &format!("after {text} had returned, {how}"), None)
                    }
                    shown_by => fail("the call returns", how, shown_by),
                }
            }
            Ending::Hung { operation: (number, operation) } => {
                fail("the call returns", "it hangs", Some(self.names.numbered(*number, operation)))
            }
            Ending::OutOfMemory => skip("out of memory: the check used more than 1 GiB, or the machine had no more"),
            Ending::Overlong => skip("out of time: the check did not end within its share"),
            Ending::Stuck => skip("not run after others had not ended"),
            Ending::NotRun => skip("out of memory: not run after others had used more than 1 GiB"),
            Ending::Harness(sentence) => skip(sentence.clone()),
            Ending::Broken(function) => by_stop(&Stop::Hangs(*function), None),
        }
    }
}

fn by_stop(stop: &Stop, shown_by: Option<String>) -> (Verdict, Judgement) {
    match stop {
        Stop::Fail { expected, actual } => fail(expected, actual, shown_by),
        Stop::OutOfMemory => skip("out of memory: a request was refused"),
        Stop::SmallRefusal { size } => {
            fail(&format!("{} bytes are served while memory is free", Size(*size)), "NULL, twice", shown_by)
        }
        Stop::OutOfTime { done, of } => skip(format!("out of time after {done} of {of}")),
        Stop::Hangs(function) => skip(format!("{} hangs and is not called again", function.as_str())),
        Stop::Skip(reason) => skip(reason.clone()),
    }
}

fn by_symbols(missing: &[String]) -> (Verdict, Judgement) {
    match missing {
        [] => (Verdict::Pass, Judgement::default()),
        missing => fail("every function is exported", &format!("missing: {}", missing.join(", ")), None),
    }
}

/// How many tests are named that end otherwise.
const NAMED: usize = 3;

fn by_tests(tests: &Tests) -> (Verdict, Judgement) {
    let compared = match tests {
        Tests::NotRun(why) => return skip(why.clone()),
        Tests::Run(compared) => compared,
    };
    if let Some(found) = compared.found.iter().find(|found| !found.what.is_the_programs()) {
        let actual = format!("{}: {}", found.call(), found.what.actual());
        return fail(&found.what.expected(), &actual, None);
    }
    if !compared.different.is_empty() {
        let named = compared.different.iter().take(NAMED);
        let mut actual: Vec<String> =
            named.map(|one| format!("{}: {}, by default {}", one.test, one.inside, one.by_default)).collect();
        let others = compared.different.len().saturating_sub(NAMED);
        if others > 0 {
            actual.push(format!("and {others} more"));
        }
        return fail("every test ends as on the default allocators", &actual.join("; "), None);
    }
    match compared.tests {
        0 => skip(format!("CPython's own tests are not installed: {}", compared.absent.join(", "))),
        _ => (Verdict::Pass, Judgement::default()),
    }
}

fn skip(reason: impl Into<String>) -> (Verdict, Judgement) {
    (Verdict::Skip, Judgement { reason: reason.into(), ..Judgement::default() })
}

fn fail(expected: &str, actual: &str, operation: Option<String>) -> (Verdict, Judgement) {
    let judgement = Judgement {
        reason: format!("expected {expected}; {actual}"),
        expected: Some(expected.to_owned()),
        actual: Some(actual.to_owned()),
        operation,
    };
    (Verdict::Fail, judgement)
}

#[cfg(test)]
pub(crate) mod tests;
