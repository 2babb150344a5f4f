//! The run: keepers are forked, their events collected, the dead replaced.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use crate::inside::suite::Tests;
use crate::progress::Progress;
use crate::sandbox::keeper::{Ending, Event, Keeper, NotReady, Session};
use crate::sandbox::pool::{KEEPERS, NONE, Place, Pool};
use crate::sandbox::watch::{self, Limits};
use crate::sandbox::{process, sys};

/// Hangs are looked at a second time only as long as the whole run stays within
/// this.
const BUDGET: Duration = Duration::from_secs(19);
/// How much longer an operation may take when it is looked at a second time.
const SECOND_LOOK: u32 = 5;

/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(1 << 31);

/// The signal by which the user interrupts; 0 before that.
static INTERRUPTED: AtomicI32 = AtomicI32::new(0);

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Keepers at once.
    pub jobs: usize,
    /// How long one operation may take.
    pub timeout: Duration,
    /// Seed for the checks.
    pub seed: u64,
    /// Whether a run that takes long gives checks less time.
    pub hurry: bool,
}

/// What the keepers told.
#[derive(Debug, Default)]
pub struct Told {
    /// How each item of each session ended, and how long it took.
    pub endings: BTreeMap<(usize, usize), (Ending, u64)>,
    /// The seeds of the random programs that an item ran last, in a deep run.
    pub random: BTreeMap<(usize, usize), Vec<u64>>,
    /// Sessions that did not come about.
    pub not_ready: BTreeMap<usize, NotReady>,
    /// Threads of each session's worker.
    pub threads: BTreeMap<usize, u32>,
    /// What CPython's own tests showed, where a target was put into an interpreter.
    pub tests: Option<Tests>,
    /// Whether the user interrupted the run.
    pub interrupted: bool,
}

impl Told {
    /// Takes it for the target's failure that an interpreter did not start.
    pub fn blame_start(&mut self) {
        for why in self.not_ready.values_mut() {
            if let NotReady::NotInitialised(text) = why {
                *why = NotReady::LoadFailed(format!("the interpreter does not start: {text}"));
            }
        }
    }
}

/// Runs every item of every session.
///
/// # Errors
/// If the system refuses memory or processes.
pub fn run(sessions: &[Session], settings: Settings) -> io::Result<Told> {
    let started = Instant::now();
    sys::adopt_orphans();
    let counts: Vec<usize> = sessions.iter().map(|session| session.items.len()).collect();
    let pool = Pool::new(&counts)?;
    let mut supervisor = Supervisor {
        sessions,
        settings,
        started: if settings.hurry { started } else { started + FOREVER },
        pool,
        cores: sys::usable_cores(),
        told: Told::default(),
        progress: Progress::new(counts.iter().sum()),
    };
    let result = supervisor.first_look().and_then(|()| supervisor.second_look(started));
    watch::sweep(None);
    supervisor.progress.clear();
    supervisor.told.interrupted = is_interrupted();
    result.map(|()| supervisor.told)
}

struct Supervisor<'a> {
    sessions: &'a [Session],
    settings: Settings,
    started: Instant,
    pool: &'static Pool,
    cores: Vec<usize>,
    told: Told,
    progress: Progress,
}

/// A keeper as the supervisor sees it.
struct Kept {
    number: usize,
    pid: i32,
    events: File,
    unread: Vec<u8>,
}

/// What a keeper is for.
#[derive(Clone)]
enum Task {
    /// Whatever is left to do.
    Work,
    /// These items once more, alone, until this moment.
    Repeat(Vec<(usize, usize)>, Instant),
}

