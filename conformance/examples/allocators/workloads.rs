//! What one thread does.

use std::ffi::c_void;
use std::hint::black_box;
use std::ptr;
use std::time::Instant;

use fastrand::Rng;

use crate::calls::Calls;
use crate::sizes::Sizes;
use crate::{Measured, resident};

/// Blocks that live at once while others are replaced.
const SLOTS: usize = 4096;
/// Operations of a workload on small blocks.
pub const OPERATIONS: usize = 16_000_000;

/// One block at a time, freed at once.
pub fn pairs(calls: impl Calls) -> f64 {
    let sizes = Sizes::python_like();
    per_operation(OPERATIONS, |index| {
        let block = black_box(calls.malloc(sizes.at(index)));
        // SAFETY: just allocated.
        unsafe { calls.free(block) };
    })
}

/// One of 4096 live blocks, chosen at random, makes place for another.
pub fn replace(calls: impl Calls) -> f64 {
    let mut replacement = Replacement::new(calls);
    per_operation(OPERATIONS, |index| replacement.step(index))
}

/// Live blocks, one of which is replaced at every step.
pub struct Replacement<C: Calls> {
    calls: C,
    sizes: Sizes,
    picks: Vec<u16>,
    live: Vec<*mut c_void>,
}

impl<C: Calls> Replacement<C> {
    pub fn new(calls: C) -> Self {
        let sizes = Sizes::python_like();
        let mut random = Rng::with_seed(42);
        let picks = (0..65_536).map(|_| random.u16(..SLOTS as u16)).collect();
        let live = (0..SLOTS).map(|slot| calls.malloc(sizes.at(slot))).collect();
        Self { calls, sizes, picks, live }
    }

    pub fn step(&mut self, index: usize) {
        let slot = &mut self.live[usize::from(self.picks[index % self.picks.len()])];
        // SAFETY: live until now, and replaced.
        unsafe { self.calls.free(*slot) };
        *slot = self.calls.malloc(self.sizes.at(index));
    }
}

impl<C: Calls> Drop for Replacement<C> {
    fn drop(&mut self) {
        // SAFETY: each is live, and freed once.
        self.live.drain(..).for_each(|block| unsafe { self.calls.free(block) });
    }
}

/// Lists to which elements are appended in turn, each resized as CPython resizes a list: by an eighth more than it
/// needs. An operation is one resize.
pub fn grow(calls: impl Calls) -> f64 {
    const LISTS: usize = 64;
    const ROUNDS: usize = 40;
    let bytes: Vec<usize> = list_capacities(8000).map(|capacity| capacity * size_of::<usize>()).collect();
    per_operation(ROUNDS, |_| {
        let mut lists = [ptr::null_mut::<c_void>(); LISTS];
        for &size in &bytes {
            for list in &mut lists {
                // SAFETY: NULL at first, and a live block then.
                *list = unsafe { calls.realloc(*list, size) };
                assert!(!list.is_null(), "{size} bytes are refused");
                // SAFETY: the last byte of the block.
                unsafe { list.cast::<u8>().add(size - 1).write(1) };
            }
        }
        for list in lists {
            // SAFETY: live, and freed once.
            unsafe { calls.free(list) };
        }
    }) / (LISTS * bytes.len()) as f64
}

/// Capacities that a list goes through until it holds `elements`.
fn list_capacities(elements: usize) -> impl Iterator<Item = usize> {
    let next = |capacity: usize| {
        let needed = capacity + 1;
        (needed + (needed >> 3) + 6) & !3
    };
    std::iter::successors(Some(next(0)), move |&capacity| Some(next(capacity)))
        .take_while(move |&capacity| capacity <= elements)
}

/// A million small blocks, of which twice a random half makes place for others, and the memory that all this takes.
/// An operation is one allocation and its free.
pub fn long_lived(calls: impl Calls) -> Measured {
    const BLOCKS: usize = 1_000_000;
    let sizes = Sizes::python_like();
    let mut random = Rng::with_seed(3);
    let halves: Vec<Vec<u32>> = (0..2).map(|_| (0..BLOCKS as u32).filter(|_| random.bool()).collect()).collect();
    let mut live: Vec<(*mut c_void, u32)> = vec![(ptr::null_mut(), 1); BLOCKS];
    let mut operations = BLOCKS;
    let (mut asked, mut most) = (0, 0);
    let before = resident::reset_peak();
    let started = Instant::now();
    let mut index = 0;
    let mut allocate = |place: &mut (*mut c_void, u32), asked: &mut usize| {
        index += 1;
        let size = sizes.at(index);
        *asked += size;
        *place = (calls.malloc(size), size as u32);
    };
    live.iter_mut().for_each(|place| allocate(place, &mut asked));
    most = asked.max(most);
    for half in &halves {
        for &at in half {
            let (block, size) = live[at as usize];
            // SAFETY: live, and replaced below.
            unsafe { calls.free(block) };
            asked -= size as usize;
        }
        half.iter().for_each(|&at| allocate(&mut live[at as usize], &mut asked));
        most = asked.max(most);
        operations += half.len();
    }
    let grown = resident::peak() - before;
    for (block, _) in live {
        // SAFETY: live, and freed once.
        unsafe { calls.free(block) };
    }
    let nanoseconds = started.elapsed().as_nanos() as f64 / operations as f64;
    Measured { nanoseconds, memory: Some(grown as f64 / most as f64) }
}

/// Nanoseconds of one of `count` operations, of which a tenth is made before the clock starts.
fn per_operation(count: usize, mut operation: impl FnMut(usize)) -> f64 {
    (0..count / 10).for_each(&mut operation);
    let started = Instant::now();
    (0..count).for_each(&mut operation);
    started.elapsed().as_nanos() as f64 / count as f64
}
