//! The keeper: a single-threaded process, one for each core, that starts
//! workers, has them run checks, and watches what becomes of the children.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use pymem_spec::{Configuration, Domain, Kind};
use serde::{Deserialize, Serialize};

use super::child::{self, Report};
use super::commanding::Command;
use super::pool::{NONE, Place, Pool};
use super::shm::{Stage, TOGETHER, Task};
use super::spawn::{Order, Process};
use super::watch::{self, End, Limits};
use super::{sys, worker};
use crate::harness::{Stop, Verdict};
use crate::journal::{Function, Operation};

/// One check to be run.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its place in the table of checks.
    pub check: usize,
    /// The domain; `raw` where the clause is not of one domain.
    pub domain: Domain,
    /// Bits of [`crate::harness::Switches`].
    pub switches: u32,
    /// Its share of time.
    pub share: Duration,
    /// Whether it asks for a GiB or more.
    pub huge: bool,
    /// Whether it bears others before and after it in its process.
    pub together: bool,
    /// Whether it judges the use of memory, and so runs although others used
    /// too much.
    pub memory: bool,
}

/// A state of the target, with what is to be checked in it.
#[derive(Clone, Debug)]
pub struct Session {
    /// How to start its workers.
    pub order: Order,
    /// Its checks.
    pub items: Vec<Item>,
}

/// What a keeper tells the supervisor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Event {
    /// A session's worker is ready.
    Ready {
        /// Which session.
        session: usize,
        /// Threads that the target started.
        threads: u32,
    },
    /// A session's worker is not.
    NotReady {
        /// Which session.
        session: usize,
        /// Why.
        why: NotReady,
    },
    /// A check has ended.
    Checked {
        /// Which session.
        session: usize,
        /// Which of its items.
        item: usize,
        /// How it ended.
        end: Ending,
        /// How long it took.
        microseconds: u64,
        /// The seeds of the random programs that it ran last, in a deep run.
        random: Vec<u64>,
    },
}

/// Why a worker did not become ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotReady {
    /// The loader refused the target, with this message: it cannot be tested.
    Refused(String),
    /// Code of the target ended, crashed or hung while it was loaded.
    LoadFailed(String),
    /// The interpreter could not be initialised.
    NotInitialised(String),
    /// It does not load with this `PYTHONMALLOC`, which it need not accept.
    NotAccepted(Configuration),
    /// We failed.
    Harness(String),
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ending {
    /// With a verdict.
    Verdict(Verdict),
    /// Without one: the child died.
    Died {
        /// What happened, as a fragment: `SIGSEGV killed the process`.
        how: String,
        /// The operation that did not return, or the last one that did.
        operation: Option<(u64, Operation)>,
        /// Whether it had returned.
        returned: bool,
    },
    /// An operation did not return.
    Hung {
        /// Which.
        operation: (u64, Operation),
    },
    /// More memory was used than a check may.
    OutOfMemory,
    /// Its operations returned, but its share of time was long over.
    Overlong,
    /// So many checks used too much memory that this one was not run.
    NotRun,
    /// So many checks did not end that this one was not run.
    Stuck,
    /// We failed.
    Harness(String),
    /// A function that hung too often would have had to be called.
    Broken(Function),
}

impl Ending {
    /// Whether it is a failure of the target.
    pub fn speaks_against(&self) -> bool {
        match self {
            Self::Verdict(verdict) => verdict.outcome.as_ref().is_err_and(Stop::is_failure),
            Self::Died { .. } | Self::Hung { .. } => true,
            _ => false,
        }
    }
}

/// A check that takes longer than this without a verdict is stuck.
const STUCK: Duration = Duration::from_secs(4);
/// The status of a process of ours that panicked.
pub const PANICKED: i32 = 101;
/// A run that takes longer than this ...
const PATIENCE: Duration = Duration::from_secs(7);
/// ... gives each check no more than this share of time: the target is slow.
const IMPATIENT: Duration = Duration::from_millis(100);

