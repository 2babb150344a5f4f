//! The operations of a check as data: written down while it runs, cut down to the few that matter, made again, and
//! written as C.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use pymem_spec::Domain;
use serde::{Deserialize, Serialize};

/// Something that was done to the target or to a block of its.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What.
    pub act: Act,
    /// In which domain.
    pub domain: Domain,
    /// By which thread, from 0. Made again, they take turns.
    pub thread: u16,
    /// The block that is made, or that it is done to; unused by what is done to none.
    pub block: u32,
    /// The size in bytes, or the number of elements.
    pub size: u64,
    /// The size of an element, for calloc; how many times, for what is repeated.
    pub more: u64,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Act {
    /// `malloc(size)`.
    Malloc,
    /// `calloc(size, more)`.
    Calloc,
    /// `realloc(block, size)`.
    Realloc,
    /// `realloc(NULL, size)`.
    ReallocNull,
    /// `free(block)`.
    Free,
    /// `free(NULL)`.
    FreeNull,
    /// The first `size` bytes of the block are written.
    Fill,
    /// `free(malloc(size))`, `more` times.
    Churn,
    /// `malloc(size)`, `more` times; none of these is freed.
    Hold,
    /// `block = realloc(block, size)`, `more` times, and a byte less every other time.
    Bounce,
    /// The thread ends.
    EndThread,
    /// The system refuses all further memory, or for `size` 0 grants it again.
    Squeeze,
    /// A hook is laid over the domain, which refuses the `size`-th request of the first thread, counted from 1.
    Hook,
    /// It is lifted.
    Unhook,
}

impl Act {
    const ALL: [Self; 14] = [
        Self::Malloc,
        Self::Calloc,
        Self::Realloc,
        Self::ReallocNull,
        Self::Free,
        Self::FreeNull,
        Self::Fill,
        Self::Churn,
        Self::Hold,
        Self::Bounce,
        Self::EndThread,
        Self::Squeeze,
        Self::Hook,
        Self::Unhook,
    ];

    /// Whether it makes the block that it names.
    pub const fn makes(self) -> bool {
        matches!(self, Self::Malloc | Self::Calloc | Self::ReallocNull)
    }

    /// Whether it is done to the block that it names.
    pub const fn takes(self) -> bool {
        matches!(self, Self::Realloc | Self::Free | Self::Fill | Self::Bounce)
    }

    /// Whether it calls the target.
    pub const fn calls(self) -> bool {
        !matches!(self, Self::Fill | Self::EndThread | Self::Squeeze | Self::Hook | Self::Unhook)
    }
}

impl Step {
    /// Bytes that are asked for, as far as they can be counted.
    pub fn bytes(&self) -> u64 {
        if self.act == Act::Calloc { self.size.saturating_mul(self.more) } else { self.size }
    }

    fn encode(&self) -> [u64; 3] {
        let head = u64::from(self.act as u8) | u64::from(self.domain as u8) << 8 | u64::from(self.thread) << 16;
        [head | u64::from(self.block) << 32, self.size, self.more]
    }

    /// Shared memory may hold anything: `None` if this is no step.
    fn decode([head, size, more]: [u64; 3]) -> Option<Self> {
        Some(Self {
            act: *Act::ALL.get((head & 0xff) as usize)?,
            domain: *Domain::ALL.get((head >> 8 & 0xff) as usize)?,
            thread: (head >> 16) as u16,
            block: (head >> 32) as u32,
            size,
            more,
        })
    }
}

/// Steps that a tape has room for.
pub const ROOM: usize = 1 << 20;

/// Steps in shared memory. Pages that are not written to take no memory.
#[repr(C)]
pub struct Tape {
    /// Steps noted, also those for which there was no room.
    noted: AtomicU64,
    steps: [[AtomicU64; 3]; ROOM],
}

impl Tape {
    /// Forgets all steps.
    pub fn clear(&self) {
        self.noted.store(0, Ordering::Release);
    }

    /// Notes a step. Several threads may.
    pub fn note(&self, step: &Step) {
        let at = self.noted.fetch_add(1, Ordering::AcqRel) as usize;
        let Some(cells) = self.steps.get(at) else { return };
        for (cell, value) in cells.iter().zip(step.encode()) {
            cell.store(value, Ordering::Relaxed);
        }
    }

    /// All steps; `None` if there was no room for some, or what is there are none.
    pub fn read(&self) -> Option<Vec<Step>> {
        let count = self.noted.load(Ordering::Acquire) as usize;
        let cells = self.steps.get(..count)?;
        cells.iter().map(|cells| Step::decode([0, 1, 2].map(|at: usize| cells[at].load(Ordering::Relaxed)))).collect()
    }

    /// Holds these steps and no others; false if there is no room for them.
    #[must_use]
    pub fn write(&self, steps: &[Step]) -> bool {
        self.clear();
        steps.iter().for_each(|step| self.note(step));
        steps.len() <= ROOM
    }
}

/// The tape on which this process notes its steps, if it does.
static RECORDING: OnceLock<&'static Tape> = OnceLock::new();

/// Has every step noted from now on.
pub fn record(tape: &'static Tape) {
    RECORDING.get_or_init(|| tape);
}

/// Forgets what was noted so far: what comes needs nothing of it.
pub fn begin() {
    if let Some(tape) = RECORDING.get() {
        tape.clear();
    }
}

/// Notes a step, if steps are noted.
#[inline]
pub fn note(step: impl FnOnce() -> Step) {
    if let Some(tape) = RECORDING.get() {
        tape.note(&step());
    }
}

/// What was found when steps were made again. Blocks are named as the steps name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The step after which it was found, from 0.
    pub step: usize,
    /// The block.
    pub block: u32,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// It is NULL, and must not be.
    Refused,
    /// It is not NULL, and nothing can hold it.
    Served,
    /// It is not aligned to so many bytes.
    Misaligned(u32),
    /// It shares a byte with another one.
    Overlaps(u32),
    /// It has a byte that is not zero.
    NotZero,
    /// It has lost what was written to it; whether when it was resized itself.
    Changed(bool),
}

impl Fault {
    /// Whether both are of one kind: what a defect of one clause shows as.
    pub fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Changed(one), Self::Changed(another)) => one == another,
            _ => std::mem::discriminant(&self) == std::mem::discriminant(&other),
        }
    }
}

/// Parts of a block that are written and looked at: all of it, or the ends of what would take long.
pub fn looked_at(size: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let both = [0..END, size.saturating_sub(END)..size];
    let whole = size <= WHOLE;
    both.into_iter().filter(move |_| !whole).chain((whole && size > 0).then_some(0..size))
}

/// Blocks above this size are looked at by their ends ...
pub const WHOLE: usize = 16 << 20;
/// ... which have so many bytes.
pub const END: usize = 4096;

/// The byte that stands at `offset` of a block once it was written to.
pub fn byte(block: u32, offset: usize) -> u8 {
    (block as u8).wrapping_add(1).wrapping_add((offset as u8).wrapping_mul(7))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(act: Act, block: u32) -> Step {
        Step { act, domain: Domain::Obj, thread: 7, block, size: u64::MAX, more: 3 }
    }

    #[test]
    fn what_is_written_is_read() {
        for act in Act::ALL {
            assert_eq!(Step::decode(step(act, 0xdead_beef).encode()), Some(step(act, 0xdead_beef)));
        }
    }

    #[test]
    fn other_numbers_are_no_step() {
        assert_eq!([Step::decode([14, 0, 0]), Step::decode([3 << 8, 0, 0])], [None, None]);
    }
}
