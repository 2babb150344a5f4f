//! Which addresses belong to live blocks.
//!
//! Blocks are marked in bitmaps, one bit a byte, one bitmap for each region of
//! 1 MiB: marking costs a word or two for a typical block, whatever else is live.
//! Blocks as large as a region stand in an ordered map, for there are few.

use std::collections::{BTreeMap, HashMap};

/// Blocks above this many bytes stand in the ordered map.
const LARGE: usize = 1 << 20;
/// Bytes that one bitmap covers.
const REGION: usize = 1 << 20;
/// Regions whose bitmaps are found without the map.
const RECENT: usize = 16;
/// Words of one bitmap.
const WORDS: usize = REGION / 64;

/// The set of live blocks by address.
#[derive(Default)]
pub struct AddressMap {
    regions: HashMap<usize, usize>,
    bitmaps: Vec<Box<[u64; WORDS]>>,
    /// Regions that were used lately, each at its number's remainder.
    recent: [Option<(usize, usize)>; RECENT],
    /// Start and length of large blocks.
    large: BTreeMap<usize, usize>,
}

impl AddressMap {
    /// Enters a block. A block without bytes occupies its first.
    ///
    /// Returns false, and enters nothing, if any of its bytes belongs to a live
    /// block.
    #[must_use]
    #[inline]
    pub fn insert(&mut self, address: usize, size: usize) -> bool {
        let size = size.max(1);
        let Some(end) = address.checked_add(size) else { return false };
        if self.in_large(address, end) || self.in_small(address, end) {
            return false;
        }
        if size > LARGE {
            self.large.insert(address, size);
        } else {
            self.mark(address, end, true);
        }
        true
    }

    /// Takes a block out that was entered with this address and size.
    #[inline]
    pub fn remove(&mut self, address: usize, size: usize) {
        let size = size.max(1);
        if size > LARGE {
            self.large.remove(&address);
        } else {
            self.mark(address, address + size, false);
        }
    }

    #[inline]
    fn in_large(&self, start: usize, end: usize) -> bool {
        if self.large.is_empty() {
            return false;
        }
        self.large.range(..end).next_back().is_some_and(|(address, size)| address + size > start)
    }

    #[inline]
    fn in_small(&mut self, start: usize, end: usize) -> bool {
        for (region, span) in pieces(start, end) {
            if let Some(index) = self.find(region)
                && span.is_marked(&self.bitmaps[index])
            {
                return true;
            }
        }
        false
    }

    #[inline]
    fn mark(&mut self, start: usize, end: usize, live: bool) {
        for (region, span) in pieces(start, end) {
            let index = self.find_or_make(region);
            span.mark(&mut self.bitmaps[index], live);
        }
    }

    #[inline]
    fn find(&mut self, region: usize) -> Option<usize> {
        match self.recent[region % RECENT] {
            Some((recent, index)) if recent == region => Some(index),
            _ => self.look_up(region),
        }
    }

    #[cold]
    fn look_up(&mut self, region: usize) -> Option<usize> {
        let index = *self.regions.get(&region)?;
        self.recent[region % RECENT] = Some((region, index));
        Some(index)
    }

    fn find_or_make(&mut self, region: usize) -> usize {
        self.find(region).unwrap_or_else(|| {
            let zeroed = vec![0; WORDS].into_boxed_slice();
            self.bitmaps.push(zeroed.try_into().expect("a slice of that many words"));
            self.regions.insert(region, self.bitmaps.len() - 1);
            self.bitmaps.len() - 1
        })
    }
}

/// The parts of `start..end` by region.
#[inline]
fn pieces(start: usize, end: usize) -> impl Iterator<Item = (usize, Span)> {
    (start / REGION..=(end - 1) / REGION).map(move |region| {
        let base = region * REGION;
        (region, Span::new(start.max(base) - base, (end - 1).min(base + (REGION - 1)) - base))
    })
}

/// Bits of a bitmap that follow each other: those of the first word, whole words,
/// and those of the last word. A span within one word has both masks in one.
struct Span {
    first: (usize, u64),
    last: (usize, u64),
}

impl Span {
    /// The bits `first..=last`.
    #[inline]
    fn new(first: usize, last: usize) -> Self {
        let (low, high) = (!0 << (first % 64), !0 >> (63 - last % 64));
        match (first / 64, last / 64) {
            (one, same) if one == same => Self { first: (one, low & high), last: (one, low & high) },
            (first, last) => Self { first: (first, low), last: (last, high) },
        }
    }

