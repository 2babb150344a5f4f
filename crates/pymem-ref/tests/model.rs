//! Random programs against a model: contents are kept, blocks do not overlap, addresses are aligned, zeroes are zero.

use std::collections::BTreeMap;
use std::ffi::c_void;

use proptest::prelude::*;
use pymem_ref::{PyMemAllocatorEx, allocator, check_thread};

/// One call. Blocks are chosen by a number that is taken modulo the live ones.
#[derive(Clone, Debug)]
enum Operation {
    Malloc { domain: usize, bytes: usize },
    Calloc { domain: usize, elements: usize, size: usize },
    Realloc { block: usize, bytes: usize },
    Free { block: usize },
}

/// A live block: what the program knows about it.
struct Live {
    domain: usize,
    start: *mut u8,
    bytes: usize,
    seed: u8,
}

/// The live blocks, and the memory that they cover.
struct Model {
    tables: [PyMemAllocatorEx; 3],
    live: Vec<Live>,
    covered: BTreeMap<usize, usize>,
    next_seed: u8,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_programs_agree_with_the_model(program in prop::collection::vec(operation(), 1..600)) {
        let mut model = Model::new();
        for operation in &program {
            model.run(operation);
        }
        check_thread();
        while !model.live.is_empty() {
            model.run(&Operation::Free { block: model.next_seed.into() });
        }
        check_thread();
    }
}

fn operation() -> impl Strategy<Value = Operation> {
    let block = || 0..10_000usize;
    prop_oneof![
        4 => (0..3usize, bytes()).prop_map(|(domain, bytes)| Operation::Malloc { domain, bytes }),
        2 => (0..3usize, 0..40usize, 0..40usize)
            .prop_map(|(domain, elements, size)| Operation::Calloc { domain, elements, size }),
        3 => (block(), bytes()).prop_map(|(block, bytes)| Operation::Realloc { block, bytes }),
        4 => block().prop_map(|block| Operation::Free { block }),
    ]
}

fn bytes() -> impl Strategy<Value = usize> {
    prop_oneof![10 => 0..=64usize, 10 => 65..=512usize, 2 => 513..=5000usize, 1 => 20_000..40_000usize]
}

impl Model {
    fn new() -> Self {
        let tables = [0, 1, 2].map(|domain| allocator(domain).unwrap());
        Self { tables, live: Vec::new(), covered: BTreeMap::new(), next_seed: 0 }
    }

    fn run(&mut self, operation: &Operation) {
        match *operation {
            Operation::Malloc { domain, bytes } => {
                let table = self.tables[domain];
                // SAFETY: any argument is allowed.
                let start = unsafe { (table.malloc)(table.ctx, bytes) };
                self.add(domain, start, bytes);
            }
            Operation::Calloc { domain, elements, size } => {
                let table = self.tables[domain];
                // SAFETY: any arguments are allowed.
                let start = unsafe { (table.calloc)(table.ctx, elements, size) };
                // SAFETY: a fresh block of this size.
                let contents = unsafe { std::slice::from_raw_parts(start.cast::<u8>(), elements * size) };
                assert!(contents.iter().all(|&byte| byte == 0), "calloc returned a byte that is not zero");
                self.add(domain, start, elements * size);
            }
            Operation::Realloc { block, bytes } if !self.live.is_empty() => {
                let old = self.take(block);
                let table = self.tables[old.domain];
                // SAFETY: the block is live in this domain.
                let start = unsafe { (table.realloc)(table.ctx, old.start.cast(), bytes) };
                Live { start: start.cast(), bytes: old.bytes.min(bytes), ..old }.assert_intact();
                self.add(old.domain, start, bytes);
            }
            Operation::Free { block } if !self.live.is_empty() => {
                let old = self.take(block);
                let table = self.tables[old.domain];
                // SAFETY: the block is live in this domain.
                unsafe { (table.free)(table.ctx, old.start.cast()) };
            }
            Operation::Realloc { .. } | Operation::Free { .. } => {}
        }
    }

    /// Takes over a fresh block, which must not overlap any other.
    fn add(&mut self, domain: usize, start: *mut c_void, bytes: usize) {
        let (address, end) = (start.addr(), start.addr() + bytes.max(1));
        assert!(address != 0 && address % 16 == 0);
        let before = self.covered.range(..end).next_back();
        assert!(before.is_none_or(|(_, &other_end)| other_end <= address), "two live blocks overlap");
        self.covered.insert(address, end);
        let block = Live { domain, start: start.cast(), bytes, seed: self.next_seed };
        self.next_seed = self.next_seed.wrapping_add(37);
        block.fill();
        self.live.push(block);
    }

    /// Gives up a block, which must be as it was left.
    fn take(&mut self, block: usize) -> Live {
        let block = self.live.swap_remove(block % self.live.len());
        block.assert_intact();
        self.covered.remove(&block.start.addr());
        block
    }
}

impl Live {
    fn fill(&self) {
        // SAFETY: the block is live and has this size.
        let contents = unsafe { std::slice::from_raw_parts_mut(self.start, self.bytes) };
        for (index, byte) in contents.iter_mut().enumerate() {
            *byte = self.seed.wrapping_add(index as u8);
        }
    }

    fn assert_intact(&self) {
        // SAFETY: the block is live and has this size.
        let contents = unsafe { std::slice::from_raw_parts(self.start, self.bytes) };
        let intact = contents.iter().enumerate().all(|(index, &byte)| byte == self.seed.wrapping_add(index as u8));
        assert!(intact, "the contents of a block of {} bytes have changed", self.bytes);
    }
}
