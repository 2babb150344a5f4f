//! Watching processes: until they are ready, until they end, and until nothing
//! of them is left.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::entry::{self, WORKER_NAME};
use super::keeper::{NotReady, refusal, signal_name, stage_name};
use super::shm::Stage;
use super::spawn::Process;
use super::{process, sys};
use crate::journal::Operation;

/// How often a running child is looked at.
const TICK: Duration = Duration::from_millis(10);
/// A tick that takes longer than this is a pause: somebody stopped us, or there is no
/// core for us.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a check may go without beginning an operation: it verifies what it
/// did, which takes milliseconds. Also how long the worker may take to make a
/// child.
const BETWEEN: Duration = Duration::from_secs(5);
/// How long a check may take beyond its share.
const GRACE: Duration = Duration::from_secs(6);
/// Resident memory that a process of the target's may have, in bytes. Checks
/// touch a tenth of it, and allow for half of it to be held back.
const RESIDENT: u64 = 1 << 30;

/// Limits on a child.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long one operation may take.
    pub operation: Duration,
    /// How long loading may take, and initialising.
    pub load: Duration,
}

impl Limits {
    /// Those of a run in which one operation may take so long.
    pub fn of(operation: Duration) -> Self {
        Self { operation, load: Duration::from_secs(5).max(operation) }
    }
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It ended with this status.
    Exited(i32),
    /// This signal killed it.
    Killed(i32),
    /// This signal stopped it; we killed it.
    Stopped(i32),
    /// An operation, or the check, took too long; we killed it.
    Hung,
    /// Its operations return, but it goes on and on; we killed it.
    Overlong,
    /// It used too much memory; we or the kernel killed it.
    OutOfMemory,
    /// It is gone, and the shared memory does not tell which it was.
    Vanished,
    /// The worker could not make it.
    NotMade,
    /// The worker died.
    WorkerDied,
}

/// Waits until a worker awaits commands.
///
/// # Errors
/// Why it does not.
pub fn await_ready(worker: &mut Process, limit: Duration) -> Result<(), NotReady> {
    let started = Instant::now();
    let mut seen = (Stage::Loader, started);
    loop {
        let raw = worker.board().stage.load(Ordering::Acquire);
        // A target that scribbles over the board does not turn back time.
        let stage = Stage::from_u32(raw).max(seen.0);
        match stage {
            Stage::Ready => return Ok(()),
            Stage::Refused => return Err(NotReady::Refused(refusal(worker))),
            _ => {}
        }
        if stage != seen.0 {
            seen = (stage, Instant::now());
        }
        if let Some((_, change)) = sys::reap(Some(worker.pid)) {
            worker.reaped = !matches!(change, sys::Change::Stopped(_));
            let output = worker.take_output();
            let last = Stage::from_u32(worker.board().stage.load(Ordering::Acquire)).max(seen.0);
            return Err(failed_to_load(last, change, &output));
        }
        if process::memory(worker.pid).resident > RESIDENT {
            return Err(NotReady::LoadFailed(format!("the target used more than 1 GiB {}", stage_name(stage))));
        }
        if seen.1.elapsed() > limit {
            return Err(NotReady::LoadFailed(format!(
                "the target did not return within {} s {}",
                limit.as_secs(),
                stage_name(stage)
            )));
        }
        worker.drain();
        sys::futex_wait(&worker.board().stage, raw, Some(Duration::from_millis(1)));
    }
}

fn failed_to_load(stage: Stage, change: sys::Change, output: &[u8]) -> NotReady {
    let how = match change {
        sys::Change::Exited(status) => format!("ended the process with status {status}"),
        sys::Change::Killed(signal) => format!("died by {}", signal_name(signal)),
        sys::Change::Stopped(signal) => format!("was stopped by {}", signal_name(signal)),
    };
    let loader_refused = matches!(change, sys::Change::Exited(1 | 127));
    let text = first_line(output);
    match stage {
        Stage::Loader if loader_refused => NotReady::Refused(text),
        Stage::Loader if matches!(change, sys::Change::Exited(entry::NO_MEMORY)) => {
            NotReady::Harness("no memory could be mapped for a worker".into())
        }
        Stage::Initialising if matches!(change, sys::Change::Exited(_)) => NotReady::NotInitialised(text),
        _ => NotReady::LoadFailed(format!("the target {how} {}", stage_name(stage))),
    }
}