/// A keeper at work.
pub struct Keeper<'a> {
    /// Its number, from 0.
    pub number: usize,
    /// What is to be done.
    pub sessions: &'a [Session],
    /// Who does what.
    pub pool: &'static Pool,
    /// Limits on every child.
    pub limits: Limits,
    /// When the run began; later than now under `--deep`, which is never in a
    /// hurry.
    pub started: Instant,
    /// Whether hangs are looked at again: then nothing is taken for broken.
    pub second_look: bool,
    /// Seed for the checks.
    pub seed: u64,
    /// Where events go.
    pub events: &'a mut dyn Write,
}

impl Keeper<'_> {
    /// Works until nothing is left to do.
    ///
    /// # Errors
    /// If the supervisor is gone.
    pub fn work(&mut self) -> io::Result<()> {
        while let Some(session) = self.pool.choose() {
            self.serve(session)?;
        }
        Ok(())
    }

    /// Runs these items again, alone; each is a session and an item of it.
    ///
    /// # Errors
    /// If the supervisor is gone.
    pub fn repeat(&mut self, items: &[(usize, usize)], until: Instant) -> io::Result<()> {
        for (session, item) in items {
            if Instant::now() + self.limits.operation > until {
                break;
            }
            let Some(mut worker) = self.start(*session, false)? else { continue };
            let direct = worker.board().unforkable.load(Ordering::Relaxed) != 0;
            if direct {
                end(&mut worker);
                match self.start(*session, true)? {
                    Some(fresh) => worker = fresh,
                    None => continue,
                }
            }
            self.run(&mut worker, *session, *item, direct)?;
            end(&mut worker);
        }
        Ok(())
    }

    fn serve(&mut self, session: usize) -> io::Result<()> {
        self.note_place(session, 0..0);
        let result = self.serve_items(session);
        self.pool.current[self.number].store(NONE, Ordering::Release);
        result
    }

    fn note_place(&self, session: usize, items: Range<usize>) {
        self.pool.current[self.number].store(Place { session, items }.pack(), Ordering::Release);
    }

    fn serve_items(&mut self, session: usize) -> io::Result<()> {
        let Some(mut worker) = self.start(session, false)? else { return Ok(()) };
        let direct = worker.board().unforkable.load(Ordering::Relaxed) != 0;
        let mut together = !direct;
        while let Some(mut items) = self.pool.take(session, |first| self.bearing(session, first, together)) {
            self.note_place(session, items.clone());
            let mut suspect = None;
            if items.len() > 1 {
                let (passed, next) = self.in_company(&mut worker, session, items.clone());
                let company = items.start..items.start + passed.len() + 1;
                items.start += passed.len();
                for (Report { verdict, microseconds }, item) in passed.into_iter().zip(company.clone()) {
                    self.tell(&Event::Checked {
                        session,
                        item,
                        end: Ending::Verdict(verdict),
                        microseconds,
                        random: Vec::new(),
                    })?;
                }
                together &= matches!(next, Next::None | Next::Ended(Ending::Verdict(_)));
                suspect = matches!(&next, Next::Ended(end) if speaks_against(end)).then_some(company);
                if matches!(next, Next::WorkerDied) && !self.renew(&mut worker, session)? {
                    return Ok(());
                }
            }
            for item in items {
                self.note_place(session, item..item + 1);
                if direct {
                    // A fork of a process with threads may find a lock taken for
                    // good, and shared memory is no copy, so each check gets a
                    // process of its own.
                    end(&mut worker);
                    match self.start(session, true)? {
                        Some(fresh) => worker = fresh,
                        None => return Ok(()),
                    }
                }
                let Ran { usable, passed } = self.run(&mut worker, session, item, direct)?;
                if !usable && !direct && !self.renew(&mut worker, session)? {
                    return Ok(());
                }
                // What does not pass in company counts if that happens twice, whatever it does alone.
                if let Some(company) = suspect.take_if(|company| passed && company.end == item + 1)
                    && !self.confirm(&mut worker, session, company)?
                    && !self.renew(&mut worker, session)?
                {
                    return Ok(());
                }
            }
            self.note_place(session, 0..0);
        }
        end(&mut worker);
        Ok(())
    }

    /// Another worker in the place of a dead one. False if the target does not come to life again.
    fn renew(&mut self, worker: &mut Process, session: usize) -> io::Result<bool> {
        end(worker);
        let fresh = self.start(session, false)?;
        let is_there = fresh.is_some();
        if let Some(fresh) = fresh {
            *worker = fresh;
        }
        Ok(is_there)
    }

    /// How many items from `first` on one child can run.
    fn bearing(&self, session: usize, first: usize, together: bool) -> usize {
        let items = &self.sessions[session].items;
        let bear = |item: &&Item| {
            let same = (item.switches, item.share) == (items[first].switches, items[first].share);
            item.together && same && together && self.pool.broken() == 0
        };
        items[first..].iter().take(TOGETHER).take_while(bear).count()
    }

    /// Runs some checks in one child: those that passed before one did not, and what became of that one.
    fn in_company(&mut self, worker: &mut Process, session: usize, items: Range<usize>) -> (Vec<Report>, Next) {
        if self.pool.overuses_for_sure() || self.pool.is_stuck() {
            return (Vec::new(), Next::None);
        }
        let count = items.len();
        let (end, nonce) = self.command(worker, session, items, false);
        let reports = reports(worker, nonce).unwrap_or_default();
        let passed: Vec<Report> = reports.iter().take_while(|report| report.lets_others_follow()).cloned().collect();
        if passed.len() == count && matches!(end, End::Exited(0)) {
            return (passed, Next::None);
        }
        let next = match ending(worker, end, reports.get(passed.len()).cloned()) {
            Some(ending) => Next::Ended(ending),
            None => Next::WorkerDied,
        };
        // One that passed and then ended the process is still to be judged.
        let passed = passed.into_iter().take(count - 1).collect();
        (passed, next)
    }

    /// Runs the same company again up to the last one, and tells how that ended if it did not pass again. False if the
    /// worker is of no more use.
    fn confirm(&mut self, worker: &mut Process, session: usize, company: Range<usize>) -> io::Result<bool> {
        let item = company.end - 1;
        let (passed, next) = self.in_company(worker, session, company.clone());
        match next {
            Next::WorkerDied => return Ok(false),
            Next::Ended(end) if passed.len() + 1 == company.len() && speaks_against(&end) => {
                self.tell(&Event::Checked { session, item, end, microseconds: 0, random: Vec::new() })?;
            }
            Next::Ended(_) | Next::None => {}
        }
        Ok(true)
    }

    /// Starts a worker and waits until it is ready.
    fn start(&mut self, session: usize, direct: bool) -> io::Result<Option<Process>> {
        if self.pool.load_failed() {
            // Else it would be chosen again, for ever.
            self.pool.session(session).failed.store(1, Ordering::Release);
            return Ok(None);
        }
        let mut order = self.sessions[session].order.clone();
        order.launch.direct = direct;
        let why = match Process::start(&order) {
            Err(error) => NotReady::Harness(format!("no worker could be started: {error}")),
            Ok(mut worker) => match watch::await_ready(&mut worker, self.limits.load) {
                Ok(()) => {
                    let threads = worker.board().threads.load(Ordering::Relaxed);
                    self.tell(&Event::Ready { session, threads })?;
                    return Ok(Some(worker));
                }
                Err(why) => {
                    end(&mut worker);
                    why
                }
            },
        };
        let launch = &self.sessions[session].order.launch;
        let is_named = launch.configuration.pythonmalloc().is_some();
        let why = match why {
            NotReady::LoadFailed(_) if launch.kind == Kind::Pymem && is_named => {
                NotReady::NotAccepted(launch.configuration)
            }
            // Whether an interpreter may refuse the name is a clause's question.
            NotReady::NotInitialised(_) if is_named => NotReady::NotAccepted(launch.configuration),
            why => why,
        };
        self.pool.session(session).failed.store(1, Ordering::Release);
        if matches!(why, NotReady::LoadFailed(_)) {
            self.pool.note_load_failure();
        }
        self.tell(&Event::NotReady { session, why })?;
        Ok(None)
    }

    /// Runs one check and tells how it ended.
    fn run(&mut self, worker: &mut Process, session: usize, item: usize, direct: bool) -> io::Result<Ran> {
        let huge = self.sessions[session].items[item].huge;
        if huge {
            self.pool.lock_huge(self.number);
        }
        let started = Instant::now();
        let mut ending = if self.pool.overuses_for_sure() && !self.sessions[session].items[item].memory {
            Some(Ending::NotRun)
        } else if self.pool.is_stuck() {
            Some(Ending::Stuck)
        } else {
            self.once(worker, session, item, direct)
        };
        if started.elapsed() > STUCK && !matches!(ending, Some(Ending::Hung { .. } | Ending::Verdict(_))) {
            self.pool.note_stuck();
        }
        let microseconds = started.elapsed().as_micros() as u64;
        // A small refusal counts only if a fresh child is refused too.
        if matches!(&ending, Some(Ending::Verdict(verdict)) if is_small_refusal(verdict)) {
            if direct {
                end(worker);
                match self.start(session, true)? {
                    Some(fresh) => *worker = fresh,
                    None => {
                        self.pool.unlock_huge(self.number);
                        return Ok(Ran { usable: false, passed: false });
                    }
                }
            }
            ending = self.once(worker, session, item, direct);
        }
        self.pool.unlock_huge(self.number);
        if matches!(ending, Some(Ending::OutOfMemory)) {
            self.pool.note_overuse();
        }
        let usable = ending.is_some();
        let end = ending.unwrap_or_else(|| Ending::Died {
            how: "the process that loaded the target died".into(),
            operation: None,
            returned: true,
        });
        if let Ending::Hung { operation } = &end {
            self.pool.note_hang(operation.1.function);
        }
        let passed = matches!(&end, Ending::Verdict(verdict) if verdict.outcome.is_ok());
        let random = worker.board().chain();
        self.tell(&Event::Checked { session, item, end, microseconds, random })?;
        Ok(Ran { usable: usable && !direct, passed })
    }

    /// Has the worker make a child for these items, and waits for its end; under which nonce it answers.
    fn command(&mut self, worker: &mut Process, session: usize, items: Range<usize>, direct: bool) -> (End, u64) {
        let items = &self.sessions[session].items[items];
        let Item { share, memory, .. } = items[0];
        // Where others used too much memory, those that judge its use must have time
        // to say so.
        let keeps_share = memory && self.pool.overuses_for_sure();
        let in_hurry = self.started.elapsed() > PATIENCE && !keeps_share;
        let command = Command {
            items,
            task: Task::Check,
            seed: self.seed,
            share: if in_hurry { share.min(IMPATIENT) } else { share },
            broken: if self.second_look { 0 } else { self.pool.broken() },
            direct,
            limits: self.limits,
        };
        command.give(worker)
    }

    /// Has the worker run one check. `None` if the worker died.
    fn once(&mut self, worker: &mut Process, session: usize, item: usize, direct: bool) -> Option<Ending> {
        let (end, nonce) = self.command(worker, session, item..item + 1, direct);
        let report = reports(worker, nonce).and_then(|mut reports| reports.pop());
        ending(worker, end, report)
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        let text = serde_json::to_vec(event)?;
        self.events.write_all(&(text.len() as u32).to_le_bytes())?;
        self.events.write_all(&text)
    }
}

