//! `PyMem_GetAllocator` and `PyMem_SetAllocator`.

use std::ptr;

use pymem_abi::bindings::PyMemAllocatorEx;
use pymem_spec::Domain;

use crate::harness::expect::{expect, intact, zeroed};
use crate::harness::hook::{Arrival, Hook, WORDS, words};
use crate::harness::{Harness, Outcome, Stop};
use crate::journal::Function;
use crate::program;

/// `PY_SSIZE_T_MAX`.
const SSIZE_MAX: usize = isize::MAX as usize;
/// Numbers that are no domain's.
const UNKNOWN: [u32; 3] = [3, 99, u32::MAX];

/// The struct that is handed out has five words, and all its functions.
pub fn get(h: &mut Harness) -> Outcome {
    const UNTOUCHED: usize = 0xee_ee_ee_ee_ee_ee_ee_ee;
    let room = h.words_of(h.domain() as u32, UNTOUCHED)?;
    if let Some(field) = (1..WORDS).find(|field| [0, UNTOUCHED].contains(&room[*field])) {
        let seen = if room[field] == 0 { "NULL" } else { "not written" };
        return Err(Stop::fail("a struct with four functions", format!("word {field} is {seen}")));
    }
    expect(room[WORDS] == UNTOUCHED, || {
        ("nothing is written behind the struct".into(), "the word behind it changed".into())
    })
}

/// In 3.4 the struct has four words, and no calloc.
pub fn get_without_calloc(h: &mut Harness) -> Outcome {
    const FIELDS: usize = WORDS - 1;
    const UNTOUCHED: usize = 0xee_ee_ee_ee_ee_ee_ee_ee;
    let room = h.words_of(h.domain() as u32, UNTOUCHED)?;
    let whole = room[1..FIELDS].iter().all(|word| ![0, UNTOUCHED].contains(word));
    expect(whole, || ("a struct with three functions".into(), "one of them is NULL, or not written".into()))?;
    expect(room[FIELDS] == UNTOUCHED, || {
        ("nothing is written behind the struct".into(), "the word behind it changed".into())
    })
}

/// The limit on sizes holds below the API too.
pub fn direct_limits(h: &mut Harness) -> Outcome {
    let direct = h.direct()?;
    for size in [SSIZE_MAX + 1, usize::MAX - 64] {
        let block = direct.malloc(h, size);
        expect(block.is_err(), || (format!("NULL for {size} bytes"), "a block".into()))?;
    }
    Ok(())
}

/// Who asks for an allocator while another thread sets it gets one or the other, and never a mixture.
pub fn locked(h: &mut Harness) -> Outcome {
    const ROUNDS: usize = 20_000;
    let before = h.allocator_of(h.domain())?;
    let hook = h.hook(h.domain())?;
    let both = [words(&before), words(&hook.table())];
    let mixture = h.exchange_while_asking([before, hook.table()], ROUNDS, &both)?;
    h.unhook(hook)?;
    expect(mixture.is_none(), || ("one of two structs".into(), "words of both".into()))
}

/// What is set is what is got afterwards.
pub fn round_trip(h: &mut Harness) -> Outcome {
    let hook = h.hook(h.domain())?;
    let got = words(&h.allocator_of(h.domain())?);
    expect(got == words(&hook.table()), || ("the struct that was set".into(), "another struct".into()))?;
    h.unhook(hook)
}

/// Setting copies the struct: what becomes of the caller's has no effect.
pub fn copies(h: &mut Harness) -> Outcome {
    let before = h.allocator_of(h.domain())?;
    let mut table = before;
    h.set_allocator(h.domain() as u32, &mut table)?;
    table = PyMemAllocatorEx { ctx: ptr::null_mut(), malloc: None, calloc: None, realloc: None, free: None };
    let got = words(&h.allocator_of(h.domain())?);
    std::hint::black_box(&table);
    expect(got == words(&before), || ("the struct as it was set".into(), "it changed along with the caller's".into()))?;
    if !h.domains().contains(&h.domain()) {
        return Ok(());
    }
    // The copy is what is called, too: the struct of the hook is overwritten by the one from before.
    let hook = h.hook(h.domain())?;
    let mut table = hook.table();
    h.set_allocator(h.domain() as u32, &mut table)?;
    table = before;
    std::hint::black_box(&table);
    let arrivals = one_of_each(h, hook)?;
    std::hint::black_box(&table);
    let ours = arrivals.iter().all(|arrival| arrival.ctx_is_ours);
    expect(ours, || ("ctx as it was set".into(), "it changed along with the caller's".into()))?;
    h.unhook(hook)
}

/// Setting one domain leaves the others alone.
pub fn per_domain(h: &mut Harness) -> Outcome {
    let others = others(h.domain());
    let before = tables(h, &others)?;
    let hook = h.hook(h.domain())?;
    let after = tables(h, &others)?;
    h.unhook(hook)?;
    expect(before == after, || ("the structs of the other domains are as before".into(), "one of them changed".into()))
}