/// The first line of a program's complaint that says something.
fn first_line(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    // The loader names the program, and a preloaded file by its descriptor.
    let mut lines = text.lines().map(|line| line.trim().trim_start_matches(WORKER_NAME).trim_start_matches(": "));
    // Others may have printed before.
    let fatal = lines.clone().find(|line| line.starts_with("Fatal Python error"));
    let line = fatal.or_else(|| lines.find(|line| !line.is_empty() && !line.starts_with("Python path configuration")));
    line.map_or_else(|| "it said nothing".to_owned(), without_descriptor)
}

/// Leaves out `/proc/self/fd/9: `, which tells a reader nothing.
fn without_descriptor(line: &str) -> String {
    let Some((before, after)) = line.split_once("/proc/self/fd/") else { return line.to_owned() };
    let rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    format!("{before}{}", rest.trim_start_matches(": "))
}

/// Waits until the child of the current command ends. For a direct worker that
/// is the worker itself.
pub fn await_end(worker: &mut Process, direct: bool, share: Duration, limits: Limits) -> End {
    let mut started = Instant::now();
    let oom_kills = process::kernel_oom_kills();
    let mut clock = Clock::start(worker);
    let (mut last_look, mut last_tick) = (started, started);
    // What we killed it for.
    let mut ours = None;
    loop {
        while let Some((pid, change)) = sys::reap(None) {
            if pid == worker.pid && !matches!(change, sys::Change::Stopped(_)) {
                worker.reaped = true;
            }
            if pid == worker.pid && !direct {
                return End::WorkerDied;
            }
            if !is_the_child(pid, worker, direct) {
                continue;
            }
            match change {
                // It may have ended by itself before our signal came.
                sys::Change::Exited(status) => return End::Exited(status),
                sys::Change::Killed(libc::SIGKILL) if ours.is_some() => return ours.unwrap_or(End::Vanished),
                sys::Change::Killed(libc::SIGKILL) if process::kernel_oom_kills() > oom_kills => {
                    return End::OutOfMemory;
                }
                sys::Change::Killed(signal) => return End::Killed(signal),
                sys::Change::Stopped(signal) => {
                    ours = Some(End::Stopped(signal));
                    sys::kill(pid, libc::SIGKILL);
                }
            }
        }
        sys::wait_output(worker.output_fd(), TICK);
        worker.drain();
        // Where we were stopped ourselves, no time has passed for the child's limits.
        let pause = last_tick.elapsed().saturating_sub(PAUSE);
        started += pause;
        clock.since += pause;
        last_tick = Instant::now();
        // A look costs as much as a short check, and most have ended by now.
        if last_look.elapsed() < TICK {
            continue;
        }
        last_look = Instant::now();
        let Some(child) = running_child(worker, direct) else {
            // It has not been made yet, or its end is about to be told.
            let refused = worker.board().child.load(Ordering::Relaxed) < 0;
            if refused || started.elapsed() > BETWEEN {
                return if refused || worker.board().begun.load(Ordering::Relaxed) == 0 {
                    End::NotMade
                } else {
                    End::Vanished
                };
            }
            continue;
        };
        if ours.is_some() {
            continue;
        }
        let (state, ticks) = process::activity(child).unwrap_or(('R', 0));
        if process::memory(child).resident > RESIDENT {
            ours = Some(End::OutOfMemory);
        } else if clock.is_hung(worker, state, ticks, limits.operation) {
            ours = Some(End::Hung);
        } else if is_over(started.elapsed(), ticks, state, share + limits.operation + GRACE) {
            ours = Some(End::Overlong);
        }
        if ours.is_some() {
            sys::kill(child, libc::SIGKILL);
        }
    }
}

