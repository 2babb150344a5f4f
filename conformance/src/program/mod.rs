//! Programs as data: sequences of operations over block slots, made at random
//! or by a property test, and one body that runs and verifies them.

pub mod coverage;
mod generate;
mod here;
mod run;
mod script;

use pymem_spec::Domain;

use self::coverage::{Around, Coverage};
use crate::tape::Act;

pub use generate::Seed;
pub use here::run_here;
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
    /// Has a thread make the calls from now on; 0 is the first one.
    GoOnIn {
        /// Which thread.
        thread: u16,
    },
    /// Ends a thread. If it is to call again, there is a new one.
    EndThread {
        /// Which thread.
        thread: u16,
    },
    /// Has the system refuse all further memory, or grant it again.
    Squeeze {
        /// Whether it refuses.
        refuses: bool,
    },
    /// Asks for what memory the allocator has left, and frees it when the system grants memory again.
    Exhaust {
        /// Where from.
        domain: Domain,
        /// A size in bytes of which nothing is to be left, besides others.
        size: u32,
    },
    /// Lays a hook over a domain, which refuses one request.
    Hook {
        /// Over which domain.
        domain: Domain,
        /// The number of the request of the first thread from now on, from 1; 0 for none.
        refused: u32,
    },
    /// Lifts it.
    Unhook,
}

/// What a program may use.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The domains that are called.
    pub domains: Vec<Domain>,
    /// Those over which hooks may be laid meanwhile.
    pub hookable: Vec<Domain>,
    /// Whether other threads may call.
    pub threads: bool,
    /// Whether the system may refuse memory meanwhile.
    pub squeezes: bool,
}

impl Scope {
    /// Calls of these domains, and nothing around them.
    pub fn calls(domains: &[Domain]) -> Self {
        Self { domains: domains.to_vec(), hookable: Vec::new(), threads: false, squeezes: false }
    }

    /// What can be around a call.
    fn around(&self) -> Vec<Around> {
        let may = |around: &Around| match around {
            Around::Nothing => true,
            Around::Squeeze => self.squeezes,
            Around::Thread => self.threads,
            Around::Hook => !self.hookable.is_empty(),
        };
        Around::ALL.into_iter().filter(may).collect()
    }
}

impl Op {
    /// Notes the situation that it brings about among blocks of these sizes, if nothing is refused.
    pub fn note(self, coverage: &mut Coverage, slots: &mut [Option<u32>]) {
        let live = slots.iter().flatten().count();
        let mut request = |act, slot: u16, size: u32| {
            coverage.note(act, size as usize, live);
            slots[usize::from(slot)] = Some(size);
        };
        match self {
            Op::Malloc { slot, size, .. } => request(Act::Malloc, slot, size),
            Op::Calloc { slot, nelem, elsize, .. } => request(Act::Calloc, slot, nelem * elsize),
            Op::Realloc { slot, size, .. } => {
                let act = if slots[usize::from(slot)].is_some() { Act::Realloc } else { Act::ReallocNull };
                coverage.note(act, size as usize, live);
                slots[usize::from(slot)] = Some(size);
            }
            Op::Free { slot } => {
                if let Some(size) = slots[usize::from(slot)].take() {
                    coverage.note(Act::Free, size as usize, live);
                }
            }
            Op::GoOnIn { thread } => coverage.surround(if thread == 0 { Around::Nothing } else { Around::Thread }),
            Op::Squeeze { refuses } => coverage.surround(if refuses { Around::Squeeze } else { Around::Nothing }),
            Op::Hook { .. } => coverage.surround(Around::Hook),
            Op::Unhook => coverage.surround(Around::Nothing),
            Op::Verify { .. } | Op::EndThread { .. } | Op::Exhaust { .. } => {}
        }
    }
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its operations, in order.
    pub ops: Vec<Op>,
}
