//! Programs as data: sequences of operations over block slots, made at random
//! or by a property test, and one body that runs and verifies them.

mod generate;
mod run;
mod script;

use pymem_spec::Domain;

pub use run::{run, run_random, run_watched};

/// Slots that a program's blocks stand in.
pub const SLOTS: u16 = 1024;

/// One operation. Whatever the slots hold it is legal: see [`run`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Asks for a block and puts it into a slot; what was there is freed first.
    Malloc {
        /// Where from.
        domain: Domain,
        /// Where to.
        slot: u16,
        /// Bytes.
        size: u32,
    },
    /// The same, zeroed.
    Calloc {
        /// Where from.
        domain: Domain,
        /// Where to.
        slot: u16,
        /// Number of elements.
        nelem: u32,
        /// Bytes of each.
        elsize: u32,
    },
    /// Resizes the slot's block; in an empty slot, resizes NULL.
    Realloc {
        /// Where from, in an empty slot.
        domain: Domain,
        /// Which block.
        slot: u16,
        /// Bytes.
        size: u32,
    },
    /// Frees the slot's block; in an empty slot, nothing.
    Free {
        /// Which block.
        slot: u16,
    },
    /// Verifies the contents of the slot's block.
    Verify {
        /// Which block.
        slot: u16,
    },
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its operations, in order.
    pub ops: Vec<Op>,
}
