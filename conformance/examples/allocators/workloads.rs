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
    // Fills the holes that the target's own start has left, which would be memory for nothing, and makes the code
    // resident that does the work.
    let mut before = Population::nobody(calls, BLOCKS / 10);
    before.fill();
    before.renew_half();
    let mut population = Population::nobody(calls, BLOCKS);
    let resident_before = resident::reset_peak();
    let started = Instant::now();
    population.fill();
    let mut most = population.bytes;
    for _ in 0..2 {
        population.renew_half();
        most = most.max(population.bytes);
    }
    let grown = resident::peak() - resident_before;
    let operations = population.allocated;
    drop(population);
    let nanoseconds = started.elapsed().as_nanos() as f64 / operations as f64;
    Measured { nanoseconds, memory: Some(grown as f64 / most as f64) }
}

/// Live blocks with their sizes.
struct Population<C: Calls> {
    calls: C,
    sizes: Sizes,
    random: Rng,
    live: Vec<(*mut c_void, u16)>,
    /// Sum of the sizes.
    bytes: usize,
    /// How many blocks there were in all.
    allocated: usize,
}

impl<C: Calls> Population<C> {
    /// Room for so many blocks, which is resident.
    fn nobody(calls: C, blocks: usize) -> Self {
        let mut live = vec![(ptr::null_mut(), 1); blocks];
        live.fill((ptr::null_mut(), 0));
        Self { calls, sizes: Sizes::python_like(), random: Rng::with_seed(3), live, bytes: 0, allocated: 0 }
    }

    fn fill(&mut self) {
        (0..self.live.len()).for_each(|index| self.allocate(index));
    }

    /// Frees a random half, and puts others in its place.
    fn renew_half(&mut self) {
        // The same numbers twice: which ones go must not take memory that is measured.
        let again = self.random.clone();
        for index in 0..self.live.len() {
            if self.random.bool() {
                self.free(index);
            }
        }
        let mut random = again;
        for index in 0..self.live.len() {
            if random.bool() {
                self.allocate(index);
            }
        }
    }

    fn allocate(&mut self, index: usize) {
        let size = self.sizes.at(self.allocated);
        self.live[index] = (self.calls.malloc(size), size as u16);
        self.bytes += size;
        self.allocated += 1;
    }

    fn free(&mut self, index: usize) {
        let (block, size) = std::mem::replace(&mut self.live[index], (ptr::null_mut(), 0));
        // SAFETY: NULL, or live and freed once.
        unsafe { self.calls.free(block) };
        self.bytes -= usize::from(size);
    }
}

impl<C: Calls> Drop for Population<C> {
    fn drop(&mut self) {
        (0..self.live.len()).for_each(|index| self.free(index));
    }
}

/// Nanoseconds of one of `count` operations, of which a tenth is made before the clock starts.
fn per_operation(count: usize, mut operation: impl FnMut(usize)) -> f64 {
    (0..count / 10).for_each(&mut operation);
    let started = Instant::now();
    (0..count).for_each(&mut operation);
    started.elapsed().as_nanos() as f64 / count as f64
}
