//! What the debug hooks find, and what they say then. Each finding ends a fork of the check.

use std::ops::RangeInclusive;

use pymem_spec::{Domain, Kind};

use super::debug_hooks::letter_of;
use crate::harness::expect::expect;
use crate::harness::{Block, Harness, Outcome, Stop};
use crate::oracle::Diagnostic;
use crate::oracle::diagnostic::{Dump, Pad};
use crate::sandbox::provoke::{Death, End};

/// Guard bytes behind a block.
const BEHIND: isize = 8;
/// `PY_SSIZE_T_MAX`.
const SSIZE_MAX: usize = isize::MAX as usize;

/// What is done with a damaged block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Free,
    Realloc,
}

/// A changed byte behind the block is found by free.
pub fn overflow_free(h: &mut Harness) -> Outcome {
    overflow(h, Use::Free)
}

/// The same by realloc.
pub fn overflow_realloc(h: &mut Harness) -> Outcome {
    overflow(h, Use::Realloc)
}

/// A changed byte before the block is found by free.
pub fn underflow_free(h: &mut Harness) -> Outcome {
    underflow(h, Use::Free)
}

/// The same by realloc.
pub fn underflow_realloc(h: &mut Harness) -> Outcome {
    underflow(h, Use::Realloc)
}

/// A changed letter is found by free.
pub fn letter_free(h: &mut Harness) -> Outcome {
    letter(h, Use::Free)
}

/// The same by realloc.
pub fn letter_realloc(h: &mut Harness) -> Outcome {
    letter(h, Use::Realloc)
}

/// A damaged block is found when it is used, not before.
pub fn quiet(h: &mut Harness) -> Outcome {
    let death = h.provoke(|h| {
        damaged(h, 24, 24)?;
        for size in [0, 24, 600] {
            let mut other = h.malloc(size)?;
            h.realloc(&mut other, size + 30)?;
            h.free(other)?;
        }
        Ok(())
    })?;
    expect(death.end.is_none(), || ("calls for other blocks return".into(), told(&death)))
}

/// A block of this domain is found by the free of another.
pub fn mixing_free(h: &mut Harness) -> Outcome {
    mixing(h, Use::Free, found)
}

/// The same by realloc.
pub fn mixing_realloc(h: &mut Harness) -> Outcome {
    mixing(h, Use::Realloc, found)
}

/// The diagnostic names both letters.
pub fn mixing_letters(h: &mut Harness) -> Outcome {
    for way in [Use::Free, Use::Realloc] {
        mixing(h, way, |h, death, other| {
            let expected = [h.domain(), other].map(|domain| char::from(letter_of(domain)).to_string());
            let named = Diagnostic::parse(&death.said).letters();
            expect(named == Some(expected.clone().into()), || {
                (format!("a diagnostic that names {} and {}", expected[0], expected[1]), told(death))
            })
        })?;
    }
    Ok(())
}

/// Without the lock, malloc is refused.
pub fn lock_malloc(h: &mut Harness) -> Outcome {
    without_lock(h, |h, _| h.try_malloc(10).map(drop))
}

/// The same for calloc.
pub fn lock_calloc(h: &mut Harness) -> Outcome {
    without_lock(h, |h, _| h.try_calloc(1, 10).map(drop))
}

/// The same for realloc.
pub fn lock_realloc(h: &mut Harness) -> Outcome {
    without_lock(h, |h, mut block| h.try_realloc(&mut block, 20).map(drop))
}

/// The same for free, also of NULL.
pub fn lock_free(h: &mut Harness) -> Outcome {
    without_lock(h, |h, block| h.free(block))?;
    without_lock(h, |h, _| h.free_null())
}

/// That is so after a further interpreter was made, too.
pub fn lock_after_further_interpreter(h: &mut Harness) -> Outcome {
    without_lock(h, |h, _| h.try_malloc(10).map(drop))?;
    let death = h.provoke(|h| {
        h.in_further_interpreter(None, |_| Ok(()))?.map_err(Stop::Skip)?;
        h.detach()?;
        h.try_malloc(10).map(drop)
    })?;
    complains(&death)
}

