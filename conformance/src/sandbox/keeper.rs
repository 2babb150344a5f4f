//! The keeper: a single-threaded process, one for each core, that starts
//! workers, has them run checks, and watches what becomes of the children.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use pymem_spec::{Configuration, Domain, Kind};
use serde::{Deserialize, Serialize};

use super::child::{self, Report};
use super::pool::{NONE, Place, Pool};
use super::shm::{Stage, TOGETHER};
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
            if items.len() > 1 {
                match self.run_together(&mut worker, session, items.clone())? {
                    Some(told) => items.start += told,
                    // Each tells by itself what is the matter.
                    None => {
                        together = false;
                        end(&mut worker);
                        self.note_place(session, 0..0);
                        match self.start(session, false)? {
                            Some(fresh) => worker = fresh,
                            None => return Ok(()),
                        }
                    }
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
                let usable = self.run(&mut worker, session, item, direct)?;
                if !usable && !direct {
                    end(&mut worker);
                    match self.start(session, false)? {
                        Some(fresh) => worker = fresh,
                        None => return Ok(()),
                    }
                }
            }
            self.note_place(session, 0..0);
        }
        end(&mut worker);
        Ok(())
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

    /// Runs some checks in one child, and tells how they ended, as far as they passed: how many; `None` if the child
    /// did not come to its end.
    fn run_together(&mut self, worker: &mut Process, session: usize, items: Range<usize>) -> io::Result<Option<usize>> {
        if self.pool.overuses_for_sure() || self.pool.is_stuck() {
            return Ok(Some(0));
        }
        let (end, nonce) = self.command(worker, session, items.clone(), false);
        if !matches!(end, End::Exited(0)) {
            return Ok(None);
        }
        let Some(reports) = reports(worker, nonce) else { return Ok(None) };
        let passed = reports.into_iter().take_while(Report::lets_others_follow).zip(items);
        let mut told = 0;
        for (Report { verdict, microseconds }, item) in passed {
            self.tell(&Event::Checked { session, item, end: Ending::Verdict(verdict), microseconds })?;
            told += 1;
        }
        Ok(Some(told))
    }

    /// Starts a worker and waits until it is ready.
    fn start(&mut self, session: usize, direct: bool) -> io::Result<Option<Process>> {
        if self.pool.load_failed() {
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

    /// Runs one check and tells how it ended. False if the worker is of no more
    /// use.
    fn run(&mut self, worker: &mut Process, session: usize, item: usize, direct: bool) -> io::Result<bool> {
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
                        return Ok(false);
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
        self.tell(&Event::Checked { session, item, end, microseconds })?;
        Ok(usable && !direct)
    }

    /// Has the worker make a child for these items, and waits for its end; under which nonce it answers.
    fn command(&mut self, worker: &mut Process, session: usize, items: Range<usize>, direct: bool) -> (End, u64) {
        let items = &self.sessions[session].items[items];
        let Item { switches, share, memory, .. } = items[0];
        let (control, board) = (worker.control(), worker.board());
        let command = control.command.load(Ordering::Relaxed) + 1;
        let nonce = self.seed.rotate_left(32) ^ u64::from(command) ^ (u64::from(std::process::id()) << 24);
        board.clear();
        control.count.store(items.len() as u32, Ordering::Relaxed);
        for (at, item) in items.iter().enumerate() {
            control.checks[at].store(item.check as u32, Ordering::Relaxed);
            control.domains[at].store(item.domain as u32, Ordering::Relaxed);
        }
        control.switches.store(switches, Ordering::Relaxed);
        control.nonce.store(nonce, Ordering::Relaxed);
        control.seed.store(self.seed, Ordering::Relaxed);
        // Where others used too much memory, those that judge its use must have time
        // to say so.
        let keeps_share = memory && self.pool.overuses_for_sure();
        let in_hurry = self.started.elapsed() > PATIENCE && !keeps_share;
        let share = if in_hurry { share.min(IMPATIENT) } else { share };
        control.share.store(share.as_micros() as u64, Ordering::Relaxed);
        let broken = if self.second_look { 0 } else { self.pool.broken() };
        control.broken.store(broken, Ordering::Relaxed);
        sys::futex_set(&control.command, command);
        let end = watch::await_end(worker, direct, share * items.len() as u32, self.limits);
        watch::sweep((!direct).then_some(worker.pid));
        worker.take_output();
        (end, nonce)
    }

    /// Has the worker run one check. `None` if the worker died.
    fn once(&mut self, worker: &mut Process, session: usize, item: usize, direct: bool) -> Option<Ending> {
        let (end, nonce) = self.command(worker, session, item..item + 1, direct);
        let verdict = || reports(worker, nonce)?.pop().map(|report| report.verdict);
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
            End::Exited(0) => match verdict() {
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

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        let text = serde_json::to_vec(event)?;
        self.events.write_all(&(text.len() as u32).to_le_bytes())?;
        self.events.write_all(&text)
    }
}

/// Kills a worker and everything that it left behind.
fn end(worker: &mut Process) {
    if !worker.reaped {
        sys::kill(-worker.pid, libc::SIGKILL);
        sys::kill(worker.pid, libc::SIGKILL);
        worker.reaped = true;
    }
    watch::sweep(None);
}

/// What a child left of its checks.
fn reports(worker: &Process, nonce: u64) -> Option<Vec<Report>> {
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
