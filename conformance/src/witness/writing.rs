//! The witnesses of a run: one for each clause that fails.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::correct::{self, Correct};
use super::shrink::calls;
use super::source::{Body, Ending, Failing};
use super::trial::{self, Compiler, Shown, command_line};
use super::{replaying, templates};
use crate::checks::TABLE;
use crate::cli::{Options, WitnessDir};
use crate::harness::Switches;
use crate::plan::{Judged, Plan, Row};
use crate::report::{ClauseResult, State, Witness, name_of};
use crate::run::{Told, is_interrupted};
use crate::sandbox::keeper;
use crate::sandbox::keeper::{Item, NotReady};
use crate::sandbox::shm::TOGETHER;
use crate::sandbox::watch::Limits;
use crate::target::Target;

/// For so long witnesses are tried; those after it are written only.
const TRYING: Duration = Duration::from_secs(10);
/// After a run that took so long none is tried: a target that hangs must not hold up its report.
const PATIENCE: Duration = Duration::from_secs(15);

/// For so long the calls of one check are cut down ...
const SHRINKING: Duration = Duration::from_secs(5);
/// ... and those of a random program of a deep run.
const SHRINKING_DEEP: Duration = Duration::from_secs(8);
/// Of a random program that failed before, this much is written down.
const RECORDING: Duration = Duration::from_secs(2);
/// More calls are no small program: what is written for the clause is better, if it shows the defect ...
const MOST_CALLS: usize = 40;
/// ... and if it does not, more are better than none.
const MANY_CALLS: usize = 400;

/// Writes the witness of each clause that fails into `folder`, tries it, and notes its path with the results of the
/// clause.
pub fn all(
    plan: &Plan,
    told: &Told,
    (target, options): (&Target, &Options),
    started: Instant,
    results: &mut [ClauseResult],
    folder: &Path,
) -> Vec<Witness> {
    // Of each clause the first result that fails is shown.
    let mut shown = BTreeSet::new();
    let failing = results.iter().filter(|result| result.verdict.is_failure());
    let first: Vec<&ClauseResult> = failing.filter(|result| shown.insert(&result.clause)).collect();
    if first.is_empty() {
        return Vec::new();
    }
    let writer = Writer::new(plan, told, (target, options), started, folder);
    let uninterrupted = first.into_iter().take_while(|_| !is_interrupted());
    let witnesses: Vec<Witness> = uninterrupted.map(|result| writer.witness(result)).collect();
    for result in results.iter_mut().filter(|result| result.verdict.is_failure()) {
        let own = witnesses.iter().find(|witness| witness.clause == result.clause);
        result.witness = own.and_then(|witness| witness.path.clone());
    }
    witnesses
}

/// Whether the folder that was asked for can be written to, or made; nothing is made yet.
///
/// # Errors
/// One sentence.
pub fn try_folder(options: &Options) -> Result<(), String> {
    let WitnessDir::Given(folder) = &options.witnesses else { return Ok(()) };
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
    let there = absolute.ancestors().find(|folder| folder.exists());
    let can_be = there.is_some_and(|folder| folder.is_dir() && tempfile::tempdir_in(folder).is_ok());
    let shown = name_of(folder.as_os_str());
    if can_be { Ok(()) } else { Err(format!("`{shown}` cannot be written to, and witnesses were to go there")) }
}

struct Writer<'a> {
    target: &'a Target,
    plan: &'a Plan,
    told: &'a Told,
    folder: &'a Path,
    compiler: Option<Compiler>,
    /// What each witness is held against; found once.
    correct: OnceCell<Result<Correct, String>>,
    /// Where what nobody keeps is made.
    scratch: Option<TempDir>,
    until: Instant,
    seed: u64,
    limits: Limits,
}

