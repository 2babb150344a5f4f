//! Where arenas come from and go to: `PyObject_GetArenaAllocator`, `PyObject_SetArenaAllocator`.

use std::collections::BTreeMap;

use pymem_spec::Domain;

use crate::harness::arena::{ARENA_WORDS, ArenaCall, ArenaHook, arena_words};
use crate::harness::expect::{all_intact, expect, intact, usable, zeroed};
use crate::harness::hook::Arrival;
use crate::harness::{Block, Harness, Outcome, Stop};
use crate::journal::Function;

/// Size of the blocks with which arenas are filled: small also with the debug hooks' bytes around them.
const SIZE: usize = 400;
/// The largest block that comes from an arena.
const LARGEST: usize = 512;
/// Requests below this are not for arenas but, from 3.11 on, for the stacks of threads.
const LEAST: usize = 64 << 10;
/// How much is filled before there should be some arenas, whatever was free in those from before.
const BOUND: usize = 16 << 20;

/// The struct that is handed out has three words, and both its functions.
pub fn get(h: &mut Harness) -> Outcome {
    const UNTOUCHED: usize = 0xee_ee_ee_ee_ee_ee_ee_ee;
    let room = h.words_of_arenas(UNTOUCHED)?;
    if let Some(field) = (1..ARENA_WORDS).find(|field| [0, UNTOUCHED].contains(&room[*field])) {
        let seen = if room[field] == 0 { "NULL" } else { "not written" };
        return Err(Stop::fail("a struct with two functions", format!("word {field} is {seen}")));
    }
    expect(room[0] != UNTOUCHED, || ("ctx is written".into(), "it is not".into()))?;
    expect(room[ARENA_WORDS] == UNTOUCHED, || {
        ("nothing is written behind the struct".into(), "the word behind it changed".into())
    })
}

/// The ctx of the allocator from the beginning is NULL.
pub fn default_ctx(h: &mut Harness) -> Outcome {
    let ctx = h.arena_allocator()?.ctx;
    expect(ctx.is_null(), || ("NULL for its ctx".into(), "another pointer".into()))
}

/// What is set is what is got afterwards.
pub fn round_trip(h: &mut Harness) -> Outcome {
    let hook = h.hook_arenas()?;
    let got = arena_words(&h.arena_allocator()?);
    expect(got == arena_words(&hook.table()), || ("the struct that was set".into(), "another struct".into()))?;
    h.unhook_arenas(hook)
}

/// Arenas are asked for where the installed struct says.
pub fn called(h: &mut Harness) -> Outcome {
    let hook = h.hook_arenas()?;
    let blocks = fill(h, hook, 2)?;
    expect(hook.asked(LEAST) >= 2, || {
        let (count, size) = (blocks.len(), SIZE);
        ("the installed alloc is called for arenas".into(), format!("it is not, for {count} blocks of {size} bytes"))
    })?;
    let sizes = hook.calls().into_iter().filter_map(|call| match call {
        ArenaCall::Asked { size, .. } => Some(size),
        ArenaCall::Released { .. } => None,
    });
    h.note_trait("arena-size", sizes.max().unwrap_or(0) as u64);
    done(h, hook, blocks)
}

/// Both functions get the ctx of the struct.
pub fn ctx(h: &mut Harness) -> Outcome {
    let hook = h.hook_arenas()?;
    let blocks = filled(h, hook, 3)?;
    h.free_all(blocks)?;
    for call in hook.calls() {
        let (ArenaCall::Asked { ctx_is_ours, .. } | ArenaCall::Released { ctx_is_ours, .. }) = call;
        let function = if matches!(call, ArenaCall::Asked { .. }) { "alloc" } else { "free" };
        expect(ctx_is_ours, || ("ctx is that of the struct".into(), format!("{function} got another")))?;
    }
    h.unhook_arenas(hook)
}

/// An arena has the size that the version says.
pub fn size(h: &mut Harness) -> Outcome {
    let expected = h.param("arena-size") as usize;
    let hook = h.hook_arenas()?;
    let blocks = filled(h, hook, 2)?;
    for call in hook.calls() {
        let ArenaCall::Asked { size, .. } = call else { continue };
        expect(size == expected || size < LEAST, || {
            (format!("an arena of {expected} bytes is asked for"), format!("one of {size} is"))
        })?;
    }
    done(h, hook, blocks)
}

