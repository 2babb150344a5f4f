//! The plan of a run: which sessions, which clause where, and why not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pymem_spec::{Clause, Configuration, Domain, Inside, Kind, Level, Mode, Registry, Situation, Version};

use crate::breadth;
use crate::checks::{Check, TABLE};
use crate::cli::Options;
use crate::harness::Switches;
use crate::inside::order;
use crate::journal::Function;
use crate::report::Way;
use crate::sandbox::keeper::{Item, Session};
use crate::session;
use crate::symbols;
use crate::target::Target;

/// A check's share of time in a default run.
pub const SHARE: Duration = Duration::from_millis(500);
/// The share of a check that has an interpreter run a program.
pub const WORKLOAD: Duration = Duration::from_secs(4);
/// Judged by what becomes of the processes.
const LOADING: &str = "robustness.load";
const SURVIVING: &str = "robustness.survives";
/// Judged by CPython's own tests.
const TESTS: &str = "customize.inside.tests";
/// A clause whose check does next to nothing.
pub const HARMLESS: &str = "free.null";
/// Judged by whether an interpreter starts on what was put into it.
pub const START: &str = "customize.inside.start";
/// Checks that make random operations for as long as `--deep` says.
const DEEP: [&str; 2] = ["integrity.random-operations", "domains.beside-each-other"];

/// What a run will do.
#[derive(Debug)]
pub struct Plan {
    /// The version of the contract that is judged.
    pub spec: Version,
    /// The target's states, in report order.
    pub sessions: Vec<Session>,
    /// One row for each result, in no particular order.
    pub rows: Vec<Row>,
    /// Clauses that were selected and are judged inside an interpreter only, where there is none.
    pub elsewhere: Vec<&'static Clause>,
}

/// A clause in one domain, mode and configuration.
#[derive(Clone, Debug)]
pub struct Row {
    /// The clause.
    pub clause: &'static Clause,
    /// Its level for this kind of target.
    pub level: Level,
    /// The domain; none where the clause is not of one domain.
    pub domain: Option<Domain>,
    /// The mode.
    pub mode: Mode,
    /// The configuration.
    pub configuration: Configuration,
    /// Index of the session.
    pub session: usize,
    /// How its verdict comes about.
    pub judged: Judged,
}

/// How a verdict comes about.
#[derive(Clone, Debug)]
pub enum Judged {
    /// It is skipped, for this reason.
    Skipped(String),
    /// From the file's symbols; the names that are missing.
    BySymbols(Vec<String>),
    /// By this item of the session.
    ByCheck(usize),
    /// By whether the target loads.
    ByLoading,
    /// By whether every check came back.
    BySurviving,
    /// By CPython's own tests.
    ByTests,
}

impl Plan {
    /// Plans the run that the options ask for.
    ///
    /// # Errors
    /// One sentence: the options select nothing, or nothing that applies.
    pub fn new(target: &Target, options: &Options) -> Result<Self, String> {
        let registry = Registry::embedded();
        let spec = match &options.spec {
            Some(text) => registry.resolve_spec(text)?,
            None => target.version.unwrap_or_else(Registry::newest),
        };
        let is_inside = target.candidate.is_some();
        let (clauses, elsewhere): (Vec<_>, Vec<_>) =
            select(registry, options)?.into_iter().partition(|clause| is_inside || clause.inside != Inside::Only);
        let mut plan = Self { spec, sessions: session::all(target, options, spec), rows: Vec::new(), elsewhere };
        plan.sessions.retain(|session| options.mode.is_none_or(|mode| session.order.launch.mode == mode));
        for index in 0..plan.sessions.len() {
            plan.enter(index, target, &clauses);
        }
        plan.rows.retain(|row| row.domain.is_none_or(|domain| target.domains().contains(&domain)));
        if plan.rows.iter().all(|row| matches!(row.judged, Judged::Skipped(_))) {
            return Err(if clauses.is_empty() {
                "what was selected is judged inside an interpreter; `--inside python:3.13` names one".into()
            } else {
                "nothing of what was selected applies to this target".into()
            });
        }
        breadth::set(&mut plan.sessions);
        if let Some(time) = options.deep {
            plan.deepen(time, options.jobs.get());
        }
        Ok(plan)
    }