impl<'a> Writer<'a> {
    fn new(
        plan: &'a Plan,
        told: &'a Told,
        (target, options): (&'a Target, &Options),
        started: Instant,
        folder: &'a Path,
    ) -> Self {
        // Who asked for a long run does not mind.
        let trying = options
            .deep
            .map_or_else(|| PATIENCE.saturating_sub(started.elapsed()).min(TRYING), |deep| deep.max(TRYING));
        Self {
            target,
            plan,
            told,
            folder,
            compiler: Compiler::find(),
            correct: OnceCell::new(),
            scratch: tempfile::tempdir().ok(),
            until: Instant::now() + trying,
            seed: options.seed,
            limits: Limits::of(options.timeout),
        }
    }

    fn witness(&self, result: &ClauseResult) -> Witness {
        match self.write(result) {
            Ok(witness) => witness,
            Err(why) => Witness {
                clause: result.clause.clone(),
                path: None,
                state: State::None,
                why,
                command: String::new(),
                debugger: String::new(),
            },
        }
    }

    /// Writes a witness and tries it.
    fn write(&self, result: &ClauseResult) -> Result<Witness, String> {
        let row = self.row(result).ok_or("it is of no session")?;
        let order = &self.plan.sessions[row.session].order;
        order.launch.audit.as_ref().ok_or("the target is built into this program")?;
        let clause = row.clause;
        let failing = Failing { clause, result, launch: &order.launch, path: &self.target.path };
        let source = self.folder.join(format!("{}.c", clause.id));
        let program = self.folder.join(&clause.id);
        let (compile, run) = commands(&failing, &source, &program, &order.environment);
        // What an earlier run left there would be taken for this one's.
        let _ = (fs::remove_file(&source), fs::remove_file(&program));
        let mut kept: Option<(State, String, String)> = None;
        // The one that shows most is kept.
        for body in self.bodies(row, &failing) {
            fs::create_dir_all(self.folder).map_err(|error| format!("{}: {error}", self.folder.display()))?;
            let text = failing.source(&body, &[format!("{compile} &&"), run.clone()]);
            fs::write(&source, &text).map_err(|error| format!("{}: {error}", source.display()))?;
            let (state, why) = self.tried(&failing, &source, &program, &order.environment);
            if kept.as_ref().is_none_or(|(best, ..)| state < *best) {
                kept = Some((state, why, text));
            }
            if state != State::Unconfirmed {
                break;
            }
        }
        let (state, why, text) = kept.ok_or("its defect is not shown by one small program")?;
        if state == State::Unconfirmed {
            fs::write(&source, &text).map_err(|error| format!("{}: {error}", source.display()))?;
        }
        Ok(Witness {
            clause: clause.id.clone(),
            path: Some(name_of(source.as_os_str())),
            state,
            why,
            command: format!("{compile} && {run}"),
            debugger: debugger(&failing, &program),
        })
    }

    fn row(&self, result: &ClauseResult) -> Option<&'a Row> {
        let is_it = |row: &&Row| {
            row.clause.id == result.clause
                && (row.domain, row.mode, row.configuration) == (result.domain, result.mode, result.configuration)
        };
        self.plan.rows.iter().find(is_it)
    }

    /// What the witness of a result may do, the best first.
    fn bodies<'s>(&'s self, row: &'s Row, failing: &'s Failing<'_>) -> Box<dyn Iterator<Item = Body> + 's> {
        match &row.judged {
            Judged::BySymbols(missing) => {
                let text = missing.first().map(|name| without_symbol(name));
                Box::new(text.into_iter().map(|text| Body { text, ..Body::default() }))
            }
            Judged::ByTests => Box::new(std::iter::empty()),
            Judged::ByLoading => Box::new(self.loading(row.session).into_iter()),
            Judged::BySurviving => {
                let died = |item: &usize| {
                    let ending = self.told.endings.get(&(row.session, *item)).map(|(ending, _)| ending);
                    matches!(ending, Some(keeper::Ending::Died { .. } | keeper::Ending::Hung { .. }))
                };
                let item = (0..self.plan.sessions[row.session].items.len()).find(died);
                Box::new(
                    item.into_iter()
                        .filter_map(move |item| self.by_steps(row.session, item, failing))
                        .map(|(body, _)| body),
                )
            }
            Judged::ByCheck(item) => {
                let steps = Rc::new(OnceCell::new());
                let by_steps = move |few: bool| {
                    let found = steps.get_or_init(|| self.by_steps(row.session, *item, failing));
                    let (body, calls) = found.as_ref()?;
                    ((*calls <= MOST_CALLS) == few).then(|| body.clone())
                };
                let long = by_steps.clone();
                let ways: [Box<dyn Fn() -> Option<Body> + 's>; 3] = [
                    Box::new(move || by_steps(true)),
                    Box::new(move || self.by_template(row, *item)),
                    Box::new(move || long(false)),
                ];
                Box::new(ways.into_iter().filter_map(|way| way()))
            }
            Judged::Skipped(_) => Box::new(std::iter::empty()),
        }
    }