/// Whether a process that changed is the child and not one that it left behind.
/// The board tells the child's number, unless the child scribbled over it; then
/// it is whichever comes first.
fn is_the_child(pid: i32, worker: &Process, direct: bool) -> bool {
    if direct {
        return pid == worker.pid;
    }
    let told = worker.board().child.load(Ordering::Relaxed);
    pid == told || (told != 0 && !process::children().contains(&told))
}

/// The child, if it is there: only ever a child of this process, whatever the
/// board tells.
fn running_child(worker: &Process, direct: bool) -> Option<i32> {
    if direct {
        return Some(worker.pid);
    }
    let children = process::children();
    let told = worker.board().child.load(Ordering::Relaxed);
    let others = || children.iter().copied().find(|pid| *pid != worker.pid);
    if told != worker.pid && children.contains(&told) { Some(told) } else { others() }
}

/// Watches whether operations return.
struct Clock {
    seen: (Option<u64>, u64),
    since: Instant,
    ticks: u64,
}

impl Clock {
    fn start(worker: &Process) -> Self {
        Self { seen: standstill(worker), since: Instant::now(), ticks: 0 }
    }

    /// Whether one operation has taken longer than `limit`.
    fn is_hung(&mut self, worker: &Process, state: char, ticks: u64, limit: Duration) -> bool {
        let seen = standstill(worker);
        if seen != self.seen {
            *self = Self { seen, since: Instant::now(), ticks };
            return false;
        }
        let limit = if seen.0.is_none() { limit.max(BETWEEN) } else { limit };
        is_over(self.since.elapsed(), ticks - self.ticks.min(ticks), state, limit)
    }
}

/// Whether something that has worked for `ticks` of 10 ms takes too long. A process
/// that waits for a core on a busy machine is given five times as long.
fn is_over(elapsed: Duration, ticks: u64, state: char, limit: Duration) -> bool {
    let worked = Duration::from_millis(10) * u32::try_from(ticks).unwrap_or(u32::MAX);
    let starved = state == 'R' && worked < limit / 2;
    elapsed > if starved { limit * 5 } else { limit }
}

/// What does not change while an operation hangs: the oldest one that has not
/// returned, though other threads go on; else the number of those begun.
fn standstill(worker: &Process) -> (Option<u64>, u64) {
    let board = worker.board();
    let oldest = board.open().min();
    (oldest, if oldest.is_some() { 0 } else { board.begun.load(Ordering::Acquire) })
}

/// The operation that has not returned for the longest time.
pub fn oldest_open(worker: &Process) -> Option<(u64, Operation)> {
    numbered(worker, worker.board().open().min()?)
}

/// The last operation of the child, and whether it returned. Of several threads'
/// operations it is the youngest that has not.
pub fn last_operation(worker: &Process) -> Option<((u64, Operation), bool)> {
    let board = worker.board();
    let open = board.open().max();
    let number = open.unwrap_or_else(|| board.begun.load(Ordering::Acquire));
    Some((numbered(worker, number)?, open.is_none()))
}

fn numbered(worker: &Process, number: u64) -> Option<(u64, Operation)> {
    // Beyond this a check does not come: the child scribbled over the board.
    let sound = (1..1 << 40).contains(&number);
    Some((number, sound.then(|| worker.board().operation(number)).flatten()?))
}

/// Kills and reaps every child of this process but `keep`, until none is left:
/// processes that the target left behind have been adopted.
pub fn sweep(keep: Option<i32>) {
    let deadline = Instant::now() + Duration::from_secs(2);
    loop {
        let strays: Vec<i32> = process::children().into_iter().filter(|pid| Some(*pid) != keep).collect();
        if strays.is_empty() || Instant::now() > deadline {
            return;
        }
        for pid in strays {
            sys::kill(pid, libc::SIGKILL);
            let _ = sys::reap(Some(pid));
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}