/// Kills a worker and everything that it left behind.
pub(super) fn end(worker: &mut Process) {
    if !worker.reaped {
        sys::kill(-worker.pid, libc::SIGKILL);
        sys::kill(worker.pid, libc::SIGKILL);
        worker.reaped = true;
    }
    watch::sweep(None);
}

/// What became of a check that was run.
struct Ran {
    /// Whether the worker can be used again.
    usable: bool,
    /// Whether the check passed.
    passed: bool,
}

/// What became of the first check that did not pass in company.
enum Next {
    /// There is none.
    None,
    /// It ended so.
    Ended(Ending),
    /// The process that loaded the target is gone.
    WorkerDied,
}

/// Whether an ending is the target's fault for sure.
fn speaks_against(ending: &Ending) -> bool {
    match ending {
        Ending::Died { .. } => true,
        Ending::Verdict(verdict) => matches!(verdict.outcome, Err(Stop::Fail { .. })),
        _ => false,
    }
}

/// How a check ended, by its child's end and what it left. `None` if the worker died.
pub(super) fn ending(worker: &Process, end: End, report: Option<Report>) -> Option<Ending> {
    let ending = match end {
        End::WorkerDied => return None,
        End::OutOfMemory => Ending::OutOfMemory,
        End::Hung => match watch::oldest_open(worker) {
            Some(operation) => Ending::Hung { operation },
            // No call is to blame.
            None => Ending::Overlong,
        },
        End::Exited(PANICKED) if worker.message(child::PANIC).is_some() => {
            let text = worker.message(child::PANIC).unwrap_or_default();
            Ending::Harness(format!("a check failed by itself: {}", String::from_utf8_lossy(&text)))
        }
        End::Exited(0) => match report.map(|report| report.verdict) {
            Some(Verdict { outcome: Err(Stop::Hangs(function)), .. }) => Ending::Broken(function),
            Some(verdict) => Ending::Verdict(verdict),
            None => died("the process ended by itself with status 0", worker),
        },
        End::Exited(status) => died(&format!("the process ended by itself with status {status}"), worker),
        End::Killed(signal) => died(&format!("{} killed the process", signal_name(signal)), worker),
        End::Stopped(signal) => died(&format!("{} stopped the process", signal_name(signal)), worker),
        End::Vanished => died("the process vanished", worker),
        End::NotMade => died("the process that loaded the target makes no more processes", worker),
        End::Overlong => Ending::Overlong,
    };
    Some(ending)
}

