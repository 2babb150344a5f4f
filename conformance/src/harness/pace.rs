//! How a check keeps to its share of time.

use std::time::{Duration, Instant};

use super::Stop;
use crate::sandbox::process;

/// Between two looks at the clock there are at most this many operations ...
const OFTEN: u64 = 64;
/// ... and so many that they take about this long.
const INTERVAL: Duration = Duration::from_millis(1);
/// What touches more bytes than this is looked at each time.
const MUCH: usize = 64 << 10;

/// The share of time of one thread of a check.
pub struct Pace {
    deadline: Instant,
    next_look: u64,
    gap: u64,
    last_look: Instant,
    delay: Duration,
    progress: (u64, u64),
}

impl Pace {
    /// A share that ends at `deadline`, for the calling thread.
    pub fn until(deadline: Instant) -> Self {
        let now = Instant::now();
        // What was waited for a core before is not of this share.
        let delay = process::own_delay();
        Self { deadline, next_look: 0, gap: 1, last_look: now, delay, progress: (0, 0) }
    }

    /// The moment at which the share is spent.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Says how far the check is.
    #[inline]
    pub fn note(&mut self, done: usize, of: usize) {
        self.progress = (done as u64, of as u64);
    }

    /// Stops the check if its share is spent; looks at the clock now and then,
    /// because a look costs as much as a fast call. `count` rises by one with
    /// each operation, `size` is what it asks for.
    ///
    /// # Errors
    /// If the share is spent.
    #[inline]
    pub fn check(&mut self, count: u64, size: usize) -> Result<(), Stop> {
        if count >= self.next_look || size > MUCH { self.look(count) } else { Ok(()) }
    }

    /// Stops the check if its share is spent. Waiting for a core does not count:
    /// a busy machine is not the target's fault.
    #[inline(never)]
    fn look(&mut self, count: u64) -> Result<(), Stop> {
        let now = Instant::now();
        let elapsed = now - self.last_look;
        self.last_look = now;
        let is_first = self.next_look == 0;
        self.gap = match elapsed > INTERVAL {
            true => 1.max(self.gap / 8),
            // The first look tells nothing of how long an operation takes.
            false if is_first => 1,
            false => OFTEN.min(self.gap * 2),
        };
        self.next_look = count + self.gap;
        if now < self.deadline || self.was_delayed() {
            return Ok(());
        }
        let (done, of) = self.progress;
        Err(Stop::OutOfTime { done, of })
    }

    /// Puts the deadline off by what this thread had to wait for a core; false
    /// if it had not.
    #[cold]
    fn was_delayed(&mut self) -> bool {
        let delay = process::own_delay();
        self.deadline += delay.saturating_sub(self.delay);
        self.delay = delay;
        Instant::now() < self.deadline
    }
}