/// The raw domain needs no lock.
pub fn lock_raw(h: &mut Harness) -> Outcome {
    let death = h.provoke(|h| {
        h.detach()?;
        let mut block = h.malloc(10)?;
        h.realloc(&mut block, 1000)?;
        h.free(block)?;
        let zeroed = h.calloc(3, 5)?;
        h.free(zeroed)
    })?;
    expect(death.end.is_none(), || ("all four functions return".into(), told(&death)))
}

/// What is refused by its size is refused first.
pub fn lock_limits_first(h: &mut Harness) -> Outcome {
    let death = h.provoke(|h| {
        h.detach()?;
        h.try_malloc(SSIZE_MAX + 1).map(drop)
    })?;
    expect(death.end.is_none(), || ("NULL".into(), told(&death)))
}

/// The diagnostic names the block.
pub fn report_block(h: &mut Harness) -> Outcome {
    for size in [0, 24, 1000] {
        let dump = dump_of(h, size, size as isize)?;
        let letter = letter_of(h.domain());
        expect((&dump.letter[..], dump.size) == (&[letter], Some(size as u64)), || {
            let (shown, letter) = (String::from_utf8_lossy(&dump.letter).into_owned(), char::from(letter));
            (format!("letter {letter} and size {size}"), format!("letter {shown} and size {:?}", dump.size))
        })?;
    }
    Ok(())
}

/// The diagnostic tells whole guard bytes from damaged ones, and shows those.
pub fn report_pads(h: &mut Harness) -> Outcome {
    let forbidden = h.param("debug-forbidden") as u8;
    let damaged = |count: usize, at: usize| {
        let byte = |index| if index == at { (!forbidden, true) } else { (forbidden, false) };
        Some(Pad::Damaged((0..count).map(byte).collect()))
    };
    let behind = dump_of(h, 24, 24 + 2)?;
    let before = dump_of(h, 24, -3)?;
    let expected = [Some(Pad::Whole), damaged(8, 2), damaged(7, 4), Some(Pad::Whole)];
    let found = [behind.leading, behind.trailing, before.leading, before.trailing];
    expect(found == expected, || {
        ("every guard byte with its value, and a mark at the damaged one".into(), format!("{found:?}"))
    })
}

/// The diagnostic shows the contents of the block.
pub fn report_data(h: &mut Harness) -> Outcome {
    for size in [0, 3, 8, 9, 16, 17, 24, 300] {
        let mut contents = Vec::new();
        let death = h.provoke(|h| {
            let mut block = h.malloc(size)?;
            block.bytes_mut().iter_mut().enumerate().for_each(|(index, byte)| *byte = (index + 1) as u8);
            block.damage_around(size as isize);
            h.free(block)
        })?;
        contents.extend((0..size).map(|index| Some((index + 1) as u8)));
        if size > 16 {
            contents.splice(8..size - 8, [None]);
        }
        let shown = dump(&death)?.data.unwrap_or_default();
        expect(shown == contents, || (format!("the contents of {size} bytes"), format!("{shown:02x?}")))?;
    }
    Ok(())
}

/// The fatal line tells the three kinds of damage apart.
pub fn report_finding(h: &mut Harness) -> Outcome {
    for (offset, expected) in [(24, "bad trailing pad byte"), (-1, "bad leading pad byte"), (-8, "bad ID: ")] {
        let death = provoke_damage(h, 24, offset, Use::Free)?;
        let message = Diagnostic::parse(&death.said).fatal.map(|fatal| fatal.message).unwrap_or_default();
        expect(message.starts_with(expected), || (format!("`{expected}` in the fatal line"), told(&death)))?;
    }
    Ok(())
}