/// An arena is given back by its address and with its size.
pub fn released(h: &mut Harness) -> Outcome {
    let hook = h.hook_arenas()?;
    let blocks = filled(h, hook, 3)?;
    hook.calls();
    h.free_all(blocks)?;
    let live = hook.live();
    let calls = hook.calls();
    for call in &calls {
        let ArenaCall::Released { address, size, asked, again, .. } = *call else { continue };
        expect(!again, || ("an arena is given back once".into(), "one is given back twice".into()))?;
        let is_ours = |at: usize| live.iter().any(|(start, len)| (*start..start + len).contains(&at));
        match asked {
            Some(asked) => expect(size == asked, || {
                (format!("the size that was asked for: {asked}"), format!("another one: {size}"))
            })?,
            // Arenas from before the hook may come too.
            None => expect(!is_ours(size) && !is_ours(address), || {
                ("the address that was handed out, and its size".into(), "something else".into())
            })?,
        }
    }
    let some = calls.iter().any(|call| matches!(call, ArenaCall::Released { asked: Some(_), .. }));
    h.unhook_arenas(hook)?;
    if some { Ok(()) } else { Err(Stop::Skip("no arena was given back".into())) }
}

/// Empty arenas are given back, but for one.
pub fn released_when_empty(h: &mut Harness) -> Outcome {
    let hook = h.hook_arenas()?;
    let blocks = filled(h, hook, 4)?;
    h.free_all(blocks)?;
    let kept = hook.live().iter().filter(|(_, size)| *size >= LEAST).count();
    expect(kept <= 1, || ("at most one empty arena is kept".into(), format!("{kept} are")))?;
    h.unhook_arenas(hook)
}

/// A block lies within one arena, and an arena with a live block is not given back.
pub fn live_blocks(h: &mut Harness) -> Outcome {
    let hook = h.hook_arenas()?;
    let mut blocks = filled(h, hook, 3)?;
    let arenas = hook.live();
    let mut live: BTreeMap<usize, usize> = BTreeMap::new();
    for block in &blocks {
        let Some((start, size)) = arenas.iter().find(|(start, size)| touches(block, *start, *size)) else { continue };
        let within = block.address >= *start && block.address + block.size <= start + size;
        expect(within, || ("a block lies within its arena".into(), format!("{} does not", block.name)))?;
        *live.entry(*start).or_default() += 1;
    }
    blocks.iter_mut().for_each(Block::fill);
    // In an order in which arenas become empty late, and at different times.
    fastrand::Rng::with_seed(h.seed()).shuffle(&mut blocks);
    hook.calls();
    for block in blocks {
        intact(&block)?;
        if let Some((start, _)) = arenas.iter().find(|(start, size)| touches(&block, *start, *size)) {
            *live.entry(*start).or_default() -= 1;
        }
        h.free(block)?;
        for call in hook.calls() {
            let ArenaCall::Released { address, .. } = call else { continue };
            let left = live.get(&address).copied().unwrap_or(0);
            expect(left == 0, || {
                ("an arena with a live block stays".into(), format!("one with {left} was given back"))
            })?;
        }
    }
    h.unhook_arenas(hook)
}

/// While arenas are refused nothing is lost, and afterwards all is as before.
pub fn refusal(h: &mut Harness) -> Outcome {
    const MORE: usize = 3000;
    let hook = h.hook_arenas()?;
    let mut blocks = filled(h, hook, 1)?;
    blocks.iter_mut().for_each(Block::fill);
    hook.refuse(true);
    let mut count = 0;
    for _ in 0..BOUND / SIZE {
        if count == MORE {
            break;
        }
        count += usize::from(hook.refused() > 0);
        let calloc = count % 2 > 0;
        let next = if calloc { h.try_calloc(2, SIZE / 2)? } else { h.try_malloc(SIZE)? };
        next.iter().filter(|_| calloc).try_for_each(zeroed)?;
        blocks.extend(next);
        let grown = blocks.len() / 2;
        if count % 16 == 0 {
            let size = blocks[grown].size;
            h.try_realloc(&mut blocks[grown], size + 8)?;
        }
        blocks.last_mut().into_iter().try_for_each(usable)?;
    }
    hook.refuse(false);
    if hook.refused() == 0 {
        return Err(Stop::Skip("no arena was asked for".into()));
    }
    all_intact(&blocks)?;
    h.free_all(blocks)?;
    for _ in 0..100 {
        let mut block = h.malloc(SIZE)?;
        usable(&mut block)?;
        h.free(block)?;
    }
    h.unhook_arenas(hook)
}

