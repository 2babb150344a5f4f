//! Growth of resident memory while all that is asked for is given back.

use super::{Outcome, Stop};
use crate::sandbox::process;

/// Freed memory that may be held back, in bytes, as a quarantine holds some.
const HELD_BACK: u64 = 512 << 20;
/// Growth between two looks that is no growth, in bytes: the kernel counts
/// pages in batches.
const NOISE: u64 = 128 << 10;

/// Resident memory since a moment.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    start: u64,
    last: u64,
}

impl Growth {
    /// Growth from now on.
    ///
    /// # Errors
    /// If the system does not tell: without a number nothing is judged.
    pub fn start() -> Result<Self, Stop> {
        let now = look()?;
        Ok(Self { start: now, last: now })
    }

    /// Whether memory did not grow since the last look.
    ///
    /// # Errors
    /// If more is held back than may be.
    pub fn has_stopped(&mut self) -> Result<bool, Stop> {
        let now = look()?;
        let grew = now.saturating_sub(self.last);
        self.last = now;
        self.is_bounded()?;
        Ok(grew < NOISE)
    }

    /// Memory has not grown beyond what may be held back.
    ///
    /// # Errors
    /// If it has.
    pub fn is_bounded(&self) -> Outcome {
        if self.last.saturating_sub(self.start) <= HELD_BACK {
            return Ok(());
        }
        Err(Stop::fail(
            format!("freed memory is usable again before {} MiB of it are held back", HELD_BACK >> 20),
            format!("all was freed, and resident memory had grown by more than {} MiB", HELD_BACK >> 20),
        ))
    }
}

fn look() -> Result<u64, Stop> {
    match process::own_memory().resident {
        0 => Err(Stop::Skip("resident memory cannot be read".into())),
        resident => Ok(resident),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::tests::told;

    #[test]
    fn half_a_gib_may_be_held_back_and_no_more() {
        let bounded = |grown: u64| Growth { start: 1 << 30, last: (1 << 30) + grown }.is_bounded();
        assert_eq!((bounded(0), bounded(512 << 20)), (Ok(()), Ok(())));
        assert_eq!(Growth { start: 2, last: 1 }.is_bounded(), Ok(()));
        insta::assert_snapshot!(told(&bounded((512 << 20) + 1).expect_err("too much")));
    }

    #[test]
    fn growth_stops_when_a_look_finds_no_more() {
        let mut growth = Growth::start().expect("the system tells");
        growth.last = 0;
        assert_eq!(growth.has_stopped(), Ok(false));
        growth.last = u64::MAX;
        assert_eq!(growth.has_stopped(), Ok(true));
    }
}
