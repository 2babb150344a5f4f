//! What the guard notes in a check's journal.
//!
//! A call of the check's own, under way, stands for those that come of it; and of several threads one is noted at a
//! time.

use std::sync::OnceLock;

use pymem_abi::symbols::Function;
use pymem_spec::Domain;

use crate::harness::Recorder;
use crate::journal::{BlockName, Operation};

static RECORDER: OnceLock<Recorder> = OnceLock::new();

/// Says where calls are noted. The first call counts.
pub fn note_in(recorder: Recorder) {
    RECORDER.get_or_init(|| recorder);
}

/// Notes a call that is about to be made; none where nothing is noted.
pub(super) fn begin(domain: Domain, function: Function, size: usize) -> Option<u64> {
    let operation = Operation { function, domain, block: BlockName::UNNAMED, size: size as u64, elsize: 1 };
    RECORDER.get()?.begin_alone(operation)
}

/// Notes that it returned.
pub(super) fn end(number: Option<u64>) {
    if let (Some(number), Some(recorder)) = (number, RECORDER.get()) {
        recorder.end(number);
    }
}