    #[inline]
    fn is_marked(&self, bitmap: &[u64; WORDS]) -> bool {
        let ends = bitmap[self.first.0] & self.first.1 | bitmap[self.last.0] & self.last.1;
        let between = bitmap.get(self.first.0 + 1..self.last.0).unwrap_or_default();
        ends != 0 || between.iter().any(|word| *word != 0)
    }

    #[inline]
    fn mark(&self, bitmap: &mut [u64; WORDS], live: bool) {
        for (word, mask) in [self.first, self.last] {
            if live {
                bitmap[word] |= mask;
            } else {
                bitmap[word] &= !mask;
            }
        }
        if let Some(between) = bitmap.get_mut(self.first.0 + 1..self.last.0) {
            between.fill(if live { !0 } else { 0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn neighbours_may_touch_but_not_share_a_byte() {
        let mut map = AddressMap::default();
        assert!(map.insert(1000, 24));
        assert!(map.insert(1024, 1));
        assert!(!map.insert(1023, 1));
        assert!(!map.insert(990, 11));
        assert!(map.insert(990, 10));
        map.remove(1000, 24);
        assert!(map.insert(1000, 0));
        assert!(!map.insert(1000, 0));
        map.remove(1000, 0);
        assert!(map.insert(1000, 24));
    }

    #[rstest::rstest]
    #[case::within_a_region(0x7f12_3456_7000)]
    #[case::where_regions_meet(0x7f12_3450_0000)]
    fn blocks_of_every_kind_may_touch_but_not_share_a_byte(#[case] start: usize) {
        for size in [1, LARGE - 1, LARGE, LARGE + 1, 3 * LARGE + 5] {
            let mut map = AddressMap::default();
            assert!(map.insert(start, size));
            for reach in [1, LARGE, 2 * LARGE] {
                for (address, len) in [(start, reach), (start + size - 1, reach), (start + 1 - reach, reach)] {
                    assert!(!map.insert(address, len), "{size} {reach}");
                }
                assert!(!map.insert(start - reach, size + 2 * reach), "{size} {reach}");
                for address in [start + size, start - reach] {
                    assert!(map.insert(address, reach), "{size} {reach}");
                    map.remove(address, reach);
                }
            }
            map.remove(start, size);
            assert!(map.insert(start, size), "{size}");
        }
    }

    #[test]
    fn a_small_block_within_a_large_one_is_seen_wherever_it_lies() {
        let start = 0x7f12_3456_7000;
        for offset in [0, 1, 63, 64, 1000, LARGE - 8, LARGE, 2 * LARGE - 1] {
            let mut map = AddressMap::default();
            assert!(map.insert(start + offset, 1));
            assert!(!map.insert(start, 2 * LARGE), "{offset}");
        }
    }

    #[test]
    fn regions_that_share_a_place_among_the_recent_are_told_apart() {
        let block = |n: usize| 0x7f00_0000_0040 + n * RECENT * REGION;
        let mut map = AddressMap::default();
        for n in 0..4 {
            assert!(map.insert(block(n), 64));
            assert!((0..=n).all(|known| !map.insert(block(known), 64)));
        }
        map.remove(block(1), 64);
        assert!(!map.insert(block(0), 64) && !map.insert(block(2), 64) && map.insert(block(1), 64));
    }

    #[test]
    fn a_block_beyond_the_last_address_cannot_be() {
        let mut map = AddressMap::default();
        assert!(!map.insert(usize::MAX - 7, 9));
        assert!(map.insert(usize::MAX - 7, 7));
    }

    proptest! {
        /// Against a model that knows each live byte.
        #[test]
        fn agrees_with_a_set_of_bytes(blocks in prop::collection::vec((0usize..400_000, 0usize..90_000, any::<bool>()), 1..40)) {
            let base = REGION - 200_000;
            let (mut map, mut live) = (AddressMap::default(), Vec::<(usize, usize)>::new());
            for (offset, size, removes) in blocks {
                let (start, len) = (base + offset, size.max(1));
                let free = live.iter().all(|(other, taken)| start + len <= *other || other + taken <= start);
                prop_assert_eq!(map.insert(start, size), free);
                if free {
                    live.push((start, len));
                }
                if removes && !live.is_empty() {
                    let (start, len) = live.swap_remove(0);
                    map.remove(start, len);
                }
            }
        }
    }
}
