//! What the debug hooks keep around a block, and how they are laid.

use pymem_spec::Domain;

use crate::harness::expect::{expect, intact};
use crate::harness::hook::{Hook, words};
use crate::harness::{Block, Harness, Outcome, Stop};
use crate::journal::Function;

/// Sizes of blocks that are looked at.
const SIZES: [usize; 14] = [0, 1, 2, 7, 8, 9, 16, 24, 100, 300, 488, 512, 1000, 5000];
/// Bytes of the hooks before a block.
const FRONT: isize = 16;
/// Guard bytes behind it.
const BEHIND: usize = 8;

/// The size that was asked for stands before the block.
pub fn size(h: &mut Harness) -> Outcome {
    each_block(h, |_, block| {
        let stored = be(block.around(-FRONT, 8));
        expect(stored == block.size as u64, || {
            (format!("the 8 bytes at p-16 hold {}", block.size), format!("they hold {stored}"))
        })
    })
}

/// The letter of the domain stands before the block.
pub fn letter(h: &mut Harness) -> Outcome {
    each_block(h, |h, block| {
        let (found, expected) = (block.around(-8, 1)[0], letter_of(h.domain()));
        expect(found == expected, || {
            (format!("the byte at p-8 is {}", char::from(expected)), format!("it is 0x{found:02x}"))
        })
    })
}

/// Seven guard bytes stand before the block.
pub fn leading_pad(h: &mut Harness) -> Outcome {
    each_block(h, |h, block| all_are("p-7", block.around(-7, 7), byte(h, "debug-forbidden")))
}

/// Eight guard bytes stand behind the block.
pub fn trailing_pad(h: &mut Harness) -> Outcome {
    each_block(h, |h, block| all_are("p+N", block.around(block.size as isize, BEHIND), byte(h, "debug-forbidden")))
}

/// A number stands behind them, which each call of malloc, calloc and realloc raises.
pub fn serial_number(h: &mut Harness) -> Outcome {
    let number = |block: &Block| be(block.around((block.size + BEHIND) as isize, 8));
    // A large block of mem or obj is one of raw as well, and takes two numbers.
    for size in SIZES.into_iter().filter(|size| *size < 400) {
        // What the first block of a size needs beside its own memory is there then.
        let block = h.malloc(size + 10)?;
        h.free(block)?;
        let mut first = h.malloc(size)?;
        let start = number(&first);
        let second = h.calloc(1, size)?;
        h.realloc(&mut first, size + 10)?;
        let found = (number(&second).wrapping_sub(start), number(&first).wrapping_sub(start));
        expect(found == (1, 2), || {
            (
                "each call takes the next number".into(),
                format!("the next two calls are {} and {} later", found.0, found.1),
            )
        })?;
        h.free(first)?;
        h.free(second)?;
    }
    Ok(())
}

/// Fresh memory is clean.
pub fn clean_malloc(h: &mut Harness) -> Outcome {
    let (clean, unfilled) = (byte(h, "debug-clean"), h.param("debug-unfilled") as usize);
    for size in SIZES {
        for _ in 0..2 {
            let mut block = h.malloc(size)?;
            all_are("p", &block.bytes()[unfilled.min(size)..], clean)?;
            // The next one may get the same memory.
            block.fill();
            h.free(block)?;
        }
    }
    Ok(())
}

/// What a resize adds is clean, and what was there is kept.
pub fn clean_realloc(h: &mut Harness) -> Outcome {
    let clean = byte(h, "debug-clean");
    for size in SIZES {
        for more in [1, 20, 500, 6000] {
            let mut block = h.malloc(size)?;
            block.fill();
            h.realloc(&mut block, size + more)?;
            intact(&block)?;
            all_are("p+N", &block.bytes()[size..], clean)?;
            h.free(block)?;
        }
    }
    Ok(())
}

