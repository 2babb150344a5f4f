//! tracemalloc: blocks that others report to it, and blocks that it sees itself.

use pymem_spec::Domain;

use super::deaths::told;
use crate::harness::expect::expect;
use crate::harness::hook::words;
use crate::harness::tracing::Tracing;
use crate::harness::{Harness, Outcome, Stop};
use crate::oracle::Diagnostic;

/// The size of what is traced: what the interpreter itself asks for meanwhile is far less.
const SIZE: usize = 1_000_003;
/// Some addresses: they are only numbers here.
const ADDRESS: usize = 0x5ead_beef;
/// Numbers of domains that nobody else uses.
const DOMAINS: [u32; 2] = [7, 8];
/// How many blocks are reported: traces are kept in a table that grows.
const MANY: usize = 100;
/// Bytes of a block that only a list of traces shows: nothing else here has as many.
const SMALL: usize = 349;

/// While it is off, before as after, both functions give -2.
pub fn off(h: &mut Harness) -> Outcome {
    let tracing = h.tracing()?;
    for _ in 0..3 {
        gives(-2, "Track", tracing.track(DOMAINS[0], ADDRESS, SIZE))?;
        gives(-2, "Untrack", tracing.untrack(DOMAINS[0], ADDRESS))?;
        tracing.start(1)?;
        gives(0, "Track", tracing.track(DOMAINS[0], ADDRESS, SIZE))?;
        tracing.stop()?;
    }
    gives(-2, "Track", tracing.track(DOMAINS[0], ADDRESS, SIZE))?;
    gives(-2, "Untrack", tracing.untrack(DOMAINS[0], ADDRESS))
}

/// A block that is reported counts.
pub fn track(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    let before = tracing.traced()?;
    // The last one differs from the first in the upper half of its address only.
    for (number, address) in (0..MANY).map(|at| ADDRESS + 16 * at).chain([ADDRESS | 1 << 40]).enumerate() {
        gives(0, "Track", tracing.track(DOMAINS[0], address, SIZE))?;
        grew(&tracing, before, (number + 1) * SIZE)?;
    }
    gives(0, "Track", tracing.track(DOMAINS[0], ADDRESS + 8, SMALL))?;
    let found = tracing.domains_with(SMALL)?;
    expect(found == [DOMAINS[0] as isize], || {
        (format!("one trace of {SMALL} bytes, in domain {}", DOMAINS[0]), format!("{found:?}"))
    })
}

/// What is reported anew has its new size.
pub fn update(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    let before = tracing.traced()?;
    for size in [SIZE, 3 * SIZE, 2 * SIZE] {
        gives(0, "Track", tracing.track(DOMAINS[0], ADDRESS, size))?;
        grew(&tracing, before, size)?;
    }
    Ok(())
}

/// The same address in two domains is two blocks.
pub fn domains(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    let before = tracing.traced()?;
    let all = [DOMAINS[0], DOMAINS[1], DOMAINS[0] | 1 << 8, DOMAINS[0] | 1 << 16, u32::MAX];
    for domain in all {
        gives(0, "Track", tracing.track(domain, ADDRESS, SIZE))?;
    }
    grew(&tracing, before, all.len() * SIZE)?;
    let (found, expected) = (tracing.domains_with(SIZE)?, all.map(|domain| domain as isize));
    expect(found == expected, || (format!("a block in each of the domains {expected:?}"), format!("{found:?}")))?;
    for (gone, domain) in (1..).zip(all) {
        gives(0, "Untrack", tracing.untrack(domain, ADDRESS))?;
        grew(&tracing, before, (all.len() - gone) * SIZE)?;
    }
    Ok(())
}

/// What is taken back does not count any more.
pub fn untrack(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    let before = tracing.traced()?;
    const BLOCKS: usize = 20;
    let addresses = || (0..BLOCKS).map(|at| ADDRESS + 16 * at);
    addresses().try_for_each(|address| gives(0, "Track", tracing.track(DOMAINS[0], address, SIZE)))?;
    for (gone, address) in (1..).zip(addresses()) {
        gives(0, "Untrack", tracing.untrack(DOMAINS[0], address))?;
        grew(&tracing, before, (BLOCKS - gone) * SIZE)?;
    }
    Ok(())
}

/// Taking back what was never reported changes nothing.
pub fn untrack_unknown(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    gives(0, "Track", tracing.track(DOMAINS[0], ADDRESS, SIZE))?;
    let before = tracing.traced()?;
    gives(0, "Untrack", tracing.untrack(DOMAINS[1], ADDRESS))?;
    gives(0, "Untrack", tracing.untrack(DOMAINS[0], ADDRESS + 8))?;
    grew(&tracing, before, 0)
}

/// Both may be called without the interpreter's lock.
pub fn without_lock(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    let found = h.apart(|h| {
        h.detach()?;
        Ok([tracing.track(DOMAINS[0], ADDRESS, SIZE), tracing.untrack(DOMAINS[0], ADDRESS)])
    })?;
    match found {
        Ok(results) => expect(results == [0, 0], || ("0 from both".into(), format!("{results:?}"))),
        Err(death) => Err(Stop::fail("0 from both", told(&death))),
    }
}

