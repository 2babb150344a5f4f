//! What becomes of things when any one request is refused below.

use pymem_spec::Domain;

use super::debug_hooks::over_our_own;
use crate::harness::expect::expect;
use crate::harness::hook::{Hook, words};
use crate::harness::{Harness, Outcome, Stop};
use crate::program::{self, Program};

/// The installed allocator refuses any one request.
pub fn under_the_api(h: &mut Harness) -> Outcome {
    let hook = h.hook(h.domain())?;
    sweep(h, hook, Answer::Null)?;
    h.unhook(hook)
}

/// The allocator below the debug hooks does.
pub fn under_debug_hooks(h: &mut Harness) -> Outcome {
    over_our_own(h, |h, below| sweep(h, below, Answer::Null))
}

/// Raw does, below mem and obj.
pub fn of_raw(h: &mut Harness) -> Outcome {
    let raw = h.hook(Domain::Raw)?;
    program::run(h, &Program::script(h.domain()))?;
    if raw.arrivals().is_empty() {
        return Err(Stop::Skip(format!("{} asks nothing of raw here", h.domain())));
    }
    sweep(h, raw, Answer::NullOrServed)?;
    let stays = words(&h.allocator_of(Domain::Raw)?) == words(&raw.table());
    expect(stays, || ("the allocator of raw stays the one that was set".into(), "another one".into()))?;
    h.unhook(raw)
}

/// What the caller gets where the allocator below refuses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Null,
    NullOrServed,
}

/// Runs the script with the n-th request refused below, for each n that there is. The program itself verifies that
/// blocks keep their contents and that what is handed out can be used.
fn sweep(h: &mut Harness, below: &Hook, answer: Answer) -> Outcome {
    const MOST: u64 = 1000;
    let program = Program::script(h.domain());
    let mut nulls = 0;
    program::run_watched(h, &program, |now| {
        nulls = now;
        Ok(())
    })?;
    if nulls > 0 {
        return Err(Stop::OutOfMemory);
    }
    for n in 1..MOST {
        let start = below.outstanding();
        let refused = run_refusing(h, below, answer, &program, n)?;
        let once = below.outstanding();
        if once > start {
            // Something that is kept for good may have been asked for; a leak comes again.
            run_refusing(h, below, answer, &program, n)?;
            let lost = below.outstanding().saturating_sub(once);
            expect(lost == 0, || {
                (
                    format!("with request {n} refused, all blocks have gone back in the end"),
                    format!("{lost} are missing each time"),
                )
            })?;
        }
        if !refused {
            break;
        }
    }
    program::run_watched(h, &program, |nulls| {
        expect(nulls == 0, || ("nothing is refused afterwards".into(), "NULL".into()))
    })
}

/// Whether there was an n-th request.
fn run_refusing(h: &mut Harness, below: &Hook, answer: Answer, program: &Program, n: u64) -> Result<bool, Stop> {
    let start = below.refused();
    let (mut refusals, mut nulls) = (start, 0);
    below.refuse_nth(n);
    program::run_watched(h, program, |nulls_now| {
        let (refused, null) = (below.refused() > refusals, nulls_now > nulls);
        (refusals, nulls) = (below.refused(), nulls_now);
        expect(refused || !null, || (format!("with request {n} refused below, no other is"), "NULL".into()))?;
        expect(null || !refused || answer == Answer::NullOrServed, || {
            (format!("NULL: request {n} below was refused"), "a block".into())
        })
    })?;
    below.refuse_nth(0);
    Ok(below.refused() > start)
}
