//! Every ending, and the verdict that it becomes.

use std::time::Duration;

use pymem_spec::{Configuration, Domain, Kind, Mode, Registry};
use rstest::rstest;

use super::*;
use crate::harness;
use crate::journal::{BlockName, Function, Operation};
use crate::sandbox::keeper::{Item, Session};
use crate::sandbox::launch::Launch;
use crate::sandbox::spawn::Order;

/// What a check that stopped says, as a report has it.
pub(crate) fn told(stop: &Stop) -> String {
    let (verdict, judgement) = by_stop(stop, None);
    lines(verdict, &judgement)
}

fn lines(verdict: Verdict, judgement: &Judgement) -> String {
    let Judgement { reason, expected, actual, operation } = judgement;
    let mut text = format!("  {}\n", format!("{verdict:?}").to_lowercase());
    let fields = [("expected", expected), ("actual", actual), ("operation", operation)];
    let reason = Some(reason.clone()).filter(|reason| !reason.is_empty());
    for (name, value) in [("reason", &reason)].into_iter().chain(fields) {
        if let Some(value) = value {
            text += &format!("    {name:<11}{value}\n");
        }
    }
    text
}

const BARE: (Mode, Configuration) = (Mode::Bare, Configuration::Default);
const HOOKS: (Mode, Configuration) = (Mode::Embedded, Configuration::DebugHooks);

/// A session with as many items.
fn session((mode, configuration): (Mode, Configuration), items: usize) -> Session {
    let launch = Launch::empty(Kind::Cpython, mode, configuration);
    let share = Duration::from_millis(500);
    let item = Item { check: 0, domain: Domain::Mem, switches: 0, share, huge: false, together: false, memory: false };
    Session { order: Order { launch, environment: Vec::new(), preload: None, taped: false }, items: vec![item; items] }
}

/// A row of a clause in the first session.
fn row(judged: Judged) -> Row {
    let clause = Registry::embedded().get("free.null").expect("the contract has it");
    let ((mode, configuration), level) = (BARE, clause.level_for(Kind::Cpython));
    Row { clause, level, domain: Some(Domain::Mem), mode, configuration, session: 0, judged }
}

/// A plan for these rows: two sessions with three items each.
fn plan(rows: Vec<Row>) -> Plan {
    let spec = Registry::newest();
    Plan { spec, sessions: vec![session(BARE, 3), session(HOOKS, 3)], rows, elsewhere: Vec::new() }
}

/// What keepers tell if every item passes.
fn all_pass() -> Told {
    let item = |number: usize| ((number / 3, number % 3), (passed(), 250 + number as u64));
    Told { endings: (0..6).map(item).collect(), threads: [(0, 1), (1, 1)].into(), ..Told::default() }
}

fn not_ready(session: usize, why: NotReady) -> Told {
    let mut told = all_pass();
    told.endings.retain(|(of, _), _| *of != session);
    told.threads.remove(&session);
    told.not_ready.insert(session, why);
    told
}

fn ended(outcome: harness::Outcome) -> Ending {
    let shown_by = outcome.as_ref().is_err_and(Stop::is_failure).then_some(operation());
    Ending::Verdict(harness::Verdict { outcome, operations: 7, shown_by, traits: Vec::new(), finding: None })
}

fn passed() -> Ending {
    ended(Ok(()))
}

fn died(operation: Option<(u64, Operation)>, returned: bool) -> Ending {
    Ending::Died { how: "SIGSEGV killed the process".into(), operation, returned }
}

fn operation() -> (u64, Operation) {
    let (function, domain, block) = (Function::Realloc, Domain::Mem, BlockName(3));
    (7, Operation { function, domain, block, size: 0, elsize: 0 })
}

fn results(plan: &Plan, told: &Told) -> Result<Vec<ClauseResult>, NoResults> {
    judge(plan, told, &Names::new(Kind::Cpython, None))
}

/// The one result of a row in the first session.
fn result(judged: Judged, told: &Told) -> ClauseResult {
    let mut results = results(&plan(vec![row(judged)]), told).expect("there are results");
    assert_eq!(results.len(), 1);
    results.remove(0)
}

