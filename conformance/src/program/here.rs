//! Programs in this process, without a sandbox: for allocators that are trusted not to harm it.

use pymem_abi::family::Family;
use pymem_spec::{Configuration, Domain, Kind, Mode};

use super::{Op, Program, run};
use crate::harness::{Outcome, Subject, privately};
use crate::sandbox::launch::{Launch, Param};

/// Runs a program over three families, those of raw, mem and obj. Squeezes are left out: they would take memory from the
/// whole process.
///
/// # Errors
/// Those of [`run`].
pub fn run_here(families: [Family; 3], program: &Program) -> Outcome {
    let alignment = |domain: &Domain| Param { name: "alignment-cap".into(), domain: *domain, value: 16 };
    let concurrent = |domain: &Domain| Param { name: "concurrent".into(), domain: *domain, value: 1 };
    let params = Domain::ALL.iter().map(alignment).chain(Domain::ALL.iter().map(concurrent)).collect();
    let launch = Launch {
        callable: Domain::ALL.to_vec(),
        params,
        ..Launch::empty(Kind::Pymem, Mode::Bare, Configuration::Default)
    };
    let subject = Subject { families: families.map(Some), holes: Vec::new(), python: None, launch };
    let squeezes = |op: &Op| matches!(op, Op::Squeeze { .. } | Op::Exhaust { .. });
    let program = Program { ops: program.ops.iter().copied().filter(|op| !squeezes(op)).collect() };
    privately(&subject, |h| run(h, &program))
}