/// What no arena can be had for is served by raw.
pub fn refusal_served(h: &mut Harness) -> Outcome {
    const MORE: usize = 500;
    served_by_arenas(h)?;
    let hook = h.hook_arenas()?;
    hook.refuse(true);
    let raw = h.hook(Domain::Raw)?;
    let mut blocks = Vec::new();
    let mut from_raw = 0;
    while from_raw < MORE && blocks.len() * SIZE < BOUND {
        raw.arrivals();
        let block = h.try_malloc(SIZE)?;
        // With what is kept around it.
        let is_it = |a: &Arrival| a.function == Function::Malloc && (SIZE..SIZE + 128).contains(&a.size);
        let served = raw.arrivals().iter().any(is_it);
        let refused = hook.refused() > 0;
        expect(block.is_some(), || ("a block: raw has memory".into(), "NULL".into()))?;
        expect(served || from_raw == 0, || ("raw is asked for it".into(), "it is not".into()))?;
        expect(refused || !served, || ("an arena is asked for first".into(), "raw is".into()))?;
        from_raw += usize::from(served);
        blocks.extend(block);
    }
    expect(from_raw > 0, || ("raw is asked where no arena is to be had".into(), "it is not".into()))?;
    hook.refuse(false);
    h.free_all(blocks)?;
    h.unhook(raw)?;
    h.unhook_arenas(hook)
}

/// What was there before can be put back, and is asked for arenas again.
pub fn restores(h: &mut Harness) -> Outcome {
    let before = arena_words(&h.arena_allocator()?);
    let hook = h.hook_arenas()?;
    let first = filled(h, hook, 1)?;
    h.unhook_arenas(hook)?;
    let got = arena_words(&h.arena_allocator()?);
    expect(got == before, || ("the struct from before".into(), "another one".into()))?;
    hook.calls();
    let mut second = Vec::new();
    for _ in 0..(4 << 20) / SIZE {
        second.push(h.malloc(SIZE)?);
    }
    let asked = hook.calls().iter().any(|call| matches!(call, ArenaCall::Asked { .. }));
    expect(!asked, || ("the hook is not asked any more".into(), "it is".into()))?;
    h.free_all(first)?;
    h.free_all(second)
}

/// The arena allocator from the beginning gives zeroed pages.
pub fn default_from_system(h: &mut Harness) -> Outcome {
    if h.param("arenas-from-the-system") == 0 {
        return Err(Stop::Skip("without pymalloc the C library serves them".into()));
    }
    for size in [0x1_0000, 0x4_0000, 0x10_0000] {
        for _ in 0..2 {
            let mut arena = h.arena(size)?;
            let offset = arena.address() % crate::PAGE;
            expect(offset == 0, || ("an arena begins at a page".into(), format!("it begins {offset} bytes after")))?;
            let nonzero = arena.bytes_mut().iter().position(|byte| *byte != 0);
            expect(nonzero.is_none(), || ("an arena is zeroed".into(), "a byte of it is not".into()))?;
            // The next one may get the same memory.
            arena.bytes_mut().fill(0xa5);
            arena.release();
        }
    }
    Ok(())
}

/// No arena is asked for what pymalloc does not serve.
pub fn unused(h: &mut Harness) -> Outcome {
    let limit = h.param("arena-limit") as usize;
    let sizes = if limit == 0 { vec![SIZE, 600] } else { vec![first_large(limit), 600] };
    let hook = h.hook_arenas()?;
    let mut blocks = Vec::new();
    for _ in 0..(1 << 20) / SIZE {
        for size in &sizes {
            blocks.push(h.malloc(*size)?);
        }
    }
    let asked = hook.asked(LEAST);
    expect(asked == 0, || ("no arena is asked for".into(), format!("{asked} are, for blocks of {sizes:?} bytes")))?;
    done(h, hook, blocks)
}

