//! Which allocators stand in the domains, by default and by name.

use pymem_spec::Domain;

use super::debug_hooks::letter_of;
use crate::harness::expect::expect;
use crate::harness::hook::words;
use crate::harness::serving::Server;
use crate::harness::{Harness, Outcome, Stop};

/// Size of a block whose surroundings are looked at.
const SIZE: usize = 40;

/// The domain is served by the allocator that stands there in this configuration.
pub fn server(h: &mut Harness) -> Outcome {
    let found = h.server_of(h.domain())?;
    let Some(expected) = Server::of_param(h.param("served-by")) else {
        h.note_trait("served-by", found as u64 + 1);
        return Err(Stop::Skip("documentation and libraries differ".into()));
    };
    expect(found == expected, || (format!("{expected} serves {}", h.domain()), format!("{found} does")))
}

/// The debug hooks lie over the domain in just the configurations that have them.
pub fn hooks(h: &mut Harness) -> Outcome {
    if h.subject().launch.hooks {
        let block = h.malloc(SIZE)?;
        let before = block.around(-8, 8);
        let framed = before[0] == letter_of(h.domain()) && before[1..].iter().all(|byte| *byte == before[1]);
        expect(framed, || ("a letter and seven guard bytes before a block".into(), "other bytes".into()))?;
        return h.free(block);
    }
    // Setting them up changes a struct only where they are not yet.
    let before = words(&h.allocator_of(h.domain())?);
    h.setup_debug_hooks()?;
    let after = words(&h.allocator_of(h.domain())?);
    expect(before != after, || ("no debug hooks".into(), "they are set up already".into()))
}

/// The allocator that `PYTHONMALLOC` names serves the domain, with debug hooks just where the name says so.
pub fn named(h: &mut Harness) -> Outcome {
    match server(h) {
        Err(Stop::Skip(_)) => {}
        other => other?,
    }
    hooks(h)
}

/// Without pymalloc, all three domains have the very same functions.
pub fn same_functions(h: &mut Harness) -> Outcome {
    let structs = h.structs()?;
    let same = structs.iter().all(|one| one[1..] == structs[0][1..]);
    expect(same, || ("the same four functions in all domains".into(), "different ones".into()))
}

/// The allocators that stand there by default have no `ctx`.
pub fn ctx(h: &mut Harness) -> Outcome {
    for domain in Domain::ALL {
        let ctx = h.allocator_of(*domain)?.ctx;
        expect(ctx.is_null(), || (format!("ctx of {domain} is NULL"), "it is not".into()))?;
    }
    Ok(())
}