impl Supervisor<'_> {
    /// Has every item run once.
    fn first_look(&mut self) -> io::Result<()> {
        let jobs = self.settings.jobs.min(KEEPERS);
        let mut kept = Vec::new();
        for number in 0..jobs {
            kept.push(self.hire(number, &Task::Work)?);
        }
        while !kept.is_empty() && !is_interrupted() {
            for number in self.listen(&mut kept)? {
                if self.lose(number) {
                    kept.push(self.hire(number, &Task::Work)?);
                }
            }
        }
        dismiss(kept);
        Ok(())
    }

    /// Notes what a keeper was at when it died, which means that the target killed
    /// it. Returns whether another one is to take its place; one that had ended by
    /// itself needs none.
    fn lose(&mut self, number: usize) -> bool {
        let place = self.pool.current[number].swap(NONE, Ordering::AcqRel);
        let Place { session, items } = Place::unpack(place);
        if session >= self.sessions.len() {
            return false;
        }
        self.pool.leave(session);
        self.pool.unlock_huge(number);
        if !items.is_empty() {
            let how = "the process that watches over the check was killed".to_owned();
            for item in items {
                let died = Ending::Died { how: how.clone(), operation: None, returned: true };
                self.told.endings.entry((session, item)).or_insert((died, 0));
            }
        } else {
            // It was loading the target.
            let why = NotReady::LoadFailed("the target killed the process that watches over it".to_owned());
            self.pool.session(session).failed.store(1, Ordering::Release);
            self.pool.note_load_failure();
            self.told.not_ready.entry(session).or_insert(why);
        }
        true
    }

    /// Has items in which something hung run again, alone, with more time; a
    /// busy machine is not the target's fault. Where the same function hung
    /// often enough, that is not needed.
    fn second_look(&mut self, started: Instant) -> io::Result<()> {
        let doubtful: Vec<(usize, usize)> = self
            .told
            .endings
            .iter()
            .filter_map(|(at, (ending, _))| match ending {
                Ending::Hung { operation } if !self.pool.hangs_for_sure(operation.1.function) => Some(*at),
                _ => None,
            })
            .collect();
        if doubtful.is_empty() || is_interrupted() {
            return Ok(());
        }
        let limit = self.settings.timeout * SECOND_LOOK;
        let now = Instant::now();
        // At least one is looked at, however long the first look took.
        let until = (started + BUDGET).max(now + limit + Duration::from_millis(500));
        self.settings.timeout = limit;
        let mut kept = vec![self.hire(0, &Task::Repeat(doubtful, until))?];
        while !kept.is_empty() && !is_interrupted() {
            self.listen(&mut kept)?;
        }
        dismiss(kept);
        Ok(())
    }

    /// Forks a keeper.
    fn hire(&mut self, number: usize, task: &Task) -> io::Result<Kept> {
        let (read, write) = sys::pipe()?;
        // SAFETY: the supervisor has one thread.
        let pid = unsafe { sys::fork() }?;
        if pid == 0 {
            drop(read);
            self.keep(number, write, task);
        }
        Ok(Kept { number, pid, events: File::from(read), unread: Vec::new() })
    }

    /// The keeper's life.
    fn keep(&self, number: usize, events: OwnedFd, task: &Task) -> ! {
        sys::die_with_parent();
        sys::adopt_orphans();
        sys::ignore_interrupts();
        sys::block(&[libc::SIGCHLD]);
        sys::notice_children();
        sys::make_blocking(&events);
        // Who leaves cores to others does not choose for them which.
        if self.settings.jobs >= self.cores.len() && !self.cores.is_empty() {
            sys::pin(self.cores[number % self.cores.len()]);
        }
        let mut keeper = Keeper {
            number,
            sessions: self.sessions,
            pool: self.pool,
            limits: Limits::of(self.settings.timeout),
            started: self.started,
            second_look: matches!(task, Task::Repeat(..)),
            seed: self.settings.seed,
            events: &mut File::from(events),
        };
        let result = match task {
            Task::Work => keeper.work(),
            Task::Repeat(items, until) => keeper.repeat(items, *until),
        };
        sys::exit_now(i32::from(result.is_err()))
    }

    /// Takes in what keepers tell. Returns the numbers of those that are gone.
    fn listen(&mut self, kept: &mut Vec<Kept>) -> io::Result<Vec<usize>> {
        let mut watched: Vec<libc::pollfd> = kept
            .iter()
            .map(|keeper| libc::pollfd { fd: keeper.events.as_raw_fd(), events: libc::POLLIN, revents: 0 })
            .collect();
        // SAFETY: `watched` outlives the call.
        unsafe { libc::poll(watched.as_mut_ptr(), watched.len() as u64, 100) };
        self.progress.show(self.told.endings.len());
        let mut gone = Vec::new();
        for index in (0..kept.len()).rev() {
            if watched[index].revents == 0 {
                continue;
            }
            let mut events = Vec::new();
            let open = kept[index].read(&mut events);
            events.into_iter().for_each(|event| self.note(event));
            if !open? {
                let keeper = kept.swap_remove(index);
                dismiss([keeper.reaped(&mut gone)]);
            }
        }
        Ok(gone)
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Ready { session, threads } => {
                self.told.threads.insert(session, threads);
            }
            Event::NotReady { session, why } => {
                self.told.not_ready.entry(session).or_insert(why);
            }
            // A function that hung elsewhere tells nothing new of this one.
            Event::Checked { session, item, end: Ending::Broken(_), .. }
                if self.told.endings.contains_key(&(session, item)) => {}
            Event::Checked { session, item, end, microseconds, random } => {
                if !random.is_empty() {
                    self.told.random.insert((session, item), random);
                }
                self.told.endings.insert((session, item), (end, microseconds));
            }
        }
    }
}

impl Kept {
    /// Reads events; false at the end.
    fn read(&mut self, events: &mut Vec<Event>) -> io::Result<bool> {
        let mut buffer = [0; 16 << 10];
        let open = loop {
            match self.events.read(&mut buffer) {
                Ok(0) => break false,
                Ok(count) => self.unread.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        while let Some((length, rest)) = self.unread.split_first_chunk::<4>() {
            let length = u32::from_le_bytes(*length) as usize;
            let Some(text) = rest.get(..length) else { break };
            events.push(serde_json::from_slice(text)?);
            self.unread.drain(..4 + length);
        }
        Ok(open)
    }

    fn reaped(self, gone: &mut Vec<usize>) -> Self {
        gone.push(self.number);
        self
    }
}

/// Ends keepers and everything below them.
fn dismiss(kept: impl IntoIterator<Item = Kept>) {
    for keeper in kept {
        sys::kill(keeper.pid, libc::SIGKILL);
        while process::children().contains(&keeper.pid) && sys::reap(Some(keeper.pid)).is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// Whether the user has interrupted the program.
pub fn is_interrupted() -> bool {
    interrupted_by() != 0
}

/// The signal by which the user has interrupted the program; 0 if they have not.
pub fn interrupted_by() -> i32 {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Has an interrupt noted, not obeyed, from now on: a run ends with what it knows.
pub fn catch_interrupts() {
    extern "C" fn note(signal: i32) {
        INTERRUPTED.store(signal, Ordering::Relaxed);
    }
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        sys::on_signal(signal, note);
    }
}