/// An unknown domain gets a struct of NULLs, and setting it changes nothing.
pub fn unknown_domain(h: &mut Harness) -> Outcome {
    let before = tables(h, Domain::ALL)?;
    for domain in UNKNOWN {
        let words = h.words_of(domain, 1)?;
        expect(words[..WORDS] == [0; WORDS], || ("five NULLs for an unknown domain".into(), "something else".into()))?;
        let mut table = h.allocator_of(Domain::Raw)?;
        h.set_allocator(domain, &mut table)?;
    }
    expect(before == tables(h, Domain::ALL)?, || {
        ("the known domains are as before".into(), "one of them changed".into())
    })
}

/// Every function gets the struct's `ctx` first.
pub fn ctx(h: &mut Harness) -> Outcome {
    let hook = h.hook(h.domain())?;
    let arrivals = one_of_each(h, hook)?;
    h.unhook(hook)?;
    match arrivals.iter().find(|arrival| !arrival.ctx_is_ours) {
        Some(arrival) => {
            Err(Stop::fail("ctx is that of the struct", format!("{} got another", arrival.function.as_str())))
        }
        None => Ok(()),
    }
}

/// The size arrives as it was asked for.
pub fn argument_of_malloc(h: &mut Harness) -> Outcome {
    with_hook(h, |h, hook| {
        for size in [0, 1, 7, 10, 488, 512, 513, 5000, SSIZE_MAX] {
            let block = h.try_malloc(size)?;
            arrives(hook, Function::Malloc, 0, (size, 0))?;
            h.free_all(block)?;
            hook.arrivals();
        }
        Ok(())
    })
}

/// Both factors arrive, neither multiplied nor changed.
pub fn arguments_of_calloc(h: &mut Harness) -> Outcome {
    with_hook(h, |h, hook| {
        for (nelem, elsize) in [(3, 5), (0, 5), (5, 0), (0, 0), (1, 600), (200, 4), (SSIZE_MAX, 1)] {
            let block = h.try_calloc(nelem, elsize)?;
            arrives(hook, Function::Calloc, 0, (nelem, elsize))?;
            h.free_all(block)?;
            hook.arrivals();
        }
        Ok(())
    })
}

/// The block and the size arrive, at realloc whatever they are.
pub fn arguments_of_realloc(h: &mut Harness) -> Outcome {
    with_hook(h, |h, hook| {
        let mut block = h.realloc_null(44)?;
        arrives(hook, Function::Realloc, 0, (44, 0))?;
        for size in [10, 10, 0, 700, 5, SSIZE_MAX] {
            let address = block.address;
            h.try_realloc(&mut block, size)?;
            arrives(hook, Function::Realloc, address, (size, 0))?;
        }
        h.free(block)
    })
}

/// The block arrives, and so does NULL.
pub fn argument_of_free(h: &mut Harness) -> Outcome {
    with_hook(h, |h, hook| {
        for size in [10, 0, 1000] {
            let block = h.malloc(size)?;
            hook.arrivals();
            let address = block.address;
            h.free(block)?;
            arrives(hook, Function::Free, address, (0, 0))?;
        }
        h.free_null()?;
        arrives(hook, Function::Free, 0, (0, 0))
    })
}

/// What no allocator has to serve does not arrive.
pub fn limits_first(h: &mut Harness) -> Outcome {
    with_hook(h, |h, hook| {
        let mut block = h.malloc(10)?;
        hook.arrivals();
        for size in [SSIZE_MAX + 1, usize::MAX - 100, usize::MAX] {
            let made = [h.try_malloc(size)?, h.try_calloc(size, 1)?, h.try_calloc(size / 2, 3)?];
            let refused = made.iter().chain([&h.try_realloc_null(size)?]).all(Option::is_none);
            let resized = h.try_realloc(&mut block, size)?;
            expect(refused && !resized, || ("NULL: the size is above PY_SSIZE_T_MAX".into(), "a block".into()))?;
            expect(hook.arrivals().is_empty(), || ("no call of the installed function".into(), "a call".into()))?;
        }
        h.free(block)
    })
}

