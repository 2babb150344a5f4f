//! Programs of operations, as data: sound allocators pass every one of them, and of a broken one it is
//! known which programs must notice.

mod allocators;

use std::collections::BTreeMap;

use allocators::{
    COUNTING, DIRTY_CALLOC, FORGETFUL_REALLOC, LIVE, MISALIGNED_MALLOC, ONE_BLOCK_FOR_ALL, REFUSALS, STINGY, family,
};

use proptest::prelude::*;
use pymem_abi::family::{Family, Functions};
use pymem_conform::harness::{Outcome, Stop};
use pymem_conform::program::{Op, Program, Scope, run_here};
use pymem_conform::reference;
use pymem_spec::Domain;

/// Runs a program over one family, which stands for all three domains; `None` is the reference with its
/// three.
fn run_over(family: Option<Family>, program: &Program) -> Outcome {
    let families = [Domain::Raw, Domain::Mem, Domain::Obj];
    run_here(families.map(|domain| family.unwrap_or_else(|| reference::family(domain))), program)
}

/// Few slots, so that operations meet.
fn operation() -> impl Strategy<Value = Op> {
    let domain = || prop::sample::select(Domain::ALL.to_vec());
    let size = || prop_oneof![4 => 0..40u32, 3 => 0..600u32, 2 => 0..5000u32, 1 => 0..300_000u32];
    let slot = || 0..12u16;
    prop_oneof![
        4 => (domain(), slot(), size()).prop_map(|(domain, slot, size)| Op::Malloc { domain, slot, size }),
        2 => (domain(), slot(), 0..40u32, 0..40u32)
            .prop_map(|(domain, slot, nelem, elsize)| Op::Calloc { domain, slot, nelem, elsize }),
        4 => (domain(), slot(), size()).prop_map(|(domain, slot, size)| Op::Realloc { domain, slot, size }),
        2 => slot().prop_map(|slot| Op::Free { slot }),
        1 => slot().prop_map(|slot| Op::Verify { slot }),
    ]
}

fn program() -> impl Strategy<Value = Program> {
    prop::collection::vec(operation(), 0..200).prop_map(|ops| Program { ops })
}

proptest! {
    // A failure shows the shortest program that fails; nothing has to be written into the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_reference_passes_every_program(program in program()) {
        prop_assert_eq!(run_over(None, &program), Ok(()));
    }

    #[test]
    fn every_block_is_given_back(program in program()) {
        LIVE.set(0);
        prop_assert_eq!(run_over(Some(family(COUNTING)), &program), Ok(()));
        prop_assert_eq!(LIVE.get(), 0);
    }

    /// A refusal is legal, whatever is refused and when.
    #[test]
    fn refusals_are_passed_over(program in program(), pattern: u64) {
        REFUSALS.set(pattern);
        prop_assert_eq!(run_over(Some(family(STINGY)), &program), Ok(()));
    }

    #[test]
    fn a_calloc_that_is_not_zero_is_noticed(program in program()) {
        let is_shown = program.ops.iter().any(|op| matches!(op, Op::Calloc { nelem, elsize, .. } if nelem * elsize > 0));
        assert_noticed(DIRTY_CALLOC, &program, is_shown)?;
    }

    #[test]
    fn a_block_off_its_alignment_is_noticed(program in program()) {
        let is_shown = program.ops.iter().any(|op| matches!(op, Op::Malloc { size, .. } if *size >= 16));
        assert_noticed(MISALIGNED_MALLOC, &program, is_shown)?;
    }

    #[test]
    fn a_resize_that_loses_a_byte_is_noticed(program in program()) {
        assert_noticed(FORGETFUL_REALLOC, &program, resizes_contents(&program))?;
    }

    #[test]
    fn blocks_that_overlap_are_noticed(program in program()) {
        assert_noticed(ONE_BLOCK_FOR_ALL, &program, holds_two_blocks(&program))?;
    }
}

/// Random programs are programs like any other.
#[test]
fn random_programs_pass() {
    for seed in 0..20 {
        assert_eq!(run_over(None, &Program::random(seed, 5000, &Scope::calls(Domain::ALL))), Ok(()));
    }
}

/// The fault is noticed exactly where the program shows it.
fn assert_noticed(functions: Functions, program: &Program, is_shown: bool) -> Result<(), TestCaseError> {
    let outcome = run_over(Some(family(functions)), program);
    prop_assert_eq!(matches!(outcome, Err(Stop::Fail { .. })), is_shown, "{:?}", outcome);
    prop_assert!(is_shown || outcome.is_ok(), "{:?}", outcome);
    Ok(())
}

/// Sizes of the slots' blocks after each operation, with the operation.
fn histories(program: &Program) -> impl Iterator<Item = (Op, BTreeMap<u16, u32>, BTreeMap<u16, u32>)> {
    let mut sizes = BTreeMap::new();
    program.ops.iter().map(move |op| {
        let before = sizes.clone();
        match *op {
            Op::Malloc { slot, size, .. } | Op::Realloc { slot, size, .. } => drop(sizes.insert(slot, size)),
            Op::Calloc { slot, nelem, elsize, .. } => drop(sizes.insert(slot, nelem * elsize)),
            Op::Free { slot } => drop(sizes.remove(&slot)),
            _ => {}
        }
        (*op, before, sizes.clone())
    })
}

/// Whether a block that holds something is resized to hold something.
fn resizes_contents(program: &Program) -> bool {
    histories(program).any(|(op, before, _)| match op {
        Op::Realloc { slot, size, .. } => size > 0 && before.get(&slot).is_some_and(|old| *old > 0),
        _ => false,
    })
}

/// Whether a block that malloc made lives while malloc makes another one, and both hold something.
fn holds_two_blocks(program: &Program) -> bool {
    let mut made = BTreeMap::new();
    program.ops.iter().any(|op| {
        match *op {
            Op::Malloc { slot, size, .. } => drop(made.insert(slot, size)),
            // What the reference makes or moves lies elsewhere.
            Op::Calloc { slot, .. } | Op::Realloc { slot, .. } | Op::Free { slot } => drop(made.remove(&slot)),
            _ => {}
        }
        made.values().filter(|size| **size > 0).count() > 1
    })
}
