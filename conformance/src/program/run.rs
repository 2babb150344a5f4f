//! Runs a program and verifies every step.

use std::time::{Duration, Instant};

use fastrand::Rng;
use pymem_spec::Domain;

use super::coverage::Coverage;
use super::{Op, Program, SLOTS, Scope, Seed};
use crate::harness::expect::{aligned, intact, zeroed};
use crate::harness::{Apart, Block, Harness, Outcome, Stop};
use crate::tape;

/// A program that failed is run so often, or until it fails: what came before may have mattered.
const ROUNDS: usize = 8;
/// As many blocks of a size are asked for at most where nothing is to be left.
const MOST_OF_A_SIZE: usize = 1024;
/// Time that must be left for another program to be begun.
const SPARE: Duration = Duration::from_millis(200);

/// Runs a random program. Under `--deep`, first those that failed before, and then one after another until the share of
/// time is spent, each for a situation that came about least so far.
///
/// # Errors
/// Those of [`run`].
pub fn run_random(h: &mut Harness, length: usize, domains: &[Domain]) -> Outcome {
    if !h.deep() && !h.again() {
        let program = Program::random(Seed::plain(h.seed()).0, length, &Scope::calls(domains));
        tape::begin();
        return run(h, &program);
    }
    let domains = domains.to_vec();
    let scope = Scope { domains, hookable: h.hookable(), threads: h.has_threads(), squeezes: true };
    if h.again() {
        return run_again(h, length, &scope);
    }
    let mut rng = Rng::with_seed(h.seed());
    let mut coverage = Coverage::of(&scope.around());
    // What failed before must not take all the time.
    let begun = Instant::now();
    let enough = begun + h.deadline().saturating_duration_since(begun) / 3;
    let before = h.failed_before().iter().copied().take_while(|_| Instant::now() < enough);
    let mut known = before.chain([Seed::plain(h.seed()).0]);
    let mut programs = 0;
    let outcome = loop {
        let seed = known.next().unwrap_or_else(|| Seed::seeking(coverage.rarest(&mut rng), &mut rng).0);
        let program = Program::random(seed, length, &scope);
        h.note_seed(seed);
        tape::begin();
        let outcome = match run(h, &program) {
            // The last one may be cut short.
            Err(Stop::OutOfTime { .. }) if programs > 0 => break Ok(()),
            outcome => outcome,
        };
        programs += 1;
        coverage.begin();
        let mut slots = vec![None; usize::from(SLOTS)];
        program.ops.iter().for_each(|op| op.note(&mut coverage, &mut slots));
        if outcome.is_err() || Instant::now() + SPARE >= h.deadline() {
            break outcome;
        }
    };
    h.note_trait("random-programs", programs);
    h.note_trait("situations", coverage.exercised() as u64);
    h.note_trait("situations-possible", coverage.possible() as u64);
    outcome
}

/// Runs the programs of which the last one failed, and that one again if it passes.
fn run_again(h: &mut Harness, length: usize, scope: &Scope) -> Outcome {
    tape::begin();
    let seeds = h.failed_before();
    let last = seeds.last().map(|last| std::iter::repeat_n(last, ROUNDS - 1));
    seeds.iter().chain(last.into_iter().flatten()).try_for_each(|seed| run(h, &Program::random(*seed, length, scope)))
}

/// Runs a program. After each operation it is verified that blocks overlap no
/// live block, are aligned, are zero after calloc, and that what was written is
/// still there when a block is resized, verified or freed. Refused requests are
/// passed over: they are legal.
///
/// # Errors
/// The first step that does not hold, or why the program could not go on.
pub fn run(h: &mut Harness, program: &Program) -> Outcome {
    run_watched(h, program, |_| Ok(()))
}

/// Runs a program as [`run`] does, and tells `watch` after each operation how many requests were refused so far.
///
/// # Errors
/// Those of [`run`], and those of `watch`.
pub fn run_watched(h: &mut Harness, program: &Program, mut watch: impl FnMut(u64) -> Outcome) -> Outcome {
    let mut runner = Runner {
        slots: (0..SLOTS).map(|_| None).collect(),
        apart: Apart::default(),
        alignment_cap: h.param("alignment-cap") as usize,
        refused: 0,
        hoard: Vec::new(),
    };
    for (done, op) in program.ops.iter().enumerate() {
        h.note_progress(done, program.ops.len());
        runner.step(h, *op)?;
        watch(runner.refused)?;
    }
    h.settle()?;
    runner.give_back(h)?;
    runner.slots.into_iter().flatten().try_for_each(|block| {
        intact(&block)?;
        h.free(block)
    })
}