/// What the installed function refuses, the caller is refused, without a second try.
pub fn failure(h: &mut Harness) -> Outcome {
    with_hook(h, |h, hook| {
        let mut block = h.malloc(100)?;
        block.fill();
        hook.refuse(true);
        for size in [0, 1, 100, 600, 100_000] {
            hook.arrivals();
            let refused = h.try_malloc(size)?.is_none();
            expect(refused && hook.arrivals().len() == 1, || {
                ("NULL from malloc, after one call".into(), "another result".into())
            })?;
            let refused = h.try_calloc(size, 1)?.is_none();
            expect(refused && hook.arrivals().len() == 1, || {
                ("NULL from calloc, after one call".into(), "another result".into())
            })?;
            let refused = !h.try_realloc(&mut block, size + 1)?;
            expect(refused && hook.arrivals().len() == 1, || {
                ("NULL from realloc, after one call".into(), "another result".into())
            })?;
            intact(&block)?;
        }
        expect(h.error_is_set() != Some(true), || {
            ("no Python exception is set".into(), "PyErr_Occurred() is not NULL".into())
        })?;
        hook.refuse(false);
        h.free(block)
    })
}

/// A hook that passes everything on sees every call, and the contract holds above it.
pub fn wraps(h: &mut Harness) -> Outcome {
    const OPERATIONS: usize = 3000;
    with_hook(h, |h, hook| {
        let before = h.recorder().begun();
        program::run_random(h, OPERATIONS, &[h.domain()])?;
        let (made, seen) = (h.recorder().begun() - before, hook.arrivals().len() as u64);
        // Requests above the limit do not arrive, and these programs make none.
        expect(made == seen, || (format!("{made} calls arrive"), format!("{seen} do")))
    })
}

/// What was there before can be put back, and is called again.
pub fn restores(h: &mut Harness) -> Outcome {
    let before = words(&h.allocator_of(h.domain())?);
    let hook = h.hook(h.domain())?;
    h.unhook(hook)?;
    expect(words(&h.allocator_of(h.domain())?) == before, || ("the struct from before".into(), "another one".into()))?;
    if h.domains().contains(&h.domain()) {
        let mut block = h.malloc(10)?;
        h.realloc(&mut block, 20)?;
        let zeroed = h.calloc(3, 5)?;
        h.free_all([block, zeroed])?;
    }
    expect(hook.arrivals().is_empty(), || ("the hook is not called any more".into(), "it is".into()))
}

/// The functions of the struct and those of the API work on each other's blocks.
pub fn direct_call(h: &mut Harness) -> Outcome {
    let direct = h.direct()?;
    for size in [0, 1, 100, 600, 5000] {
        let mut block = direct.malloc(h, size)?;
        block.fill();
        h.realloc(&mut block, size + 50)?;
        intact(&block)?;
        h.free(block)?;

        let mut block = h.malloc(size)?;
        block.fill();
        direct.realloc(&mut block, size + 70)?;
        intact(&block)?;
        direct.free(Some(block));

        let block = direct.calloc(h, size, 2)?;
        zeroed(&block)?;
        h.free(block)?;
    }
    direct.free(None);
    Ok(())
}

fn with_hook(h: &mut Harness, body: impl FnOnce(&mut Harness, &Hook) -> Outcome) -> Outcome {
    let hook = h.hook(h.domain())?;
    body(h, hook)?;
    h.unhook(hook)
}

/// One call of each function, and what arrived.
fn one_of_each(h: &mut Harness, hook: &Hook) -> Result<Vec<Arrival>, Stop> {
    let mut block = h.malloc(10)?;
    let zeroed = h.calloc(3, 5)?;
    h.realloc(&mut block, 20)?;
    h.free(block)?;
    h.free(zeroed)?;
    let arrivals = hook.arrivals();
    let missing = Function::ALL.iter().find(|function| arrivals.iter().all(|arrival| arrival.function != **function));
    match missing {
        Some(function) => {
            Err(Stop::fail("the struct's functions are called", format!("its {} is not", function.as_str())))
        }
        None => Ok(arrivals),
    }
}

/// Exactly one call has arrived: of this function, with these arguments.
fn arrives(hook: &Hook, function: Function, block: usize, (size, elsize): (usize, usize)) -> Outcome {
    let arrivals = hook.arrivals();
    let [Arrival { function: called, block: found, size: first, elsize: second, .. }] = arrivals[..] else {
        return Err(Stop::fail("one call of the installed allocator", format!("{} calls", arrivals.len())));
    };
    if called != function {
        return Err(Stop::fail(format!("its {} is called", function.as_str()), format!("its {} is", called.as_str())));
    }
    expect(found == block, || ("the block arrives as it was passed".into(), "another pointer".into()))?;
    let arguments =
        |first, second| if function == Function::Calloc { format!("{first} × {second}") } else { format!("{first}") };
    expect((first, second) == (size, elsize), || {
        (format!("{} arrives", arguments(size, elsize)), format!("{} does", arguments(first, second)))
    })
}

fn tables(h: &Harness, domains: &[Domain]) -> Result<Vec<[usize; WORDS]>, Stop> {
    domains.iter().map(|domain| h.allocator_of(*domain).map(|table| words(&table))).collect()
}

fn others(domain: Domain) -> Vec<Domain> {
    Domain::ALL.iter().copied().filter(|other| *other != domain).collect()
}
