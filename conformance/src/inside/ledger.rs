//! The live blocks of a real program: where they lie, how long they are, and which domain gave them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use pymem_spec::Domain;

use crate::oracle::AddressMap;

/// Live blocks that are verified at most: of those beyond no more is kept than where they begin.
pub const MOST: usize = 1 << 21;
/// Addresses that were freed lately and are remembered.
const REMEMBERED: usize = 1 << 14;

/// A live block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    /// Bytes asked for.
    pub size: usize,
    /// Who gave it.
    pub domain: Domain,
}

/// What is known of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A live block begins there.
    Live(Live),
    /// A block of which nothing but this is kept: one beyond [`MOST`], one that overlaps another, or one that the
    /// candidate got for itself.
    Unverified,
    /// A block that began there was freed lately, and none was given since.
    Freed,
    /// Nothing: its block is older than the ledger.
    Nothing,
}

/// The live blocks.
pub struct Ledger {
    bytes: AddressMap,
    blocks: HashMap<usize, Live, BuildHasherDefault<Mixer>>,
    /// First bytes of unverified blocks.
    unverified: AddressMap,
    /// Each address at its hash's remainder.
    freed: Vec<usize>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            bytes: AddressMap::default(),
            blocks: HashMap::default(),
            unverified: AddressMap::default(),
            freed: vec![0; REMEMBERED],
        }
    }
}

impl Ledger {
    /// Enters a block. Returns false, and verifies it no further, if any of its bytes belongs to a live one.
    #[must_use]
    pub fn enter(&mut self, address: usize, block: Live) -> bool {
        self.forget(address);
        let has_room = self.blocks.len() < MOST;
        let is_apart = !has_room || self.bytes.insert(address, block.size);
        if has_room && is_apart {
            self.blocks.insert(address, block);
        } else {
            self.enter_unverified(address);
        }
        is_apart
    }

    /// Notes where a block begins, and nothing else of it.
    pub fn enter_unverified(&mut self, address: usize) {
        // One that is there already was lost by who had it.
        let _ = self.unverified.insert(address, 1);
    }

    /// Takes a block out that is given back.
    pub fn take(&mut self, address: usize) -> Known {
        match self.blocks.remove(&address) {
            Some(block) => {
                self.bytes.remove(address, block.size);
                Known::Live(block)
            }
            None if self.take_unverified(address) => Known::Unverified,
            None if self.freed[slot(address)] == address => Known::Freed,
            None => Known::Nothing,
        }
    }

    /// Whether there was an unverified block, which is taken out.
    pub fn take_unverified(&mut self, address: usize) -> bool {
        let was_there = !self.unverified.insert(address, 1);
        self.unverified.remove(address, 1);
        was_there
    }

    /// Remembers that the block at this address was given back, unless another one is there by now.
    pub fn remember(&mut self, address: usize) {
        if !self.blocks.contains_key(&address) {
            self.freed[slot(address)] = address;
        }
    }

    /// The address is given again.
    fn forget(&mut self, address: usize) {
        let slot = slot(address);
        if self.freed[slot] == address {
            self.freed[slot] = 0;
        }
    }

    /// How many blocks are live.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

fn slot(address: usize) -> usize {
    mixed(address as u64) as usize % REMEMBERED
}

/// Addresses are many and differ in their middle bits; the standard hasher would take longer than an allocator.
#[derive(Default)]
pub struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize((*byte).into()));
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = mixed(self.0 ^ number as u64);
    }
}

fn mixed(number: u64) -> u64 {
    let product = u128::from(number) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: Live = Live { size: 24, domain: Domain::Mem };

    #[test]
    fn a_block_is_known_until_it_is_taken() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.take(0x1000), Known::Nothing);
        assert!(ledger.enter(0x1000, BLOCK));
        assert!(!ledger.enter(0x1017, BLOCK));
        assert!(ledger.enter(0x1018, BLOCK));
        assert_eq!(ledger.take(0x1000), Known::Live(BLOCK));
        assert_eq!(ledger.take(0x1000), Known::Nothing);
        assert_eq!(ledger.len(), 1);
    }

    #[test]
    fn of_an_unverified_block_its_beginning_is_known() {
        let mut ledger = Ledger::default();
        assert!(ledger.enter(0x1000, BLOCK));
        assert!(!ledger.enter(0x1008, BLOCK));
        // What the candidate got for itself may begin where its own block does.
        ledger.enter_unverified(0x1000);
        assert_eq!(ledger.take(0x1008), Known::Unverified);
        assert_eq!(ledger.take(0x1000), Known::Live(BLOCK));
        assert_eq!(ledger.take(0x1000), Known::Unverified);
        assert_eq!(ledger.take(0x1000), Known::Nothing);
    }

    #[test]
    fn what_was_freed_is_remembered_until_it_is_given_again() {
        let mut ledger = Ledger::default();
        assert!(ledger.enter(0x1000, BLOCK));
        ledger.take(0x1000);
        ledger.remember(0x1000);
        assert_eq!(ledger.take(0x1000), Known::Freed);
        assert!(ledger.enter(0x1000, BLOCK));
        ledger.take(0x1000);
        assert_eq!(ledger.take(0x1000), Known::Nothing);
    }
}