/// Arenas go back to what is installed then, whoever gave them.
pub fn released_by_current(h: &mut Harness) -> Outcome {
    served_by_arenas(h)?;
    let blocks = (0..(4 << 20) / SIZE).map(|_| h.malloc(SIZE)).collect::<Result<Vec<_>, _>>()?;
    let hook = h.hook_arenas()?;
    h.free_all(blocks)?;
    let foreign = hook.calls().iter().any(|call| matches!(call, ArenaCall::Released { asked: None, .. }));
    expect(foreign, || ("arenas from before come back to the hook".into(), "none does".into()))?;
    h.unhook_arenas(hook)
}

/// The n-th arena is refused, for each n: nothing else is, and nothing is lost.
pub fn failure_sweep(h: &mut Harness) -> Outcome {
    const ARENAS: usize = 3;
    const RUNS: usize = 3;
    let raw = h.hook(Domain::Raw)?;
    let hook = h.hook_arenas()?;
    let blocks = filled(h, hook, ARENAS)?;
    let count = blocks.len();
    h.free_all(blocks)?;
    // As many blocks each time: an allocator may keep its arenas, but then uses them again.
    let run = |h: &mut Harness, n: usize| {
        hook.refuse_nth(n as u64);
        let mut blocks = Vec::new();
        for _ in 0..count {
            let refused = hook.refused();
            let block = h.try_malloc(SIZE)?;
            expect(block.is_some() || hook.refused() > refused, || {
                ("a block: no arena was refused for it".into(), "NULL".into())
            })?;
            blocks.extend(block);
        }
        hook.refuse_nth(0);
        blocks.iter_mut().for_each(Block::fill);
        all_intact(&blocks)?;
        h.free_all(blocks)?;
        Ok((hook.live().len(), raw.outstanding()))
    };
    for n in 0..ARENAS {
        let mut before = run(h, n)?;
        let mut grown = 0;
        // What is kept for good may be asked for as well, but not more of it with every run.
        while grown < RUNS {
            let after = run(h, n)?;
            if after.0 <= before.0 && after.1 <= before.1 {
                break;
            }
            (before, grown) = (after, grown + 1);
        }
        expect(grown < RUNS, || {
            ("arenas and blocks of raw go back".into(), format!("more stay with each run that refuses arena {n}"))
        })?;
    }
    h.unhook_arenas(hook)?;
    h.unhook(raw)
}

/// Blocks until so many arenas were asked for, or so much is filled that it should have been.
fn fill(h: &mut Harness, hook: &ArenaHook, arenas: usize) -> Result<Vec<Block>, Stop> {
    served_by_arenas(h)?;
    hook.calls();
    let mut blocks = Vec::new();
    for _ in 0..BOUND / SIZE {
        if hook.asked(LEAST) >= arenas {
            break;
        }
        let refused = hook.refused();
        match h.try_malloc(SIZE)? {
            Some(block) => blocks.push(block),
            None if hook.refused() == refused => return Err(Stop::OutOfMemory),
            None => {}
        }
    }
    Ok(blocks)
}

/// The same, where that is not the question.
fn filled(h: &mut Harness, hook: &ArenaHook, arenas: usize) -> Result<Vec<Block>, Stop> {
    let blocks = fill(h, hook, arenas)?;
    if hook.asked(LEAST) < arenas { Err(Stop::Skip("no arena was asked for".into())) } else { Ok(blocks) }
}

fn done(h: &mut Harness, hook: &ArenaHook, blocks: Vec<Block>) -> Outcome {
    h.free_all(blocks)?;
    h.unhook_arenas(hook)
}

fn served_by_arenas(h: &Harness) -> Outcome {
    if h.param("arena-limit") > 0 { Ok(()) } else { Err(Stop::Skip(format!("no arenas serve {} here", h.domain()))) }
}

/// A block of that size is served by raw: what arenas serve, and the most that debug hooks keep around it.
fn first_large(limit: usize) -> usize {
    if limit == LARGEST { limit + 1 } else { LARGEST - 23 }
}

fn touches(block: &Block, start: usize, size: usize) -> bool {
    block.address < start + size && start < block.address + block.size
}
