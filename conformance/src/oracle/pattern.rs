//! Contents by which a block is recognised.
//!
//! Byte `i` of a block is a function of the block's identity and of `i`, so a
//! byte that belongs to another block, stands at another offset, is zero or is
//! stale shows itself.

use crate::PAGE;

/// Above this many bytes only the first and last page, and the first and last
/// byte of every page between, carry the pattern.
pub const WHOLE: usize = 1 << 20;
/// Above this many bytes only every sixteenth of those pages does: fresh pages
/// are what a block of this size costs.
const SPARSE: usize = 16 << 20;
/// An odd constant with well-mixed bits (the golden ratio in 64 bits).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The contents that one block should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern(u64);

/// A byte that is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Where in the block.
    pub offset: usize,
    /// What should stand there.
    pub expected: u8,
    /// What stands there.
    pub actual: u8,
}

impl Pattern {
    /// The pattern of the block with this identity.
    #[inline]
    pub fn of(identity: u64) -> Self {
        // Neighbouring identities are to differ in nearly every byte of a word.
        let mixed = (identity + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Self(mixed ^ (mixed >> 29) ^ 0x5aa5_c33c_0ff0_9669)
    }

    #[inline]
    fn word(self, index: usize) -> u64 {
        self.0.wrapping_add((index as u64).wrapping_mul(STEP))
    }

    /// The byte at `offset`.
    #[inline]
    pub fn byte(self, offset: usize) -> u8 {
        self.word(offset / 8).to_le_bytes()[offset % 8]
    }

    /// Writes the pattern into a block.
    #[inline]
    pub fn fill(self, block: &mut [u8]) {
        if block.len() <= WHOLE {
            return self.fill_whole(block);
        }
        let last = block.len() - PAGE;
        self.fill_whole(&mut block[..PAGE]);
        for page in (PAGE..last).step_by(stride(block.len())) {
            block[page] = self.byte(page);
            let end = (page + PAGE - 1).min(last);
            block[end] = self.byte(end);
        }
        for (offset, byte) in block.iter_mut().enumerate().skip(last) {
            *byte = self.byte(offset);
        }
    }

    /// Every byte of a block, or of its beginning.
    #[inline]
    fn fill_whole(self, bytes: &mut [u8]) {
        let mut word = self.word(0);
        let mut chunks = bytes.chunks_exact_mut(8);
        for chunk in &mut chunks {
            chunk.copy_from_slice(&word.to_le_bytes());
            word = word.wrapping_add(STEP);
        }
        for (byte, rest) in word.to_le_bytes().into_iter().zip(chunks.into_remainder()) {
            *rest = byte;
        }
    }

    /// The first byte of a block, filled while it was `filled` bytes long, that
    /// does not carry the pattern. `block` is what is left of it.
    #[inline]
    pub fn first_mismatch(self, block: &[u8], filled: usize) -> Option<Mismatch> {
        let block = &block[..block.len().min(filled)];
        if filled <= WHOLE {
            return self.mismatch_whole(block);
        }
        let last = filled - PAGE;
        let whole_pages = (PAGE..last.min(block.len())).step_by(stride(filled));
        self.mismatch_whole(&block[..PAGE.min(block.len())])
            .or_else(|| {
                whole_pages
                    .flat_map(|page| [page, (page + PAGE - 1).min(last)])
                    .find_map(|offset| self.mismatch_at(block, offset))
            })
            .or_else(|| (last..block.len()).find_map(|offset| self.mismatch_at(block, offset)))
    }

    #[inline]
    fn mismatch_at(self, block: &[u8], offset: usize) -> Option<Mismatch> {
        let (actual, expected) = (*block.get(offset)?, self.byte(offset));
        (actual != expected).then_some(Mismatch { offset, expected, actual })
    }

    #[inline]
    fn mismatch_whole(self, bytes: &[u8]) -> Option<Mismatch> {
        let mut word = self.word(0);
        let chunks = bytes.chunks_exact(8);
        let rest = chunks.remainder();
        // Differences are collected without a branch for each word, so that
        // good contents, the common case, are compared at full speed.
        let mut difference = 0;
        for chunk in chunks {
            difference |= u64::from_le_bytes(chunk.try_into().expect("chunks of 8")) ^ word;
            word = word.wrapping_add(STEP);
        }
        for (byte, rest) in word.to_le_bytes().into_iter().zip(rest) {
            difference |= u64::from(byte ^ rest);
        }
        if difference == 0 {
            return None;
        }
        (0..bytes.len()).find_map(|offset| self.mismatch_at(bytes, offset))
    }
}

/// From which page of a block of `len` bytes to the next that is touched.
#[inline]
fn stride(len: usize) -> usize {
    if len > SPARSE { 16 * PAGE } else { PAGE }
}

/// Whether every page of a block of `len` bytes is touched.
pub fn is_dense(len: usize) -> bool {
    stride(len) == PAGE
}

/// The first byte that is not zero, of those that would carry a pattern.
pub fn first_nonzero(block: &[u8]) -> Option<Mismatch> {
    let at = |offset: usize| {
        let actual = block[offset];
        (actual != 0).then_some(Mismatch { offset, expected: 0, actual })
    };
    if block.len() <= WHOLE {
        if block.iter().fold(0, |all, byte| all | byte) == 0 {
            return None;
        }
        return (0..block.len()).find_map(at);
    }
    let last = block.len() - PAGE;
    let pages = || (PAGE..last).step_by(stride(block.len())).flat_map(|page| [page, (page + PAGE - 1).min(last)]);
    (0..PAGE).find_map(at).or_else(|| pages().find_map(at)).or_else(|| (last..block.len()).find_map(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every offset that carries the pattern in a block of this length.
    fn carries(len: usize, offset: usize) -> bool {
        len <= WHOLE || offset < PAGE || offset >= len - PAGE || matches!(offset % PAGE, 0 | 4095)
    }

    #[test]
    fn above_16_mib_every_sixteenth_page_is_touched() {
        let len = (16 << 20) + PAGE;
        assert!(is_dense(16 << 20) && !is_dense(len));
        let pattern = Pattern::of(5);
        let found_at = |len: usize, page: usize| {
            let mut block = vec![0; len];
            pattern.fill(&mut block);
            block[page * PAGE] ^= 1;
            pattern.first_mismatch(&block, len).map(|found| found.offset / PAGE)
        };
        assert_eq!([1, 17, 33].map(|page| found_at(len, page)), [Some(1), Some(17), Some(33)]);
        assert_eq!([2, 15, 16].map(|page| found_at(len, page)), [None; 3]);
        assert_eq!([2, 15, 16].map(|page| found_at(16 << 20, page)), [Some(2), Some(15), Some(16)]);
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_found(identity: u64, len in 1usize..5000, at: prop::sample::Index, flip in 1u8..) {
            let pattern = Pattern::of(identity >> 1);
            let mut block = vec![0; len];
            pattern.fill(&mut block);
            prop_assert_eq!(pattern.first_mismatch(&block, len), None);
            let offset = at.index(len);
            block[offset] ^= flip;
            let found = pattern.first_mismatch(&block, len).map(|mismatch| mismatch.offset);
            prop_assert_eq!(found, Some(offset));
        }

        #[test]
        fn what_a_shrink_leaves_is_recognised(len in 1usize..5000, keep in 0usize..5000) {
            let pattern = Pattern::of(7);
            let mut block = vec![0; len];
            pattern.fill(&mut block);
            block.truncate(keep);
            prop_assert_eq!(pattern.first_mismatch(&block, len), None);
        }
    }

    #[test]
    fn large_blocks_carry_it_at_both_ends_and_on_every_page() {
        let len = WHOLE + 3 * PAGE + 77;
        let pattern = Pattern::of(3);
        let mut block = vec![0xEE; len];
        pattern.fill(&mut block);
        assert_eq!(pattern.first_mismatch(&block, len), None);
        for offset in [0, 4095, 4096, 8191, WHOLE, len - PAGE, len - 1] {
            assert!(carries(len, offset));
            block[offset] ^= 1;
            assert_eq!(pattern.first_mismatch(&block, len).map(|found| found.offset), Some(offset));
            block[offset] ^= 1;
        }
        assert_eq!(pattern.first_mismatch(&block[..WHOLE], len), None);
    }

    /// A large block's length, with what the last whole page begins at.
    const LENGTHS: [usize; 5] = [WHOLE + 1, WHOLE + 8, WHOLE + PAGE - 1, WHOLE + PAGE, WHOLE + 3 * PAGE + 77];

    #[test]
    fn of_a_large_block_no_other_byte_is_written_or_read() {
        let pattern = Pattern::of(11);
        for len in LENGTHS {
            // Its last byte before the last page, and its first one, are carried where a page ends or begins there.
            let carried = |offset| carries(len, offset) || offset == len - PAGE;
            let mut block = vec![0; len];
            pattern.fill(&mut block);
            for (offset, byte) in block.iter().enumerate() {
                let expected = if carried(offset) { pattern.byte(offset) } else { 0 };
                assert_eq!(*byte, expected, "byte {offset} of {len}");
            }
            for (offset, byte) in block.iter_mut().enumerate() {
                *byte ^= u8::from(!carried(offset));
            }
            assert_eq!(pattern.first_mismatch(&block, len), None, "{len}");
        }
    }

    #[test]
    fn of_a_large_block_the_first_wrong_byte_is_told() {
        let pattern = Pattern::of(12);
        for len in LENGTHS {
            let mut block = vec![0; len];
            pattern.fill(&mut block);
            let last = len - PAGE;
            let offsets = [0, 1, PAGE - 1, PAGE, 2 * PAGE - 1, 100 * PAGE, 101 * PAGE - 1, last, last + 1, len - 1];
            for offset in offsets.into_iter().rev() {
                block[offset] ^= 0x81;
                let (expected, actual) = (pattern.byte(offset), pattern.byte(offset) ^ 0x81);
                assert_eq!(pattern.first_mismatch(&block, len), Some(Mismatch { offset, expected, actual }), "{len}");
                let kept = pattern.first_mismatch(&block[..=offset], len).map(|found| found.offset);
                assert_eq!(kept, Some(offset), "a shrink of {len}");
                assert_eq!(pattern.first_mismatch(&block[..offset], len), None, "a shrink of {len}");
            }
        }
    }

    #[test]
    fn a_block_of_which_nothing_is_left_is_not_recognised() {
        let pattern = Pattern::of(14);
        for len in 1..40 {
            let mut block = vec![0; len];
            assert!(pattern.first_mismatch(&block, len).is_some(), "{len} zeroes");
            pattern.fill(&mut block);
            block.iter_mut().for_each(|byte| *byte = !*byte);
            assert_eq!(pattern.first_mismatch(&block, len).map(|found| found.offset), Some(0), "{len} turned bytes");
        }
    }

    #[test]
    fn bytes_behind_what_was_filled_are_not_judged() {
        let pattern = Pattern::of(13);
        for filled in [0, 1, 100, WHOLE, WHOLE + 9] {
            let mut block = vec![0; filled];
            pattern.fill(&mut block);
            block.extend([!pattern.byte(filled); 9]);
            assert_eq!(pattern.first_mismatch(&block, filled), None, "{filled}");
        }
    }

    #[test]
    fn neighbours_differ_in_nearly_every_byte() {
        let same = |identity: u64| {
            (0..8).filter(move |at| Pattern::of(identity).byte(*at) == Pattern::of(identity + 1).byte(*at))
        };
        assert!((0..10_000).all(|identity| same(identity).count() <= 1));
        assert!((0..10_000).filter(|identity| same(*identity).count() > 0).count() < 200);
    }

    #[test]
    fn words_of_one_block_differ() {
        let words: std::collections::BTreeSet<u64> = (0..4096).map(|index| Pattern::of(1).word(index)).collect();
        assert_eq!(words.len(), 4096);
    }

    #[test]
    fn a_shifted_or_swapped_block_is_not_recognised() {
        let (one, two) = (Pattern::of(1), Pattern::of(2));
        let mut block = [0; 64];
        one.fill(&mut block);
        assert_eq!(two.first_mismatch(&block, 64).map(|found| found.offset), Some(0));
        assert!(one.first_mismatch(&block[8..], 56).is_some());
    }

    #[test]
    fn zeroes_are_told_from_anything_else() {
        for len in [WHOLE].into_iter().chain(LENGTHS) {
            let mut block = vec![0; len];
            assert_eq!(first_nonzero(&block), None);
            let last = len - PAGE;
            let offsets = [0, 1, PAGE - 1, PAGE, 2 * PAGE - 1, 100 * PAGE, 101 * PAGE - 1, last, last + 1, len - 1];
            for offset in offsets.into_iter().rev() {
                block[offset] = 9;
                assert_eq!(first_nonzero(&block), Some(Mismatch { offset, expected: 0, actual: 9 }), "{len}");
            }
        }
        assert_eq!(first_nonzero(&[0, 0, 5]), Some(Mismatch { offset: 2, expected: 0, actual: 5 }));
    }

    #[test]
    fn of_a_large_block_other_bytes_may_be_anything() {
        for len in LENGTHS {
            let carried = |offset| carries(len, offset) || offset == len - PAGE;
            let block: Vec<u8> = (0..len).map(|offset| u8::from(!carried(offset))).collect();
            assert_eq!(first_nonzero(&block), None, "{len}");
        }
    }
}