    /// The calls of the check, as few as still fail, and how many these are.
    fn by_steps(&self, session: usize, item: usize, failing: &Failing<'_>) -> Option<(Body, usize)> {
        let chain = self.told.random.get(&(session, item));
        let session = &self.plan.sessions[session];
        let mut company = company(&session.items, item);
        let item = company.last_mut()?;
        if !TABLE[item.check].is_told_by_calls() || Instant::now() >= self.until {
            return None;
        }
        // Half of what is left, so that those after it have their share.
        let left = self.until.saturating_duration_since(Instant::now()) / 2;
        let mut time = left.min(SHRINKING);
        let mut order = session.order.clone();
        if item.switches & Switches::DEEP != 0 {
            // Of a long run over random programs, the one that failed is enough, or those just before it.
            item.switches = item.switches & !Switches::DEEP | Switches::AGAIN;
            item.share = RECORDING;
            company = vec![item.clone()];
            order.launch.failed_before = chain.cloned().unwrap_or_default();
            time = left.min(SHRINKING_DEEP);
        }
        let shown = replaying::shown(&order, &company, self.seed, self.limits, time)?;
        let calls = calls(&shown.steps);
        (calls <= MANY_CALLS).then(|| (failing.dialect().body(&shown.steps, shown.failure()), calls))
    }

    /// What is written for the clause.
    fn by_template(&self, row: &Row, item: usize) -> Option<Body> {
        let (ending, _) = self.told.endings.get(&(row.session, item))?;
        let ending = match ending {
            keeper::Ending::Died { .. } => Ending::Dies,
            keeper::Ending::Hung { .. } => Ending::Hangs,
            _ => Ending::Returns,
        };
        let mode = self.plan.sessions[row.session].order.launch.mode;
        templates::of(&row.clause.id, mode).map(|text| Body { text: text.to_owned(), ending, seen: None })
    }

    /// The library is opened, and that is all.
    fn loading(&self, session: usize) -> Option<Body> {
        let Some(NotReady::LoadFailed(how)) = self.told.not_ready.get(&session) else { return None };
        let ending = match how {
            how if how.contains("SIG") => Ending::Dies,
            how if how.contains("ended the process") => Ending::Exits,
            _ => Ending::Hangs,
        };
        Some(Body { text: "static int defect(void)\n{\n    return 0;\n}\n".to_owned(), ending, seen: None })
    }

    /// Compiles a witness, and runs it on the target and on an allocator that keeps the contract.
    fn tried(
        &self,
        failing: &Failing<'_>,
        source: &Path,
        program: &Path,
        environment: &[(OsString, OsString)],
    ) -> (State, String) {
        if failing.launch.audit.as_ref().is_some_and(|audit| audit.is_executable) {
            let why = "no program can load an executable; a shared library of the same version shows whether it holds";
            return (State::Written, why.to_owned());
        }
        let Some(compiler) = &self.compiler else {
            return (State::Written, "there is no C compiler here".to_owned());
        };
        if Instant::now() > self.until {
            return (State::Written, "there was no time left to try it".to_owned());
        }
        if let Err(said) = compiler.compile(source, program, &[]) {
            return (State::Unconfirmed, format!("it does not compile: {}", said.lines().next().unwrap_or_default()));
        }
        let (words, mut with_target) = (words(failing), environment.to_vec());
        with_target.extend(preload(failing));
        with_target.extend(tunables(failing));
        match trial::run(program, &words, &with_target) {
            Shown::Yes => {}
            Shown::No => return (State::Unconfirmed, "the defect does not show".to_owned()),
            Shown::Unclear(how) => return (State::Unconfirmed, how),
        }
        self.on_correct(failing, compiler, source, environment)
    }