/// The fatal line names the function that found it.
pub fn report_function(h: &mut Harness) -> Outcome {
    for (way, expected) in [(Use::Free, "_PyMem_DebugRawFree"), (Use::Realloc, "_PyMem_DebugRawRealloc")] {
        let death = provoke_damage(h, 24, 24, way)?;
        let function = Diagnostic::parse(&death.said).fatal.and_then(|fatal| fatal.function);
        expect(function.as_deref() == Some(expected), || (format!("{expected} in the fatal line"), told(&death)))?;
    }
    Ok(())
}

/// A line tells how far the interpreter is.
pub fn report_state(h: &mut Harness) -> Outcome {
    let death = provoke_damage(h, 24, 24, Use::Free)?;
    let state = Diagnostic::parse(&death.said).state;
    expect(state.as_deref() == Some("initialized"), || ("the state `initialized`".into(), format!("{state:?}")))
}

/// The process is killed by SIGABRT.
pub fn report_abort(h: &mut Harness) -> Outcome {
    for way in [Use::Free, Use::Realloc] {
        let death = provoke_damage(h, 24, 24, way)?;
        expect(death.end == Some(End::Killed(libc::SIGABRT)), || ("death by SIGABRT".into(), told(&death)))?;
    }
    Ok(())
}

fn overflow(h: &mut Harness, way: Use) -> Outcome {
    let sizes: &[usize] = if h.thin() { &[24] } else { &[24, 0, 17, 5000] };
    damages(h, sizes, |size| size as isize..=size as isize + BEHIND - 1, way)
}

fn underflow(h: &mut Harness, way: Use) -> Outcome {
    let sizes: &[usize] = if h.thin() { &[24] } else { &[24, 0] };
    damages(h, sizes, |_| -7..=-1, way)
}

fn letter(h: &mut Harness, way: Use) -> Outcome {
    let sizes: &[usize] = if h.thin() { &[24] } else { &[24, 0, 600] };
    damages(h, sizes, |_| -8..=-8, way)
}

/// A changed byte at each of the offsets ends the process; where that was seen already, at the first and the last one.
///
/// The blocks come from each function in turn, and the bytes change as memory does: as a whole, by a bit, to the zero
/// that ends a string.
fn damages(h: &mut Harness, sizes: &[usize], offsets: fn(usize) -> RangeInclusive<isize>, way: Use) -> Outcome {
    type Maker = fn(&mut Harness, usize) -> Result<Block, Stop>;
    const MAKERS: [Maker; 3] = [|h, size| h.malloc(size), |h, size| h.calloc(1, size), resized];
    const CHANGES: [fn(u8) -> u8; 3] = [|byte| !byte, |byte| byte ^ 1, |_| 0];
    for (row, &size) in sizes.iter().enumerate() {
        let (first, last) = offsets(size).into_inner();
        let wanted = (first..=last).enumerate();
        let wanted = wanted.filter(|(_, offset)| !h.thin() || [first, last].contains(offset));
        for (column, offset) in wanted.collect::<Vec<_>>() {
            let turn = row + column;
            let death = h.provoke(|h| {
                let mut block = MAKERS[turn % 3](h, size)?;
                block.change_around(offset, CHANGES[(turn / 3 + row) % 3]);
                put_to(h, block, way)
            })?;
            found(h, &death, h.domain()).map_err(|stop| match stop {
                Stop::Fail { expected, actual } => Stop::Fail {
                    expected: format!("{expected}: the byte at {} of {size} bytes was changed", at(offset)),
                    actual,
                },
                other => other,
            })?;
        }
    }
    Ok(())
}

fn at(offset: isize) -> String {
    if offset < 0 { format!("p{offset}") } else { format!("p+{offset}") }
}

/// A block that had another size before.
fn resized(h: &mut Harness, size: usize) -> Result<Block, Stop> {
    let mut block = h.malloc(9)?;
    h.realloc(&mut block, size)?;
    Ok(block)
}

/// A block with a changed byte.
fn damaged(h: &mut Harness, size: usize, offset: isize) -> Result<Block, Stop> {
    let mut block = h.malloc(size)?;
    block.damage_around(offset);
    Ok(block)
}

