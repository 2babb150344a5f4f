//! Several threads.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex, mpsc};
use std::time::{Duration, Instant};

use crate::harness::expect::{aligned, intact};
use crate::harness::threads::Hand;
use crate::harness::{Block, Growth, Harness, Outcome, Stop};
use crate::oracle::pattern::first_nonzero;
use crate::sandbox::keeper::signal_name;
use crate::sandbox::provoke::{End, await_end};
use crate::sandbox::{process, sys};

/// Threads at once.
const THREADS: usize = 4;
/// Threads at once where they have little to do.
const MANY_THREADS: usize = 100;
/// Rounds of each, a quarter of them where sweeps are not wide.
const ROUNDS: usize = 4_000;
/// Blocks that a thread holds.
const HELD: usize = 48;

/// Several threads call at once, with no lock of their own.
pub fn concurrent(h: &mut Harness) -> Outcome {
    if !h.may_call_concurrently() {
        return Err(Stop::Skip("this domain is called by one thread at a time here".into()));
    }
    let rounds = rounds(h);
    let all_held = Barrier::new(THREADS);
    h.in_threads(THREADS, |hand, number| {
        // While hardly anything is held, the least that a thread can ask for is served.
        let empty = hand.malloc(0);
        all_held.wait();
        let Some(empty) = empty? else { return Err(Stop::SmallRefusal { size: 0 }) };
        hand.free(empty)?;
        churn(hand, number as u64, rounds)
    })?;
    let many = if h.wide() { MANY_THREADS } else { THREADS };
    // Each is known to the target before the first one ends.
    let all_came = Barrier::new(many);
    h.in_threads(many, |hand, number| {
        let first = hand.malloc(1);
        all_came.wait();
        first?.map_or(Ok(()), |block| hand.free(block))?;
        churn(hand, number as u64, rounds / 40)
    })?;
    Ok(())
}

/// A block may be freed and resized by another thread than the one that asked
/// for it, while both go on.
pub fn foreign_free(h: &mut Harness) -> Outcome {
    let turns = h.turns()?;
    let shelf: Mutex<Vec<Block>> = Mutex::new(Vec::new());
    let rounds = rounds(h) / 128;
    h.in_threads(THREADS, |hand, number| {
        let mut random = fastrand::Rng::with_seed(number as u64);
        for round in 0..rounds {
            hand.note_progress(round, rounds);
            turns.take(|| (0..32).try_for_each(|step| exchange(hand, &shelf, &mut random, round * 32 + step)))?;
        }
        Ok(())
    })?;
    turns.end();
    for block in shelf.into_inner().unwrap_or_default() {
        intact(&block)?;
        h.free(block)?;
    }
    foreign_frees_are_reused(h)
}

/// What one thread asks for and another frees is usable again: memory does not
/// grow as if it were not.
fn foreign_frees_are_reused(h: &mut Harness) -> Outcome {
    /// Blocks in one crate.
    const CRATE: usize = 128;
    /// Crates between two looks at memory.
    const WINDOW: u64 = 16;
    let large: &[usize] = if h.wide() { &[2_000, 10_000, 50_000, 100_000, 300_000] } else { &[2_000, 10_000, 50_000] };
    let turns = h.turns()?;
    let (full, unload) = mpsc::sync_channel::<Vec<Block>>(1);
    let ends = Mutex::new((Some(full), Some(unload)));
    let result = h.in_threads(2, |hand, number| {
        if number == 0 {
            let Some(unload) = lock(&ends).1.take() else { return Ok(()) };
            for blocks in unload {
                turns.take(|| blocks.into_iter().try_for_each(|block| hand.free(block)))?;
            }
            return Ok(());
        }
        let Some(full) = lock(&ends).0.take() else { return Ok(()) };
        let mut growth = Growth::start()?;
        for crates in 1_u64.. {
            let blocks = turns.take(|| {
                let sizes = (0..CRATE).map(|index| large.get(index).copied().unwrap_or(40 + (index * 37) % 900));
                let blocks = sizes.map(|size| Ok(hand.malloc(size)?.map(touched)));
                Ok(blocks.collect::<Result<Vec<_>, Stop>>()?.into_iter().flatten().collect())
            })?;
            if full.send(blocks).is_err() || (crates.is_multiple_of(WINDOW) && growth.has_stopped()?) {
                break;
            }
        }
        Ok(())
    });
    turns.end();
    result.map(drop)
}

fn touched(mut block: Block) -> Block {
    block.fill();
    block
}

