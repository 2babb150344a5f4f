//! The edges of what debug hooks do: the marks that a resize leaves, the sizes that reach the allocator below, and
//! misuse that is found because freed blocks are dead.

use crate::harness::expect::expect;
use crate::harness::hook::{Hook, words};
use crate::harness::vault::Vault;
use crate::harness::{Harness, Outcome, Stop};
use crate::journal::Function;
use crate::oracle::Diagnostic;
use crate::sandbox::provoke::Death;

use super::deaths::{killed, told};
use super::debug_hooks::over_our_own;

/// Bytes that the hooks keep before a block.
const FRONT: isize = 16;
/// Guard bytes behind it; up to 3.7 a serial number follows, of as many bytes.
const BEHIND: usize = 8;
/// A block of at most this many bytes is marked as a whole, ...
const WHOLE: usize = 128;
/// ... a larger one at both ends, each of this length.
const END: usize = 64;
/// `PY_SSIZE_T_MAX`.
const SSIZE_MAX: usize = isize::MAX as usize;

/// What a block loses by a resize in its place is dead.
pub fn dead_realloc(h: &mut Harness) -> Outcome {
    let dead = mark(h)?;
    over_our_own(h, |h, below| {
        for (old, new) in [(30, 5), (100, 40), (WHOLE, 10), (400, 300), (700, 20)] {
            let mut block = h.malloc(old)?;
            block.fill();
            let before = block.address;
            h.realloc(&mut block, new)?;
            if block.address != before {
                return Err(Stop::Skip("the block moved".into()));
            }
            // Behind the new guard bytes, and a serial number where there is one.
            let kept = new + 2 * BEHIND;
            let from = if old <= WHOLE { kept } else { kept.max(old - END) };
            let lost = vault(below)?.bytes(before, from as isize, old + BEHIND - from)?;
            all_dead(lost, dead, || format!("the bytes from {from} on of {old}, resized to {new},"))?;
            h.free(block)?;
        }
        Ok(())
    })
}

/// What a block leaves behind when it moves is dead.
pub fn dead_moved(h: &mut Harness) -> Outcome {
    let dead = mark(h)?;
    over_our_own(h, |h, below| {
        for (old, new) in [(10, 60), (WHOLE, 300), (400, 900)] {
            let mut block = h.malloc(old)?;
            block.fill();
            let before = block.address;
            h.realloc(&mut block, new)?;
            if block.address == before {
                return Err(Stop::Skip("the block did not move".into()));
            }
            let vault = vault(below)?;
            let end = END.min(old);
            let first = vault.bytes(before, -FRONT, FRONT as usize + end)?;
            let last = vault.bytes(before, (old - end) as isize, end + BEHIND)?;
            [first, last].iter().try_for_each(|bytes| {
                all_dead(bytes, dead, || format!("the ends of a block of {old} bytes that was moved"))
            })?;
            h.free(block)?;
        }
        Ok(())
    })
}

/// One call below for each call above, with room for as many bytes more each time.
pub fn one_call_below(h: &mut Harness) -> Outcome {
    let mut overhead = None;
    over_our_own(h, |h, below| {
        for size in [0, 1, 10, 500, 70_000] {
            below.arrivals();
            let block = h.malloc(size)?;
            let found = below.arrivals();
            h.free(block)?;
            let [arrival] = &found[..] else {
                return Err(Stop::fail("one call below", format!("{} calls", found.len())));
            };
            let more = arrival.size.wrapping_sub(size);
            let same = arrival.function == Function::Malloc && more == *overhead.get_or_insert(more);
            expect(same && more >= FRONT as usize + BEHIND, || {
                ("one malloc below, with the same number of bytes more for each size".into(), format!("{more} more"))
            })?;
        }
        Ok(())
    })?;
    h.note_trait("hooks-overhead", overhead.unwrap_or_default() as u64);
    Ok(())
}

/// A size for which there is no room with the hooks' bytes is refused without a call below.
pub fn limit(h: &mut Harness) -> Outcome {
    over_our_own(h, |h, below| {
        below.refuse(true);
        for less in [0, 1, 16, 23] {
            let block = h.try_malloc(SSIZE_MAX - less)?;
            let called = !below.arrivals().is_empty();
            expect(block.is_none() && !called, || {
                (format!("NULL for {less} bytes less than the limit, and no call below"), "a call, or a block".into())
            })?;
        }
        h.try_malloc(SSIZE_MAX - 64)?;
        let found = below.arrivals();
        below.refuse(false);
        let passed = matches!(&found[..], [arrival] if arrival.size <= SSIZE_MAX && arrival.size > SSIZE_MAX - 64);
        expect(passed, || ("a call below for 64 bytes less than the limit".into(), format!("{} calls", found.len())))
    })
}