    /// Whether an allocator that keeps the contract is not accused.
    fn on_correct(
        &self,
        failing: &Failing<'_>,
        compiler: &Compiler,
        source: &Path,
        environment: &[(OsString, OsString)],
    ) -> (State, String) {
        let (Some(scratch), Some(audit)) = (&self.scratch, &failing.launch.audit) else {
            return (State::Shows, "there is no place to compile it for another allocator".to_owned());
        };
        let correct = match self.correct.get_or_init(|| correct::of(audit, compiler, scratch.path())) {
            Ok(correct) => correct,
            Err(why) => return (State::Shows, why.clone()),
        };
        let program = scratch.path().join("witness");
        let defines: Vec<&str> = correct.defines.iter().map(String::as_str).collect();
        if let Err(said) = compiler.compile(source, &program, &defines) {
            return (State::Unconfirmed, format!("it does not compile: {}", said.lines().next().unwrap_or_default()));
        }
        let words: Vec<OsString> = correct.path.iter().map(|path| path.as_os_str().to_owned()).collect();
        let mut environment = environment.to_vec();
        environment.retain(|(name, _)| !correct.environment.iter().any(|(own, _)| own == name));
        environment.extend(correct.environment.iter().cloned());
        match trial::run(&program, &words, &environment) {
            Shown::No => (State::Confirmed, String::new()),
            Shown::Yes => (State::Unconfirmed, format!("it shows on {} too", correct.name)),
            Shown::Unclear(how) => (State::Unconfirmed, format!("on {} {how}", correct.name)),
        }
    }
}

/// A check with those that share its process, which came before it.
fn company(items: &[Item], at: usize) -> Vec<Item> {
    let own = &items[at];
    let bears = |item: &&Item| item.together && (item.switches, item.share) == (own.switches, own.share);
    let before = items[..at].iter().rev().take(TOGETHER - 1).take_while(|item| own.together && bears(item)).count();
    items[at - before..=at].to_vec()
}

/// A symbol is looked up, and is not there.
fn without_symbol(name: &str) -> String {
    format!("static int defect(void)\n{{\n    return dlsym(library, \"{name}\") == NULL;\n}}\n")
}

/// What a witness is given.
fn words(failing: &Failing<'_>) -> Vec<OsString> {
    if failing.is_preloaded() { Vec::new() } else { vec![failing.path.as_os_str().to_owned()] }
}

/// The variable by which a library is in the program from its start.
fn preload(failing: &Failing<'_>) -> Option<(OsString, OsString)> {
    failing.is_preloaded().then(|| ("LD_PRELOAD".into(), failing.path.as_os_str().to_owned()))
}

/// The variable by which the loader keeps room for what a library has for each thread.
fn tunables(failing: &Failing<'_>) -> Option<(OsString, OsString)> {
    let size = failing.launch.audit.as_ref()?.tls_size;
    let text = format!("glibc.rtld.optional_static_tls={}", size + 512);
    (size > 256 && !failing.is_preloaded()).then(|| ("GLIBC_TUNABLES".into(), text.into()))
}

/// The lines that compile a witness and run it.
fn commands(
    failing: &Failing<'_>,
    source: &Path,
    program: &Path,
    environment: &[(OsString, OsString)],
) -> (String, String) {
    let compile = [OsString::from("cc")].into_iter().chain(Compiler::words(source, program)).collect::<Vec<_>>();
    let inherited: Vec<_> = std::env::vars_os().collect();
    let own = environment.iter().filter(|pair| !inherited.contains(pair) && !is_set_inside(&pair.0)).cloned();
    let mut run: Vec<OsString> = Vec::new();
    for (name, value) in own.chain(tunables(failing)).chain(preload(failing)) {
        run.push([name.as_os_str(), OsStr::new("="), value.as_os_str()].into_iter().collect());
    }
    run.push(called(program).into());
    run.extend(words(failing));
    let line = |words: &[OsString]| command_line(words.iter().map(OsString::as_os_str));
    (line(&compile), line(&run))
}

/// Variables that the witness sets itself, or that make no difference.
fn is_set_inside(name: &OsStr) -> bool {
    ["PYTHONHOME", "PYTHONMALLOC", "PYTHONDONTWRITEBYTECODE", "PYTHONNOUSERSITE"].iter().any(|own| name == *own)
}

/// A program as a shell finds it.
fn called(program: &Path) -> PathBuf {
    if program.components().count() > 1 { program.to_owned() } else { Path::new(".").join(program) }
}

/// One line that runs a witness in a debugger.
fn debugger(failing: &Failing<'_>, program: &Path) -> String {
    let mut line: Vec<OsString> = vec!["gdb".into()];
    for (name, value) in tunables(failing).into_iter().chain(preload(failing)) {
        let set: OsString = [OsStr::new("set environment "), &name, OsStr::new(" "), &value].into_iter().collect();
        line.extend(["-ex".into(), set]);
    }
    line.push("--args".into());
    line.push(called(program).into());
    line.extend(words(failing));
    command_line(line.iter().map(OsString::as_os_str))
}