/// Puts a block on the shelf, and takes an older one off it.
fn exchange(hand: &mut Hand, shelf: &Mutex<Vec<Block>>, random: &mut fastrand::Rng, round: usize) -> Outcome {
    if let Some(mut block) = hand.malloc(size(random))? {
        block.fill();
        lock(shelf).push(block);
    }
    if round % 8 >= 6 {
        return Ok(());
    }
    let taken = {
        let mut shelf = lock(shelf);
        (!shelf.is_empty()).then(|| shelf.remove(0))
    };
    let Some(mut block) = taken else { return Ok(()) };
    intact(&block)?;
    if round.is_multiple_of(5) && hand.realloc(&mut block, size(random))? {
        intact(&block)?;
    }
    hand.free(block)
}

/// Blocks outlive the thread that asked for them, however many threads there have
/// been.
pub fn exit(h: &mut Harness) -> Outcome {
    let rounds = if h.wide() { 6 } else { 2 };
    let fleeting = if h.wide() { 400 } else { 40 };
    h.sweep(0..rounds, |h, _| {
        let turns = h.turns()?;
        let kept = h.in_threads(THREADS, |hand, number| turns.take(|| leave_blocks(hand, number)))?;
        turns.end();
        for block in kept.into_iter().flatten() {
            intact(&block)?;
            h.free(block)?;
        }
        Ok(())
    })?;
    short_lives(h, fleeting)
}

/// Threads that each allocate, free and end, a few at a time: the last is served like
/// the first. They hold so little that a refusal is none of want.
fn short_lives(h: &mut Harness, threads: usize) -> Outcome {
    h.sweep(0..threads / THREADS, |h, _| {
        let turns = h.turns()?;
        h.in_threads(THREADS, |hand, number| {
            turns.take(|| {
                let size = 16 + number;
                let blocks = (0..3).map(|_| hand.malloc(size)).collect::<Result<Vec<_>, _>>()?;
                blocks.into_iter().try_for_each(|block| {
                    let block = block.ok_or(Stop::SmallRefusal { size: size as u64 })?;
                    hand.free(touched(block))
                })
            })
        })?;
        turns.end();
        Ok(())
    })
}

/// Asks for blocks, frees a third of them, and leaves the rest.
fn leave_blocks(hand: &mut Hand, number: usize) -> Result<Vec<Block>, Stop> {
    let mut random = fastrand::Rng::with_seed(number as u64 + 100);
    let mut blocks = Vec::new();
    for round in 0..200 {
        let Some(mut block) = hand.malloc(size(&mut random))? else { continue };
        block.fill();
        blocks.push(block);
        if round % 3 == 0 {
            hand.free(blocks.swap_remove(0))?;
        }
    }
    Ok(blocks)
}

