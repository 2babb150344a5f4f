//! Expectations: the sentences in which checks say what they demand.

use super::{Block, Harness, Outcome, Stop};
use crate::oracle::alignment::{alignment_of, required_alignment};

/// Something holds; where it does not, what is expected and what was seen.
pub fn expect(holds: bool, sentences: impl FnOnce() -> (String, String)) -> Outcome {
    if holds {
        return Ok(());
    }
    let (expected, actual) = sentences();
    Err(Stop::fail(expected, actual))
}

/// The block still carries its pattern.
pub fn intact(block: &Block) -> Outcome {
    intact_in(block, block)
}

/// A part of it does, which is told by its place in the whole.
fn intact_in(whole: &Block, part: &Block) -> Outcome {
    let Some(found) = part.damage() else { return Ok(()) };
    let super::block::Block { name, size, address, .. } = whole;
    let offset = part.address - address + found.offset;
    Err(Stop::fail(
        format!("byte {offset} of {name} ({size} bytes) is {:#04x}, as it was written", found.expected),
        format!("it is {:#04x}", found.actual),
    ))
}

/// Every block still carries its pattern.
pub fn all_intact<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> Outcome {
    blocks.into_iter().try_for_each(intact)
}

/// Every byte is zero.
pub fn zeroed(block: &Block) -> Outcome {
    zeroed_in(block, block)
}

fn zeroed_in(whole: &Block, part: &Block) -> Outcome {
    let Some(found) = part.nonzero() else { return Ok(()) };
    Err(Stop::fail(
        format!("all {} bytes of {} are zero", whole.size, whole.name),
        format!("byte {} is {:#04x}", part.address - whole.address + found.offset, found.actual),
    ))
}

/// Every byte carries the block's pattern once written: the whole block is
/// there.
pub fn usable(block: &mut Block) -> Outcome {
    block.fill();
    intact(block)
}

/// The first and the last pages carry a pattern once written.
pub fn usable_at_ends(block: &mut Block) -> Outcome {
    ends(block).iter_mut().try_for_each(|end| {
        end.fill();
        intact_in(block, end)
    })
}

/// They still carry it.
pub fn intact_at_ends(block: &Block) -> Outcome {
    ends(block).iter_mut().try_for_each(|end| {
        end.assume_filled();
        intact_in(block, end)
    })
}

/// The first and the last pages are zero.
pub fn zeroed_at_ends(block: &Block) -> Outcome {
    ends(block).iter().try_for_each(|end| zeroed_in(block, end))
}

/// The first and the last pages of a block, as blocks. They must not overlap, or one
/// pattern would overwrite the other.
fn ends(block: &Block) -> [Block; 2] {
    const END: usize = 64 << 10;
    let len = END.min(block.size / 2);
    [block.address, block.address + block.size - len].map(|address| Block::new(block.name, block.domain, address, len))
}

/// All blocks have different addresses.
pub fn distinct(blocks: &[Block]) -> Outcome {
    let mut sorted: Vec<&Block> = blocks.iter().collect();
    sorted.sort_by_key(|block| block.address);
    for pair in sorted.windows(2) {
        if pair[0].address == pair[1].address {
            return Err(Stop::fail(
                "live blocks have different addresses",
                format!("{} and {} have the same address", pair[0].name, pair[1].name),
            ));
        }
    }
    Ok(())
}

/// A request that must not be refused was not.
pub fn served(block: Option<Block>) -> Result<Block, Stop> {
    block.ok_or_else(|| Stop::fail("a block, not NULL", "NULL"))
}

/// The address is a multiple of what the size demands, at most `cap`.
pub fn aligned(block: &Block, cap: usize) -> Outcome {
    let required = required_alignment(block.size, cap);
    if block.address.is_multiple_of(required) {
        return Ok(());
    }
    Err(Stop::fail(
        format!("a block of {} bytes is aligned to {required}", block.size),
        format!("{} is aligned to {}", block.name, alignment_of(block.address)),
    ))
}

impl Harness<'_> {
    /// A request that can never be served was refused.
    pub fn refuses(&self, block: Option<Block>, what: &str) -> Outcome {
        match block {
            None => Ok(()),
            Some(block) => Err(Stop::fail(format!("NULL: {what}"), format!("the block {}", block.name))),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