    /// Enters the rows and items of one session, items in the order of the
    /// table of checks.
    fn enter(&mut self, index: usize, target: &Target, clauses: &[&'static Clause]) {
        let same = self.same_allocators(index);
        let judged_before: BTreeMap<(&str, Option<Domain>), Configuration> = self
            .rows
            .iter()
            .filter(|row| same.contains(&row.session) && matches!(row.judged, Judged::ByCheck(_) | Judged::BySurviving))
            .map(|row| ((row.clause.id.as_str(), row.domain), row.configuration))
            .collect();
        let session = &mut self.sessions[index];
        let launch = &session.order.launch;
        let (kind, mode, configuration) = (launch.kind, launch.mode, launch.configuration);
        let situation = Situation { version: self.spec, builds: &target.builds, kind, mode, configuration };
        // What is installed has the duties of what offers itself for that.
        let is_set = launch.inside.as_ref().is_some_and(|inside| inside.how == order::How::Set);
        let (callable, replaceable) = (launch.callable.clone(), launch.replaceable.clone());
        for clause in clauses {
            let check = TABLE.iter().position(|check| check.clause == clause.id);
            for domain in domains_of(clause) {
                let how = how(clause, check, domain, &situation, (&callable, &replaceable), target);
                let judged = match (how, judged_before.get(&(clause.id.as_str(), domain))) {
                    (How::Check(_) | How::Judged(Judged::BySurviving), Some(before)) => {
                        Judged::Skipped(format!("the same allocators are judged in {before}"))
                    }
                    (How::Judged(judged), _) => judged,
                    (How::Check(check), None) => {
                        session.items.push(item(check, domain));
                        Judged::ByCheck(session.items.len() - 1)
                    }
                };
                let level = clause.level_for(if is_set { Kind::Vtable } else { kind });
                self.rows.push(Row { clause, level, domain, mode, configuration, session: index, judged });
            }
        }
        let hidden = if !same.is_empty() { Vec::new() } else { hidden_checks(clauses) };
        for clause in Registry::embedded().clauses().iter().filter(|clause| hidden.contains(&clause.id.as_str())) {
            let check = TABLE.iter().position(|check| check.clause == clause.id);
            for domain in domains_of(clause) {
                if let How::Check(check) = how(clause, check, domain, &situation, (&callable, &replaceable), target) {
                    session.items.push(item(check, domain));
                }
            }
        }
        if session.items.is_empty()
            && let Some(check) = TABLE.iter().position(|check| !check.callable)
        {
            // Nothing can be called, but it is loaded all the same.
            session.items.push(item(check, None));
        }
        sort_items(session, &mut self.rows, index);
    }

    /// Earlier sessions in which a CPython has the same allocators, under the same hooks or none.
    fn same_allocators(&self, index: usize) -> Vec<usize> {
        let launch = &self.sessions[index].order.launch;
        let is_named = launch.configuration.pythonmalloc().is_some();
        let Some(arrangement) = breadth::arrangement(launch).filter(|_| is_named && launch.kind == Kind::Cpython)
        else {
            return Vec::new();
        };
        let same = |before: &usize| breadth::arrangement(&self.sessions[*before].order.launch) == Some(arrangement);
        (0..index).filter(same).collect()
    }

    /// Shares the time of `--deep`, on every core, among the checks that make
    /// random operations.
    fn deepen(&mut self, time: Duration, jobs: usize) {
        let is_deep = |item: &Item| DEEP.contains(&TABLE[item.check].clause);
        // A session goes on one core.
        let cores = self.sessions.iter().filter(|session| session.items.iter().any(is_deep)).count().min(jobs);
        let items: Vec<&mut Item> =
            self.sessions.iter_mut().flat_map(|session| &mut session.items).filter(|item| is_deep(item)).collect();
        let count = items.len().max(1) as u32;
        let share = time * cores as u32 / count;
        for item in items {
            item.share = share.max(SHARE);
            item.switches |= Switches::DEEP;
            item.together = false;
        }
    }
}

/// By what a clause is judged where it applies; none where no check exists.
pub fn way_of(clause: &Clause, target: &Target, spec: &Version) -> Option<Way> {
    let domain = clause.domains.first().copied();
    match clause.id.as_str() {
        LOADING => Some(Way::Loading),
        SURVIVING => Some(Way::Surviving),
        TESTS => Some(Way::Tests),
        _ if symbols::missing(clause, domain, target, spec).is_some() => Some(Way::Symbols),
        id => TABLE.iter().any(|check| check.clause == id).then_some(Way::Check),
    }
}

/// The clauses that `--only` and `--skip` leave.
fn select(registry: &'static Registry, options: &Options) -> Result<Vec<&'static Clause>, String> {
    let matching = |globs: &[String]| -> Result<BTreeSet<&'static str>, String> {
        let mut ids = BTreeSet::new();
        for glob in globs {
            let found = registry.matching(glob);
            if found.is_empty() {
                let near = registry.nearest(glob).first().map(|id| format!("; did you mean `{id}`?"));
                let shown = crate::report::escape(glob);
                return Err(format!("no clause matches `{shown}`{}", near.unwrap_or_default()));
            }
            ids.extend(found.into_iter().map(|clause| clause.id.as_str()));
        }
        Ok(ids)
    };
    let (only, skip) = (matching(&options.only)?, matching(&options.skip)?);
    let wanted = |clause: &&Clause| {
        (options.only.is_empty() || only.contains(clause.id.as_str())) && !skip.contains(clause.id.as_str())
    };
    let clauses: Vec<&Clause> = registry.clauses().iter().filter(wanted).collect();
    if clauses.is_empty() { Err("nothing is selected".into()) } else { Ok(clauses) }
}

/// Clauses whose checks run although they were not selected: whether a target
/// survives is seen when all checks run, and whether it loads when one does.
fn hidden_checks(selected: &[&'static Clause]) -> Vec<&'static str> {
    let is_selected = |id: &str| selected.iter().any(|clause| clause.id == id);
    let others = TABLE.iter().map(|check| check.clause).filter(|id| !is_selected(id));
    match (is_selected(SURVIVING), is_selected(LOADING)) {
        (true, _) => others.collect(),
        (false, true) => others.filter(|id| *id == HARMLESS).collect(),
        (false, false) => Vec::new(),
    }
}

/// A check to be run, or a verdict that needs none.
enum How {
    Judged(Judged),
    Check(usize),
}

fn how(
    clause: &Clause,
    check: Option<usize>,
    domain: Option<Domain>,
    situation: &Situation,
    (callable, replaceable): (&[Domain], &[Domain]),
    target: &Target,
) -> How {
    let skip = |reason: String| How::Judged(Judged::Skipped(reason));
    if let Err(reason) = clause.applies(situation) {
        return skip(reason.to_string());
    }
    if target.candidate.is_some() && clause.inside == Inside::Never {
        return skip("about what the installed allocator stands in place of".into());
    }
    if let (Some(candidate), Some(domain)) = (&target.candidate, domain)
        && !candidate.order.domains.contains(&domain)
    {
        return skip(format!("{domain} is served by the interpreter's own allocator"));
    }
    match clause.id.as_str() {
        LOADING => return How::Judged(Judged::ByLoading),
        SURVIVING => return How::Judged(Judged::BySurviving),
        TESTS => return How::Judged(Judged::ByTests),
        _ => {}
    }
    if let Some(missing) = symbols::missing(clause, domain, target, &situation.version) {
        return match missing {
            // All but the twelve functions are optional for this kind.
            missing if target.kind == Kind::Pymem && domain.is_none() && !missing.is_empty() => {
                skip(format!("symbol absent: {}", missing[0]))
            }
            missing => How::Judged(Judged::BySymbols(missing)),
        };
    }
    let Some(index) = check else {
        return skip(clause.unchecked.clone().unwrap_or_else(|| "no check exists".into()));
    };
    let needed = domain.unwrap_or(Domain::Raw);
    let stands_in = TABLE[index].replaces && replaceable.contains(&needed);
    if TABLE[index].callable && !stands_in && !callable.contains(&needed) {
        return skip(format!("{needed} cannot be called before the interpreter is initialised"));
    }
    // A check that is not of one domain calls all that it may.
    let called = if domain.is_some() { vec![needed] } else { callable.to_vec() };
    match called.iter().find_map(|domain| absent_symbol(&TABLE[index], *domain, target)) {
        Some(name) => skip(format!("symbol absent: {name}")),
        None => How::Check(index),
    }
}

/// The first function that a check needs and the target lacks.
fn absent_symbol(check: &Check, domain: Domain, target: &Target) -> Option<String> {
    if !matches!(target.kind, Kind::Cpython | Kind::Pymem) {
        return None;
    }
    let canonical = crate::journal::Names::new(target.kind, None);
    let needed = Function::ALL.into_iter().filter(|function| check.calloc || *function != Function::Calloc);
    let needed = needed.map(|function| canonical.function(domain, function));
    needed.chain(check.needs.iter().map(|name| (*name).to_owned())).find(|name| !target.exports(name))
}

fn domains_of(clause: &Clause) -> Vec<Option<Domain>> {
    if clause.domains.is_empty() { vec![None] } else { clause.domains.iter().copied().map(Some).collect() }
}

fn item(check: usize, domain: Option<Domain>) -> Item {
    let Check { huge, costly, together, workload, .. } = TABLE[check];
    let share = match (workload, costly) {
        (true, _) => WORKLOAD,
        (false, true) => 4 * SHARE,
        (false, false) => SHARE,
    };
    let memory = TABLE[check].clause.starts_with("resources.");
    Item { check, domain: domain.unwrap_or(Domain::Raw), switches: 0, share, huge, together, memory }
}

/// Brings items into the order of the table of checks, and rows along.
fn sort_items(session: &mut Session, rows: &mut [Row], index: usize) {
    let mut order: Vec<usize> = (0..session.items.len()).collect();
    order.sort_by_key(|item| (session.items[*item].check, session.items[*item].domain));
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
    session.items = order.iter().map(|old| session.items[*old].clone()).collect();
    for row in rows.iter_mut().filter(|row| row.session == index) {
        if let Judged::ByCheck(item) = &mut row.judged {
            *item = place[*item];
        }
    }
}
