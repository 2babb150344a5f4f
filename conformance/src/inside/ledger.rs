//! The live blocks of a real program: where they lie, how long they are, and which domain gave them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use pymem_spec::Domain;

use crate::oracle::AddressMap;

/// Live blocks that are followed at most: beyond, the ledger would need more memory than the program.
const MOST: usize = 1 << 22;
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
    /// A block that began there was freed lately, and none was given since.
    Freed,
    /// Nothing: its block is older than the ledger, or one of those beyond its room.
    Nothing,
}

/// The live blocks.
pub struct Ledger {
    bytes: AddressMap,
    blocks: HashMap<usize, Live, BuildHasherDefault<Mixer>>,
    /// Each address at its hash's remainder.
    freed: Vec<usize>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { bytes: AddressMap::default(), blocks: HashMap::default(), freed: vec![0; REMEMBERED] }
    }
}

impl Ledger {
    /// Enters a block. Returns false, and enters nothing, if any of its bytes belongs to a live one.
    #[must_use]
    pub fn enter(&mut self, address: usize, block: Live) -> bool {
        let slot = slot(address);
        if self.freed[slot] == address {
            self.freed[slot] = 0;
        }
        if self.blocks.len() >= MOST {
            return true;
        }
        if !self.bytes.insert(address, block.size) {
            return false;
        }
        self.blocks.insert(address, block);
        true
    }

    /// Takes a block out.
    pub fn take(&mut self, address: usize) -> Known {
        match self.blocks.remove(&address) {
            Some(block) => {
                self.bytes.remove(address, block.size);
                Known::Live(block)
            }
            None if self.freed[slot(address)] == address => Known::Freed,
            None => Known::Nothing,
        }
    }

    /// Remembers that the block at this address was given back.
    pub fn remember(&mut self, address: usize) {
        self.freed[slot(address)] = address;
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