/// Where only one thread may call at a time, blocks are handed from thread to
/// thread: each resizes and frees what another asked for.
pub fn hand_over(h: &mut Harness) -> Outcome {
    let turns = h.turns()?;
    let shelf: Mutex<Vec<Block>> = Mutex::new(Vec::new());
    let rounds = if h.wide() { 12 } else { 4 };
    h.in_threads(THREADS, |hand, number| {
        let mut random = fastrand::Rng::with_seed(number as u64 + 7);
        for round in 0..rounds {
            hand.note_progress(round, rounds);
            turns.take(|| {
                let mut shelf = lock(&shelf);
                for mut block in shelf.drain(..).collect::<Vec<_>>() {
                    intact(&block)?;
                    if hand.realloc(&mut block, size(&mut random))? {
                        intact(&block)?;
                    }
                    hand.free(block)?;
                }
                for _ in 0..150 {
                    if let Some(mut block) = hand.malloc(size(&mut random))? {
                        block.fill();
                        shelf.push(block);
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    turns.end();
    for block in shelf.into_inner().unwrap_or_default() {
        intact(&block)?;
        h.free(block)?;
    }
    Ok(())
}

/// A child forked while other threads allocate can allocate and free.
pub fn fork(h: &mut Harness) -> Outcome {
    if process::may_be_cloned() {
        h.in_threads(1, |hand, _| in_forking_copy(hand))?;
    }
    let over = AtomicBool::new(false);
    let deadline = h.deadline();
    let forks = if h.wide() { 4 } else { 2 };
    h.in_threads(3, |hand, number| {
        if number > 0 {
            while !over.load(Ordering::Relaxed) {
                churn(hand, number as u64, 200)?;
            }
            return Ok(());
        }
        let mut result = Ok(());
        for _ in 0..forks {
            result = in_forked_child(hand);
            if result.is_err() || Instant::now() >= deadline {
                break;
            }
        }
        over.store(true, Ordering::Relaxed);
        result
    })?;
    Ok(())
}

/// How long a forked process may take for some hundred operations.
const LIMIT: Duration = Duration::from_millis(1000);

/// Forks in a copy of this process, which then allocates and frees: what hangs if a fork leaves
/// its parent without the allocator is the copy.
fn in_forking_copy(hand: &mut Hand) -> Outcome {
    // SAFETY: the only thread that calls the target; the copy leaves by `exit_now`.
    let copy = unsafe { sys::fork_unannounced() }.map_err(no_process)?;
    if copy == 0 {
        // SAFETY: as above; the child leaves at once.
        let Ok(child) = (unsafe { sys::fork() }) else { sys::exit_now(0) };
        if child == 0 {
            sys::exit_now(0);
        }
        // Not asleep, or who waits for the copy would take it for stuck.
        while sys::reap(Some(child)).is_none() {
            std::thread::yield_now();
        }
        sys::exit_now(i32::from(matches!(churn(hand, 9, 400), Err(Stop::Fail { .. }))));
    }
    went_well(copy, "a process that forked allocates, frees and ends")
}

/// Forks; the child allocates and frees beside blocks that the parent made; its
/// end tells how that went.
fn in_forked_child(hand: &mut Hand) -> Outcome {
    let mut inherited = Vec::new();
    for size in (1..700).step_by(7) {
        let Some(mut block) = hand.malloc(size)? else { return Err(Stop::OutOfMemory) };
        block.fill();
        inherited.push(block);
    }
    // SAFETY: the child calls the target, which is under test for just that,
    // and leaves by `exit_now`.
    let child = unsafe { sys::fork() }.map_err(no_process)?;
    if child == 0 {
        // Time that is spent, or a request that is refused, is no damage.
        let damaged = matches!(live_on(hand, inherited), Err(Stop::Fail { .. }));
        sys::exit_now(i32::from(damaged));
    }
    went_well(child, "the forked child allocates, frees and ends")?;
    inherited.into_iter().try_for_each(|block| {
        intact(&block)?;
        hand.free(block)
    })
}

fn no_process(error: io::Error) -> Stop {
    Stop::Skip(format!("no process could be made: {error}"))
}

/// Waits for a forked process, which exits with 0 if it found nothing wrong.
fn went_well(child: i32, expected: &str) -> Outcome {
    match await_end(child, LIMIT) {
        End::Exited(0) => Ok(()),
        End::Exited(_) => Err(Stop::fail(expected, "its blocks were damaged")),
        End::Killed(signal) => Err(Stop::fail(expected, format!("{} killed it", signal_name(signal)))),
        End::Hung => Err(Stop::fail(expected, "it hangs")),
    }
}

/// What the forked child does.
fn live_on(hand: &mut Hand, inherited: Vec<Block>) -> Outcome {
    churn(hand, 9, 400)?;
    inherited.iter().try_for_each(intact)?;
    inherited.into_iter().try_for_each(|block| hand.free(block))?;
    churn(hand, 10, 200)
}

/// Replaces blocks at random and verifies them.
fn churn(hand: &mut Hand, seed: u64, rounds: usize) -> Outcome {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut held: Vec<Option<Block>> = (0..HELD).map(|_| None).collect();
    for round in 0..rounds {
        hand.note_progress(round, rounds);
        let slot = &mut held[random.usize(..HELD)];
        match slot.take() {
            None => *slot = fresh(hand, &mut random)?,
            Some(mut block) => {
                intact(&block)?;
                if round % 4 == 0 && hand.realloc(&mut block, size(&mut random))? {
                    intact(&block)?;
                    block.fill();
                    *slot = Some(block);
                } else {
                    hand.free(block)?;
                }
            }
        }
    }
    held.into_iter().flatten().try_for_each(|block| {
        intact(&block)?;
        hand.free(block)
    })
}

fn fresh(hand: &mut Hand, random: &mut fastrand::Rng) -> Result<Option<Block>, Stop> {
    let zeroed = random.u8(..3) == 0;
    let size = size(random);
    let block = if zeroed { hand.calloc(size) } else { hand.malloc(size) }?;
    let Some(mut block) = block else { return Ok(None) };
    if zeroed && first_nonzero(block.bytes()).is_some() {
        return Err(Stop::fail("all bytes of a zeroed block are zero", "one is not"));
    }
    aligned(&block, hand.alignment_cap())?;
    block.fill();
    Ok(Some(block))
}

fn rounds(h: &Harness) -> usize {
    if h.wide() { ROUNDS } else { ROUNDS / 4 }
}

fn size(random: &mut fastrand::Rng) -> usize {
    match random.u8(..40) {
        39 => 0,
        0 => random.usize(513..20_000),
        1..=10 => random.usize(65..=512),
        _ => random.usize(1..=64),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