/// What a child left of its checks.
pub(super) fn reports(worker: &Process, nonce: u64) -> Option<Vec<Report>> {
    serde_json::from_slice(&worker.message(nonce)?).ok()
}

fn died(how: &str, worker: &Process) -> Ending {
    let last = watch::last_operation(worker);
    Ending::Died {
        how: how.to_owned(),
        operation: last.map(|(operation, _)| operation),
        returned: last.is_none_or(|(_, returned)| returned),
    }
}

fn is_small_refusal(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Err(Stop::SmallRefusal { .. }))
}

/// A signal's name, as the manual writes it.
pub fn signal_name(signal: i32) -> String {
    const NAMES: [(i32, &str); 16] = [
        (libc::SIGHUP, "SIGHUP"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGQUIT, "SIGQUIT"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGTRAP, "SIGTRAP"),
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGSTOP, "SIGSTOP"),
        (libc::SIGTSTP, "SIGTSTP"),
        (libc::SIGXCPU, "SIGXCPU"),
        (libc::SIGSYS, "SIGSYS"),
    ];
    let known = NAMES.into_iter().find(|(number, _)| *number == signal);
    known.map_or_else(|| format!("signal {signal}"), |(_, name)| name.to_owned())
}

/// The stage at which a worker stopped, in words.
pub fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Loader | Stage::Constructors | Stage::Entered | Stage::Opening => "while it was loaded",
        Stage::Opened => "while debug hooks were installed",
        Stage::Initialising => "while the interpreter was initialised",
        Stage::Ready | Stage::Refused => "after it was loaded",
    }
}

/// Reads what a refusing worker left.
pub fn refusal(worker: &Process) -> String {
    let text = worker.message(worker::REFUSAL).unwrap_or_default();
    String::from_utf8_lossy(&text).into_owned()
}
