//! Random programs.
//!
//! They alternate between phases, because some defects need many blocks, others
//! one order of frees, others a slot that is resized again and again.

use fastrand::Rng;
use pymem_spec::Domain;

use super::{Op, Program, SLOTS};

/// Operations in one phase.
const PHASE: usize = 2048;

/// What a phase does most.
#[derive(Clone, Copy)]
enum Phase {
    /// Random replacement.
    Mixed,
    /// Fill the slots in order.
    Grow,
    /// Free them, newest first.
    Unwind,
    /// Free them, oldest first.
    Drain,
    /// Resize a few of them often.
    Resize,
}

impl Program {
    /// A program of `length` operations over `domains`; the same seed gives the
    /// same program.
    ///
    /// # Panics
    /// If there are no domains.
    pub fn random(seed: u64, length: usize, domains: &[Domain]) -> Self {
        const PHASES: [Phase; 7] =
            [Phase::Mixed, Phase::Grow, Phase::Unwind, Phase::Mixed, Phase::Grow, Phase::Drain, Phase::Resize];
        let mut rng = Rng::with_seed(seed);
        let ops = (0..length)
            .map(|index| {
                let phase = PHASES[index / PHASE % PHASES.len()];
                let at = (index % PHASE % usize::from(SLOTS)) as u16;
                let domain = domains[rng.usize(..domains.len())];
                phase.op(&mut rng, at, domain)
            })
            .collect();
        Self { ops }
    }
}

impl Phase {
    fn op(self, rng: &mut Rng, at: u16, domain: Domain) -> Op {
        let slot = rng.u16(..SLOTS);
        match (self, rng.u8(..10)) {
            (Phase::Mixed, 0..=3) | (Phase::Grow, 8) => request(rng, domain, slot),
            (Phase::Mixed, 4..=6) => Op::Free { slot },
            (Phase::Mixed, 7..=8) => Op::Realloc { domain, slot, size: size(rng) },
            (Phase::Grow, 0..=7) => request(rng, domain, at),
            (Phase::Unwind, 0..=8) => Op::Free { slot: SLOTS - 1 - at },
            (Phase::Drain, 0..=8) => Op::Free { slot: at },
            (Phase::Resize, 0..=7) => Op::Realloc { domain, slot: slot % 8, size: size(rng) },
            (Phase::Resize, 8) => request(rng, domain, slot % 8),
            (Phase::Mixed | Phase::Grow | Phase::Unwind | Phase::Drain | Phase::Resize, _) => Op::Verify { slot },
        }
    }
}

fn request(rng: &mut Rng, domain: Domain, slot: u16) -> Op {
    let size = size(rng);
    if rng.u8(..4) > 0 {
        return Op::Malloc { domain, slot, size };
    }
    let elsize = [1, 2, 8, 16, 24][rng.usize(..5)];
    Op::Calloc { domain, slot, nelem: size / elsize, elsize }
}

/// Sizes as Python programs ask for them: nearly all small, few large.
fn size(rng: &mut Rng) -> u32 {
    match rng.u16(..2000) {
        0..=39 => 0,
        40..=1239 => rng.u32(1..=64),
        1240..=1859 => rng.u32(65..=512),
        1860..=1989 => evenly_by_magnitude(rng, 9, 12),
        1990..=1998 => evenly_by_magnitude(rng, 12, 15),
        _ => evenly_by_magnitude(rng, 15, 18),
    }
}

/// Above 2 to the power of `least`, and up to `most`; as many of each magnitude.
fn evenly_by_magnitude(rng: &mut Rng, least: u32, most: u32) -> u32 {
    let base = 1 << rng.u32(least..most);
    rng.u32(base + 1..=2 * base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides() {
        let program = Program::random(5, 5000, &Domain::ALL[..1]);
        assert_eq!(program, Program::random(5, 5000, &Domain::ALL[..1]));
        assert_ne!(program, Program::random(6, 5000, &Domain::ALL[..1]));
    }

    #[test]
    fn every_domain_and_every_kind_of_operation_occurs() {
        let program = Program::random(1, 20_000, Domain::ALL);
        let count = |matches: fn(&Op) -> bool| program.ops.iter().filter(|op| matches(op)).count();
        assert!(count(|op| matches!(op, Op::Malloc { domain: Domain::Mem, .. })) > 100);
        assert!(count(|op| matches!(op, Op::Calloc { domain: Domain::Obj, .. })) > 100);
        assert!(count(|op| matches!(op, Op::Realloc { .. })) > 1000);
        assert!(count(|op| matches!(op, Op::Free { .. })) > 1000);
        assert!(count(|op| matches!(op, Op::Verify { .. })) > 500);
    }
}