/// Any numbers are taken.
pub fn any_key(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    let of_one = [(0, SIZE), (usize::MAX, SIZE), (ADDRESS, 0)].map(|(address, size)| (DOMAINS[0], address, size));
    for (domain, address, size) in of_one.into_iter().chain([(0, 1, 1), (u32::MAX, 1, 1)]) {
        gives(0, "Track", tracing.track(domain, address, size))?;
        gives(0, "Untrack", tracing.untrack(domain, address))?;
    }
    Ok(())
}

/// While it is on, a hook with a `ctx` lies over the domain; then the struct from before is back.
pub fn hooks(h: &mut Harness) -> Outcome {
    let tracing = h.tracing()?;
    let before = words(&h.allocator_of(h.domain())?);
    for _ in 0..3 {
        tracing.start(1)?;
        let during = words(&h.allocator_of(h.domain())?);
        tracing.stop()?;
        let after = words(&h.allocator_of(h.domain())?);
        expect(during != before && during[0] != 0, || {
            ("another struct, with a ctx, while tracing".into(), "the same struct, or no ctx".into())
        })?;
        expect(after == before, || ("the struct from before".into(), "another one".into()))?;
    }
    Ok(())
}

/// Blocks of this domain are traced in domain 0 with the size that was asked for, until they are freed.
pub fn blocks(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    let before = tracing.traced()?;
    let mut block = h.malloc(SIZE)?;
    grew(&tracing, before, SIZE)?;
    let domains = tracing.domains_with(SIZE)?;
    expect(domains == [0], || ("one trace of this size, in domain 0".into(), format!("{domains:?}")))?;
    h.realloc(&mut block, 3 * SIZE)?;
    grew(&tracing, before, 3 * SIZE)?;
    let zeroed = h.calloc(SIZE, 2)?;
    grew(&tracing, before, 5 * SIZE)?;
    h.free(block)?;
    grew(&tracing, before, 2 * SIZE)?;
    h.free(zeroed)?;
    grew(&tracing, before, 0)?;
    let mut block = h.malloc(SMALL)?;
    listed(&tracing, SMALL, 1)?;
    h.realloc(&mut block, SMALL + 2)?;
    listed(&tracing, SMALL, 0)?;
    listed(&tracing, SMALL + 2, 1)?;
    h.free(block)?;
    listed(&tracing, SMALL + 2, 0)
}

/// The C library's own blocks are not seen.
pub fn accounting(h: &mut Harness) -> Outcome {
    let tracing = h.tracing_on(1)?;
    let before = tracing.traced()?;
    let block = h.in_domain(Domain::Mem, |h| h.malloc(SIZE))?;
    grew(&tracing, before, SIZE)?;
    h.with_library_block(SIZE, || grew(&tracing, before, SIZE))?;
    h.in_domain(Domain::Mem, |h| h.free(block))
}

/// While it is off, the hooks' diagnostic says how to learn where a block was made.
pub fn hint(h: &mut Harness) -> Outcome {
    let death = h.provoke(|h| {
        let mut block = h.malloc(24)?;
        block.damage_around(24);
        h.free(block)
    })?;
    expect(Diagnostic::parse(&death.said).hints, || ("a line that names tracemalloc".into(), told(&death)))
}

/// While it is on, the diagnostic tells the lines of the program that made the block, the latest first.
pub fn traceback(h: &mut Harness) -> Outcome {
    const PROGRAM: &std::ffi::CStr = c"exec(compile('''\
def inner():
    allocate()
def outer():

    inner()
outer()
''', 'the_place.py', 'exec'))";
    let tracing = h.tracing_on(2)?;
    let mut block = h.malloc_in_python(c"allocate", 24, PROGRAM)?;
    let death = h.provoke(|h| {
        block.damage_around(24);
        h.free(block)
    })?;
    tracing.stop()?;
    let places = Diagnostic::parse(&death.said).places;
    let expected = [2, 5].map(|line| ("the_place.py".to_owned(), line));
    expect(places == expected, || {
        ("the places the_place.py:2 and the_place.py:5".into(), format!("{places:?}, and {}", told(&death)))
    })
}

/// So many traces are of blocks of this size, all in domain 0.
fn listed(tracing: &Tracing, size: usize, count: usize) -> Outcome {
    let domains = tracing.domains_with(size)?;
    expect(domains == vec![0; count], || {
        (format!("{count} traces of {size} bytes, in domain 0"), format!("the domains {domains:?}"))
    })
}

fn gives(expected: i32, function: &str, found: i32) -> Outcome {
    expect(found == expected, || (format!("{expected} from PyTraceMalloc_{function}"), format!("{found}")))
}

/// The traced memory has grown by this much; a little more is what the interpreter asked for itself.
fn grew(tracing: &Tracing, before: usize, by: usize) -> Result<(), Stop> {
    const LITTLE: usize = 100_000;
    let now = tracing.traced()?;
    let grown = now as i64 - before as i64;
    expect((now + LITTLE).checked_sub(before + by).is_some_and(|more| more <= 2 * LITTLE), || {
        (format!("{by} bytes more are traced"), format!("{grown} more"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge;

    #[test]
    fn what_a_function_gave_is_told() {
        assert_eq!(gives(-2, "Track", -2), Ok(()));
        insta::assert_snapshot!(judge::tests::told(&gives(0, "Untrack", -2).expect_err("not the same")));
    }
}
