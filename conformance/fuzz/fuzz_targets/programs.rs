//! Programs that libFuzzer makes, run over the reference allocator by the body that runs all random programs.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use pymem_conform::harness::Stop;
use pymem_conform::program::{Op, Program, SLOTS, run_here};
use pymem_conform::reference;
use pymem_spec::Domain;

/// An operation, of any numbers.
#[derive(Debug, Arbitrary)]
enum Any {
    Malloc { domain: u8, slot: u16, size: Size },
    Calloc { domain: u8, slot: u16, nelem: u8, elsize: Size },
    Realloc { domain: u8, slot: u16, size: Size },
    Free { slot: u16 },
    Verify { slot: u16 },
    GoOnIn { thread: u8 },
    EndThread { thread: u8 },
}

/// A size: most are small, as a byte says them.
#[derive(Debug, Arbitrary)]
enum Size {
    Tiny(u8),
    Small(u8),
    Any(u16),
    Pages(u8),
}

impl Size {
    fn bytes(&self) -> u32 {
        match *self {
            Self::Tiny(size) => u32::from(size),
            Self::Small(size) => u32::from(size) * 4,
            Self::Any(size) => u32::from(size),
            Self::Pages(pages) => u32::from(pages) << 12,
        }
    }
}

impl Any {
    /// What it stands for, which is legal whatever the numbers are.
    fn op(&self) -> Op {
        let domain = |number: u8| Domain::ALL[usize::from(number) % Domain::ALL.len()];
        let slot = |number: u16| number % SLOTS;
        // Few threads, so that they meet.
        let thread = |number: u8| u16::from(number) % 4;
        match *self {
            Self::Malloc { domain: d, slot: s, ref size } => {
                Op::Malloc { domain: domain(d), slot: slot(s), size: size.bytes() }
            }
            Self::Calloc { domain: d, slot: s, nelem, ref elsize } => {
                let (nelem, elsize) = (u32::from(nelem % 16), elsize.bytes());
                Op::Calloc { domain: domain(d), slot: slot(s), nelem, elsize }
            }
            Self::Realloc { domain: d, slot: s, ref size } => {
                Op::Realloc { domain: domain(d), slot: slot(s), size: size.bytes() }
            }
            Self::Free { slot: s } => Op::Free { slot: slot(s) },
            Self::Verify { slot: s } => Op::Verify { slot: slot(s) },
            Self::GoOnIn { thread: t } => Op::GoOnIn { thread: thread(t) },
            Self::EndThread { thread: t } => Op::EndThread { thread: thread(t) },
        }
    }
}

fuzz_target!(|ops: Vec<Any>| {
    let program = Program { ops: ops.iter().map(Any::op).collect() };
    let families = [Domain::Raw, Domain::Mem, Domain::Obj].map(reference::family);
    if let Err(stop @ (Stop::Fail { .. } | Stop::SmallRefusal { .. })) = run_here(families, &program) {
        panic!("{stop:?}\n{program:#?}");
    }
});