fn provoke_damage(h: &mut Harness, size: usize, offset: isize, way: Use) -> Result<Death, Stop> {
    h.provoke(|h| {
        let block = damaged(h, size, offset)?;
        put_to(h, block, way)
    })
}

fn put_to(h: &mut Harness, mut block: Block, way: Use) -> Outcome {
    match way {
        Use::Free => h.free(block),
        Use::Realloc => {
            let size = block.size + 20;
            h.try_realloc(&mut block, size).map(drop)
        }
    }
}

/// Passes a block of this domain to every other one that can be called.
fn mixing(h: &mut Harness, way: Use, look: impl Fn(&Harness, &Death, Domain) -> Outcome) -> Outcome {
    let own = h.domain();
    let others: Vec<Domain> = h.domains().into_iter().filter(|domain| *domain != own).collect();
    if others.is_empty() {
        return Err(Stop::Skip("no other domain can be called here".into()));
    }
    for other in others {
        let death = h.provoke(|h| {
            let block = h.malloc(24)?.into_domain(other);
            h.in_domain(other, |h| put_to(h, block, way))
        })?;
        look(h, &death, other)?;
    }
    Ok(())
}

/// The work in a fork without the lock, with a block from before, ends it with a complaint.
fn without_lock(h: &mut Harness, work: impl FnOnce(&mut Harness, Block) -> Outcome) -> Outcome {
    let death = h.provoke(|h| {
        let block = h.malloc(10)?;
        h.detach()?;
        work(h, block)
    })?;
    complains(&death)
}

/// The process was killed for want of the lock.
fn complains(death: &Death) -> Outcome {
    let message = Diagnostic::parse(&death.said).fatal.map(|fatal| fatal.message).unwrap_or_default();
    let complains = message.contains("without holding the GIL") || message.contains("without an active thread state");
    expect(complains && killed(death), || ("death with the complaint that the lock is not held".into(), told(death)))
}

/// The process died with a diagnostic, whatever that says of the block.
fn found(h: &Harness, death: &Death, _other: Domain) -> Outcome {
    let said = Diagnostic::parse(&death.said);
    // Elsewhere the words are the target's own; those of the C library are about its own blocks.
    let own_words = h.kind() != Kind::Cpython && !death.said.is_empty() && !is_of_c_library(&death.said);
    expect(killed(death) && (said.dump.is_some() || own_words), || {
        ("the process is ended with a diagnostic".into(), told(death))
    })
}

/// What glibc says of damage that it found itself.
fn is_of_c_library(said: &[u8]) -> bool {
    const WORDS: [&[u8]; 7] = [
        b"free(): ",
        b"realloc(): ",
        b"malloc(): ",
        b"double free",
        b"munmap_chunk(): ",
        b"corrupted ",
        b"malloc_consolidate",
    ];
    WORDS.iter().any(|words| said.starts_with(words))
}

/// An exit would look like the end of a program that is done.
pub fn killed(death: &Death) -> bool {
    matches!(death.end, Some(End::Killed(libc::SIGABRT | libc::SIGSEGV | libc::SIGBUS)))
}

/// The dump in the diagnostic of a damaged block.
fn dump_of(h: &mut Harness, size: usize, offset: isize) -> Result<Dump, Stop> {
    dump(&provoke_damage(h, size, offset, Use::Free)?)
}

fn dump(death: &Death) -> Result<Dump, Stop> {
    let dump = Diagnostic::parse(&death.said).dump;
    dump.ok_or_else(|| Stop::fail("a diagnostic that begins with the block", told(death)))
}

/// A death in a few words.
pub fn told(death: &Death) -> String {
    let Some(how) = death.end else { return "the call returned".into() };
    match Diagnostic::parse(&death.said).fatal {
        Some(fatal) => format!("{how}: {}", pymem_abi::text::escape(&fatal.message)),
        None if death.said.is_empty() => format!("{how} without a word"),
        None => how.to_string(),
    }
}

#[cfg(test)]
mod tests;