fn show(result: ClauseResult) -> String {
    let ClauseResult { verdict, reason, expected, actual, operation, .. } = result;
    lines(verdict, &Judgement { reason, expected, actual, operation })
}

#[test]
fn every_ending_of_a_check_has_its_verdict() {
    let endings = [
        ("passed", passed()),
        ("failed", ended(Err(Stop::fail("a block, not NULL", "NULL")))),
        ("a large request was refused", ended(Err(Stop::OutOfMemory))),
        ("a small request was refused twice", ended(Err(Stop::SmallRefusal { size: 24 }))),
        ("out of time", ended(Err(Stop::OutOfTime { done: 3, of: 10 }))),
        ("needs a function that hangs", ended(Err(Stop::Hangs(Function::Calloc)))),
        ("does not apply", ended(Err(Stop::Skip("symbol absent: PyMem_GetAllocator".into())))),
        ("died in a call", died(Some(operation()), false)),
        ("died after a call", died(Some(operation()), true)),
        ("died before any call", died(None, false)),
        ("died, and nothing was called although it had returned", died(None, true)),
        ("hung", Ending::Hung { operation: operation() }),
        ("used too much memory", Ending::OutOfMemory),
        ("overlong", Ending::Overlong),
        ("not run for others' memory", Ending::NotRun),
        ("not run for others' hangs", Ending::Stuck),
        ("needs a function that hung too often", Ending::Broken(Function::Realloc)),
    ];
    let mut text = String::new();
    for (name, ending) in endings {
        let mut told = all_pass();
        told.endings.insert((0, 1), (ending, 1234));
        let result = result(Judged::ByCheck(1), &told);
        assert_eq!(result.microseconds, 1234, "{name}");
        text += &format!("{name}\n{}\n", show(result));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_needs_no_check_has_its_verdict_too() {
    let missing = |names: &[&str]| Judged::BySymbols(names.iter().map(|name| (*name).to_owned()).collect());
    let load_failed = not_ready(0, NotReady::LoadFailed("SIGABRT killed the process".into()));
    let elsewhere = not_ready(1, NotReady::LoadFailed("SIGABRT killed the process".into()));
    let not_accepted = not_ready(0, NotReady::NotAccepted(Configuration::EnvMimalloc));
    let mut dies = all_pass();
    dies.endings.insert((0, 1), (died(Some(operation()), false), 9));
    dies.endings.insert((0, 2), (Ending::Hung { operation: operation() }, 9));
    let mut hangs = all_pass();
    hangs.endings.insert((0, 2), (Ending::Hung { operation: operation() }, 9));
    let mut fails = all_pass();
    fails.endings.insert((0, 0), (ended(Err(Stop::fail("a block, not NULL", "NULL"))), 9));
    let mut elsewhere_dies = all_pass();
    elsewhere_dies.endings.insert((1, 0), (died(Some(operation()), false), 9));
    let mut nowhere = not_ready(1, NotReady::LoadFailed("SIGABRT killed the process".into()));
    nowhere.threads.clear();
    nowhere.endings.clear();
    let cases = [
        ("skipped by the plan", Judged::Skipped("only for no-pymalloc builds".into()), &all_pass()),
        ("every symbol is there", missing(&[]), &all_pass()),
        ("symbols are missing", missing(&["PyMem_Calloc", "PyMem_RawCalloc"]), &all_pass()),
        ("it loads", Judged::ByLoading, &all_pass()),
        ("it dies while it loads", Judged::ByLoading, &load_failed),
        ("it loads here and dies elsewhere", Judged::ByLoading, &elsewhere),
        ("it was not loaded here and dies elsewhere", Judged::ByLoading, &nowhere),
        ("a check where it does not load", Judged::ByCheck(0), &load_failed),
        ("a check where it does not accept the name", Judged::ByCheck(0), &not_accepted),
        ("it survives", Judged::BySurviving, &all_pass()),
        ("it survives, and fails a check", Judged::BySurviving, &fails),
        ("it survives here and dies elsewhere", Judged::BySurviving, &elsewhere_dies),
        ("the first of a death and a hang", Judged::BySurviving, &dies),
        ("a hang", Judged::BySurviving, &hangs),
        ("survival where it does not load", Judged::BySurviving, &load_failed),
        ("survival where it was not loaded and dies elsewhere", Judged::BySurviving, &nowhere),
    ];
    let text: String =
        cases.into_iter().map(|(name, judged, told)| format!("{name}\n{}\n", show(result(judged, told)))).collect();
    insta::assert_snapshot!(text);
}

#[test]
fn a_result_is_that_of_its_row() {
    let rows = vec![
        row(Judged::ByCheck(2)),
        Row { domain: None, mode: HOOKS.0, configuration: HOOKS.1, session: 1, ..row(Judged::ByCheck(0)) },
    ];
    let results = results(&plan(rows), &all_pass()).expect("there are results");
    let places: Vec<_> = results
        .iter()
        .map(|result| (result.domain, (result.mode, result.configuration), result.microseconds))
        .collect();
    assert_eq!(places, [(Some(Domain::Mem), BARE, 252), (None, HOOKS, 253)]);
    assert!(results.iter().all(|result| result.clause == "free.null" && result.verdict == Verdict::Pass));
}

#[test]
fn a_target_that_cannot_be_tested_has_no_results() {
    let reasons = [
        NotReady::Refused("wrong ELF class".into()),
        NotReady::NotInitialised("no encodings".into()),
        NotReady::Harness("no process is left".into()),
    ];
    let why = |reason| results(&plan(vec![row(Judged::ByCheck(0))]), &not_ready(1, reason)).expect_err("no session");
    insta::assert_debug_snapshot!(reasons.map(why));
}

#[test]
fn a_failure_of_ours_in_one_check_leaves_no_results() {
    let mut told = all_pass();
    told.endings.insert((1, 2), (Ending::Harness("the board cannot be mapped".into()), 1));
    let why = results(&plan(vec![row(Judged::ByCheck(0))]), &told);
    assert_eq!(why, Err(NoResults::Harness("the board cannot be mapped".into())));
}

#[rstest]
#[case::check(Judged::ByCheck(1))]
#[case::survival(Judged::BySurviving)]
#[case::loading(Judged::ByLoading)]
fn a_missing_result_is_our_failure_unless_the_user_ended_the_run(#[case] judged: Judged) {
    let mut told = all_pass();
    told.endings.remove(&(0, 1));
    if matches!(judged, Judged::ByLoading) {
        told.threads.remove(&0);
    }
    let plan = plan(vec![row(judged), row(Judged::ByCheck(0))]);
    let missing = "the result of free.null (bare, default) is missing";
    assert_eq!(results(&plan, &told), Err(NoResults::Harness(missing.into())));
    told.interrupted = true;
    assert_eq!(results(&plan, &told).expect("the others are there").len(), 1);
}

#[test]
fn a_session_that_never_began_leaves_survival_open() {
    let mut told = all_pass();
    told.threads.remove(&0);
    let missing = results(&plan(vec![row(Judged::BySurviving)]), &told);
    assert!(matches!(missing, Err(NoResults::Harness(_))), "{missing:?}");
}

#[test]
fn traits_have_the_place_of_their_check_and_a_known_name() {
    let mut told = all_pass();
    let known = TRAITS[0];
    for (place, traits) in [((0, 1), vec![(known, 16), ("\u{1b}[2J", 1)]), ((1, 0), vec![(known, 32)])] {
        let traits = traits.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let verdict = harness::Verdict { outcome: Ok(()), operations: 1, shown_by: None, traits, finding: None };
        told.endings.insert(place, (Ending::Verdict(verdict), 1));
    }
    told.endings.insert((0, 2), (Ending::Overlong, 1));
    told.threads = [(0, 1), (1, 4)].into();
    let found = traits(&plan(Vec::new()), &told);
    let expected = [
        (format!("bare.default.mem.{known}"), 16),
        (format!("embedded.debug-hooks.mem.{known}"), 32),
        ("embedded.debug-hooks.threads-at-load".to_owned(), 3),
    ];
    assert_eq!(found, expected.map(|(name, value)| (name, Value::from(value))).into());
}