/// Before the allocator below gets a block back, all of it is dead.
pub fn dead_free(h: &mut Harness) -> Outcome {
    let (dead, unfilled) = (byte(h, "debug-dead"), h.param("debug-unfilled") as usize);
    over_our_own(h, |h, below| {
        let Some(vault) = below.vault() else { return Err(Stop::Skip("its memory is not ours".into())) };
        for size in SIZES {
            let mut block = h.malloc(size)?;
            block.fill();
            let address = block.address;
            h.free(block)?;
            all_are("p-16", vault.bytes(address, -FRONT, FRONT as usize)?, dead)?;
            let rest = vault.bytes(address, 0, size + BEHIND)?;
            all_are("p", &rest[unfilled.min(size)..], dead)?;
        }
        Ok(())
    })
}

/// A resize that is refused below leaves everything as it was.
pub fn refused_resize(h: &mut Harness) -> Outcome {
    over_our_own(h, |h, below| {
        for (old, new) in [(0, 10), (30, 5), (50, 500), (200, 100), (600, 601), (400, 300)] {
            let mut block = h.malloc(old)?;
            block.fill();
            let before = block.around(-FRONT, FRONT as usize + old + BEHIND).to_vec();
            below.refuse(true);
            let resized = h.try_realloc(&mut block, new)?;
            below.refuse(false);
            expect(!resized, || ("NULL: the allocator below refused".into(), "a block".into()))?;
            let whole = block.around(-FRONT, FRONT as usize + old + BEHIND) == before;
            expect(whole, || ("the block and the bytes around it are as before".into(), "one of them changed".into()))?;
            h.free(block)?;
        }
        Ok(())
    })
}

/// A second set-up changes nothing.
pub fn setup_again(h: &mut Harness) -> Outcome {
    let before = words(&h.allocator_of(h.domain())?);
    h.setup_debug_hooks()?;
    let same = words(&h.allocator_of(h.domain())?) == before;
    expect(same, || ("the struct from before".into(), "another one".into()))
}

/// An allocator that replaces another has no hooks over it until they are set up again.
pub fn setup_over_replacement(h: &mut Harness) -> Outcome {
    const SIZE: usize = 10;
    let below = h.replace(h.domain())?;
    let block = h.malloc(SIZE)?;
    let bare = below.arrivals().iter().all(|arrival| arrival.size == SIZE);
    expect(bare, || ("10 bytes arrive: no hooks are over it".into(), "another size does".into()))?;
    h.free(block)?;
    h.setup_debug_hooks()?;
    below.arrivals();
    let block = h.malloc(SIZE)?;
    let more = below.arrivals().first().is_some_and(|arrival| arrival.size >= SIZE + FRONT as usize + BEHIND);
    expect(more, || ("room for the hooks' bytes is asked for as well".into(), "it is not".into()))?;
    framed(h, &block)?;
    h.free(block)
}

/// Hooks stay below a struct that calls them.
pub fn setup_under_hook(h: &mut Harness) -> Outcome {
    let hook = h.hook(h.domain())?;
    for size in SIZES {
        hook.arrivals();
        let block = h.malloc(size)?;
        let same = hook.arrivals().iter().all(|arrival| arrival.size == size);
        expect(same, || (format!("{size} bytes arrive"), "another size does".into()))?;
        framed(h, &block)?;
        h.free(block)?;
    }
    h.unhook(hook)
}

/// Calloc asks for one element below.
pub fn inner_calloc(h: &mut Harness) -> Outcome {
    over_our_own(h, |h, below| {
        for (nelem, elsize) in [(3, 4), (1, 100), (0, 5), (5, 0)] {
            below.arrivals();
            let block = h.calloc(nelem, elsize)?;
            let found = below.arrivals();
            let one = matches!(&found[..], [arrival] if arrival.function == Function::Calloc
                && arrival.size == 1 && arrival.elsize >= nelem * elsize + FRONT as usize + BEHIND);
            expect(one, || {
                ("one calloc of one element below".into(), format!("{} calls, or other ones", found.len()))
            })?;
            h.free(block)?;
        }
        Ok(())
    })
}