/// A refused request counts among the serial numbers just in the versions where it does.
pub fn serial_number_of_refused(h: &mut Harness) -> Outcome {
    let counted = h.param("serial-counts-refused");
    let number = |h: &mut Harness| -> Result<u64, Stop> {
        let block = h.malloc(24)?;
        let bytes = block.around(24 + BEHIND as isize, 8).iter();
        let number = bytes.fold(0, |number, byte| number << 8 | u64::from(*byte));
        h.free(block)?;
        Ok(number)
    };
    over_our_own(h, |h, _| {
        let first = number(h)?;
        h.try_malloc(SSIZE_MAX)?;
        let step = number(h)?.wrapping_sub(first);
        expect(step == 1 + counted, || {
            (format!("the next number but {counted} after a refused request"), format!("a step of {step}"))
        })
    })
}

/// A block that is freed twice ends the process.
pub fn double_free(h: &mut Harness) -> Outcome {
    dies_with_dump(h, "a second free", |h| {
        let block = h.malloc(24)?;
        let again = block.alias();
        h.free(block)?;
        h.free(again)
    })
}

/// A block that is resized after it was freed does too.
pub fn realloc_after_free(h: &mut Harness) -> Outcome {
    dies_with_dump(h, "a resize of a freed block", |h| {
        let block = h.malloc(24)?;
        let mut again = block.alias();
        h.free(block)?;
        h.try_realloc(&mut again, 40).map(drop)
    })
}

/// A changed size sends the check of the guard bytes elsewhere, where there are none.
pub fn changed_size(h: &mut Harness) -> Outcome {
    dies_with_dump(h, "a block whose size field was changed", |h| {
        let mut block = h.malloc(24)?;
        block.damage_around(-9);
        h.free(block)
    })
}

/// In old release builds, setting hooks up does nothing.
pub fn setup_without_effect(h: &mut Harness) -> Outcome {
    let before = words(&h.allocator_of(h.domain())?);
    h.setup_debug_hooks()?;
    let same = words(&h.allocator_of(h.domain())?) == before;
    expect(same, || ("the struct from before".into(), "another one".into()))
}

/// Before 3.6, nobody looks whether the lock is held.
pub fn lock_not_looked_at(h: &mut Harness) -> Outcome {
    let death = h.provoke(|h| {
        h.detach()?;
        let block = h.malloc(10)?;
        h.free(block)
    })?;
    expect(death.end.is_none(), || ("the calls return".into(), told(&death)))
}

/// Over memory that is never used again, `misuse` kills the process while the dump is written, or after it.
fn dies_with_dump(h: &mut Harness, what: &str, misuse: impl Fn(&mut Harness) -> Outcome) -> Outcome {
    over_our_own(h, |h, _| {
        let death: Death = h.provoke(misuse)?;
        let dumped = Diagnostic::parse(&death.said).dump.is_some();
        expect(dumped && killed(&death), || (format!("{what} ends the process with a dump"), told(&death)))
    })
}

/// The byte with which resizes mark what they leave.
fn mark(h: &Harness) -> Result<u8, Stop> {
    if h.param("debug-marks-resized") == 0 {
        return Err(Stop::Skip("free-threaded builds leave alone what a resize sets free".into()));
    }
    Ok(h.param("debug-dead") as u8)
}

fn vault(below: &Hook) -> Result<&Vault, Stop> {
    below.vault().ok_or_else(|| Stop::Skip("its memory is not ours".into()))
}

fn all_dead(bytes: &[u8], dead: u8, what: impl Fn() -> String) -> Outcome {
    let alive = bytes.iter().find(|byte| **byte != dead);
    expect(alive.is_none(), || {
        let found = alive.copied().unwrap_or_default();
        (format!("{} are 0x{dead:02x}", what()), format!("one is 0x{found:02x}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge;

    #[test]
    fn a_byte_that_is_not_dead_is_told() {
        let found = |bytes: &[u8]| all_dead(bytes, 0xdd, || "the bytes cut off".into());
        assert_eq!((found(&[]), found(&[0xdd; 3])), (Ok(()), Ok(())));
        insta::assert_snapshot!(judge::tests::told(&found(&[0xdd, 0x41, 0x42]).expect_err("two live")));
    }
}