struct Runner {
    slots: Vec<Option<Block>>,
    apart: Apart,
    alignment_cap: usize,
    refused: u64,
    /// What was asked for so that nothing is left.
    hoard: Vec<Block>,
}

impl Runner {
    #[inline]
    fn step(&mut self, h: &mut Harness, op: Op) -> Outcome {
        match op {
            Op::Malloc { domain, slot, size } => {
                self.free(h, slot)?;
                let block = h.in_domain(domain, |h| h.try_malloc(size as usize))?;
                self.enter(slot, block)
            }
            Op::Calloc { domain, slot, nelem, elsize } => {
                self.free(h, slot)?;
                let block = h.in_domain(domain, |h| h.try_calloc(nelem as usize, elsize as usize))?;
                block.as_ref().map_or(Ok(()), zeroed)?;
                self.enter(slot, block)
            }
            Op::Realloc { domain, slot, size } => self.realloc(h, domain, slot, size as usize),
            Op::Free { slot } => self.free(h, slot),
            Op::Verify { slot } => self.slots[usize::from(slot)].as_ref().map_or(Ok(()), intact),
            Op::GoOnIn { thread } => {
                h.go_on_in(thread);
                Ok(())
            }
            Op::EndThread { thread } => {
                h.end_thread(thread);
                Ok(())
            }
            Op::Squeeze { refuses } => {
                h.squeeze(refuses);
                self.give_back(h)
            }
            Op::Exhaust { domain, size } => self.exhaust(h, domain, size as usize),
            Op::Hook { domain, refused } => h.lay(domain, u64::from(refused)),
            Op::Unhook => h.lift(),
        }
    }

    /// Takes a new block in: checked, filled, put into its slot.
    #[inline]
    fn enter(&mut self, slot: u16, block: Option<Block>) -> Outcome {
        let Some(mut block) = block else {
            self.refused += 1;
            return Ok(());
        };
        self.apart.insert(&block)?;
        aligned(&block, self.alignment_cap)?;
        block.fill();
        self.slots[usize::from(slot)] = Some(block);
        Ok(())
    }

    #[inline]
    fn free(&mut self, h: &mut Harness, slot: u16) -> Outcome {
        let Some(block) = self.slots[usize::from(slot)].take() else { return Ok(()) };
        intact(&block)?;
        self.apart.remove(&block);
        h.free(block)
    }

    /// Asks for ever smaller blocks, of each size until one is refused, and at last for those of one size.
    fn exhaust(&mut self, h: &mut Harness, domain: Domain, size: usize) -> Outcome {
        for size in [1 << 20, 64 << 10, 4 << 10, 512, 48, 16, size] {
            for _ in 0..(64 << 20 >> size.max(1).ilog2()).min(MOST_OF_A_SIZE) {
                let Some(block) = h.in_domain(domain, |h| h.try_malloc(size))? else { break };
                self.apart.insert(&block)?;
                self.hoard.push(block);
            }
        }
        Ok(())
    }

    fn give_back(&mut self, h: &mut Harness) -> Outcome {
        let hoard = std::mem::take(&mut self.hoard);
        hoard.iter().for_each(|block| self.apart.remove(block));
        h.free_all(hoard)
    }

    fn realloc(&mut self, h: &mut Harness, domain: Domain, slot: u16, size: usize) -> Outcome {
        let Some(mut block) = self.slots[usize::from(slot)].take() else {
            let block = h.in_domain(domain, |h| h.try_realloc_null(size))?;
            return self.enter(slot, block);
        };
        intact(&block)?;
        self.apart.remove(&block);
        let resized = h.try_realloc(&mut block, size)?;
        intact(&block)?;
        if !resized && size == 0 && !h.may_refuse() {
            return Err(Stop::fail("a block of zero bytes, not NULL", "NULL"));
        }
        self.refused += u64::from(!resized);
        self.enter(slot, Some(block))
    }
}