/// Resizing NULL is a malloc below, freeing NULL nothing.
pub fn inner_null(h: &mut Harness) -> Outcome {
    over_our_own(h, |h, below| {
        let block = h.realloc_null(10)?;
        let found = below.arrivals();
        let malloc = matches!(&found[..], [arrival] if arrival.function == Function::Malloc);
        expect(malloc, || ("one malloc below".into(), "other calls".into()))?;
        h.free(block)?;
        below.arrivals();
        h.free_null()?;
        expect(below.arrivals().is_empty(), || ("nothing below".into(), "a call".into()))
    })
}

/// A frame of one length is asked for with each block.
pub fn inner_size(h: &mut Harness) -> Outcome {
    let frame = h.param("debug-frame") as usize;
    over_our_own(h, |h, below| {
        for size in SIZES {
            below.arrivals();
            let blocks = [h.malloc(size)?, h.calloc(1, size)?];
            let asked: Vec<usize> =
                below.arrivals().iter().map(|arrival| arrival.size * arrival.elsize.max(1)).collect();
            expect(asked == [size + frame; 2], || {
                (format!("{} bytes are asked for below, twice", size + frame), format!("these are: {asked:?}"))
            })?;
            h.free_all(blocks)?;
        }
        Ok(())
    })
}

/// A block of each size by each function.
fn each_block(h: &mut Harness, look: impl Fn(&Harness, &Block) -> Outcome) -> Outcome {
    for size in SIZES {
        let mut grown = h.malloc(size / 2)?;
        h.realloc(&mut grown, size)?;
        let mut shrunk = h.malloc(size + 50)?;
        h.realloc(&mut shrunk, size)?;
        let blocks = [h.malloc(size)?, h.calloc(1, size)?, grown, shrunk, h.realloc_null(size)?];
        blocks.iter().try_for_each(|block| look(h, block))?;
        h.free_all(blocks)?;
    }
    Ok(())
}

/// With memory of our own below the hooks.
pub fn over_our_own(h: &mut Harness, body: impl FnOnce(&mut Harness, &Hook) -> Outcome) -> Outcome {
    let below = h.replace(h.domain())?;
    h.setup_debug_hooks()?;
    below.arrivals();
    body(h, below)
}

fn framed(h: &Harness, block: &Block) -> Outcome {
    let (letter, size) = (block.around(-8, 1)[0], be(block.around(-FRONT, 8)));
    expect(letter == letter_of(h.domain()) && size == block.size as u64, || {
        ("the hooks' bytes stand before the block".into(), "other bytes do".into())
    })
}

/// The letter that the hooks have for a domain.
pub fn letter_of(domain: Domain) -> u8 {
    domain.as_str().as_bytes()[0]
}

fn byte(h: &Harness, name: &str) -> u8 {
    h.param(name) as u8
}

fn all_are(from: &str, bytes: &[u8], expected: u8) -> Outcome {
    let wrong = bytes.iter().position(|byte| *byte != expected);
    expect(wrong.is_none(), || {
        let at = wrong.unwrap_or_default();
        let count = bytes.len();
        (
            format!("the {count} bytes from {from} on are 0x{expected:02x}"),
            format!("number {at} is 0x{:02x}", bytes[at]),
        )
    })
}

fn be(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge;

    #[test]
    fn the_first_byte_that_differs_is_told() {
        let found = |bytes: &[u8]| all_are("p-7", bytes, 0xfd);
        assert_eq!((found(&[]), found(&[0xfd; 7])), (Ok(()), Ok(())));
        insta::assert_snapshot!(judge::tests::told(&found(&[0xfd, 0xfd, 0, 1]).expect_err("two differ")));
    }

    #[test]
    fn numbers_stand_with_the_greatest_byte_first() {
        assert_eq!([be(&[]), be(&[7]), be(&[1, 2, 3])], [0, 7, 0x01_02_03]);
    }

    #[test]
    fn letters_are_those_of_the_domains() {
        assert_eq!([Domain::Raw, Domain::Mem, Domain::Obj].map(letter_of), *b"rmo");
    }
}
