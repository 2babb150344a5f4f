//! What allocators live through when interpreters start and end. Each check starts its own, in a fork.

use pymem_abi::bindings::PyInterpreterConfig;
use pymem_spec::{Configuration, Domain};

use crate::harness::expect::{all_intact, expect, intact, zeroed};
use crate::harness::hook::words;
use crate::harness::start::{Settled, Start};
use crate::harness::{Block, Harness, Outcome, Stop};
use crate::sandbox::provoke::Death;

/// Sizes on both sides of what a small-object allocator serves itself.
const SIZES: [usize; 6] = [0, 1, 100, 512, 513, 5000];
/// Lives that an interpreter gets, one after the other.
const LIVES: usize = 3;

/// An allocator that was installed before the interpreter starts stays, and serves it.
pub fn before_start(h: &mut Harness) -> Outcome {
    alive(h, |h| {
        let hooks = [Domain::Raw, Domain::Mem, Domain::Obj].map(|domain| (domain, h.wrap(domain)));
        h.initialise()?;
        for (domain, hook) in hooks {
            let hook = hook?;
            let called = !hook.arrivals().is_empty();
            expect(called, || (format!("the interpreter's start calls our allocator of {domain}"), "no call".into()))?;
            let ours = words(&h.allocator_of(domain)?) == words(&hook.table());
            expect(ours, || (format!("our allocator of {domain} is still there"), "another one is".into()))?;
        }
        Ok(())
    })
}

/// The end of the interpreter does not take it away.
pub fn after_end(h: &mut Harness) -> Outcome {
    alive(h, |h| {
        let hook = h.wrap(Domain::Raw)?;
        h.initialise()?;
        h.finalise()?;
        let ours = words(&h.allocator_of(Domain::Raw)?) == words(&hook.table());
        expect(ours, || ("our allocator of raw is still there".into(), "another one is".into()))
    })
}

/// A start that names allocators puts them in the place of what was there, and leaves what comes afterwards.
pub fn start_replaces(h: &mut Harness) -> Outcome {
    let named = malloc_by_name(h)?;
    let fresh = h.settled(&named)?;
    let replaced = alive(h, |h| {
        h.wrap(Domain::Raw)?;
        h.begin_start(&named)?.map_err(Stop::Skip)?;
        h.structs().map(Settled::As)
    })?;
    expect(replaced == fresh, || ("the allocators that were named".into(), "others".into()))?;
    if !h.can_configure() {
        return Ok(());
    }
    alive(h, |h| {
        h.begin_start(&named)?.map_err(Stop::Skip)?;
        let hook = h.wrap(Domain::Raw)?;
        h.initialise()?;
        let ours = words(&h.allocator_of(Domain::Raw)?) == words(&hook.table());
        expect(ours, || ("what was installed after pre-initialisation stays".into(), "another allocator".into()))
    })
}

/// A start that names allocators without debug hooks takes those away that were there.
pub fn start_removes_hooks(h: &mut Harness) -> Outcome {
    let named = malloc_by_name(h)?;
    let fresh = h.settled(&named)?;
    let over_hooks = alive(h, |h| {
        h.setup_debug_hooks()?;
        h.begin_start(&named)?.map_err(Stop::Skip)?;
        h.structs().map(Settled::As)
    })?;
    expect(over_hooks == fresh, || ("the allocators that were named, without hooks".into(), "others".into()))
}

/// An interpreter can start and end several times, and serves every domain each time.
pub fn cycles(h: &mut Harness) -> Outcome {
    alive(h, |h| {
        for _ in 0..LIVES {
            h.initialise()?;
            use_every_domain(h)?;
            h.finalise()?;
        }
        Ok(())
    })
}

/// Blocks of raw outlive interpreters.
pub fn raw_outlives(h: &mut Harness) -> Outcome {
    alive(h, |h| {
        let mut blocks = filled(h, Domain::Raw)?;
        h.initialise()?;
        blocks.extend(filled(h, Domain::Raw)?);
        h.finalise()?;
        all_intact(&blocks)?;
        for block in &mut blocks {
            h.in_domain(Domain::Raw, |h| h.realloc(block, block.size + 100))?;
        }
        let mut more = filled(h, Domain::Raw)?;
        more.append(&mut blocks);
        h.free_all(more)
    })
}

/// Blocks of mem and obj outlive their interpreter, and new ones can be made.
pub fn all_outlive(h: &mut Harness) -> Outcome {
    alive(h, |h| {
        h.initialise()?;
        let mut blocks = Vec::new();
        for domain in [Domain::Mem, Domain::Obj] {
            blocks.extend(filled(h, domain)?);
        }
        h.finalise()?;
        all_intact(&blocks)?;
        h.free_all(blocks)?;
        use_every_domain(h)
    })
}

/// A further interpreter serves every domain, and the first one goes on after its end.
pub fn further_interpreter(h: &mut Harness) -> Outcome {
    alive(h, |h| {
        h.initialise()?;
        let kept = filled(h, Domain::Mem)?;
        let made = h.in_further_interpreter(None, use_every_domain)?;
        expect(made.is_ok(), || ("a further interpreter".into(), "none".into()))?;
        all_intact(&kept)?;
        h.free_all(kept)?;
        use_every_domain(h)
    })
}

/// A further interpreter may have a small-object allocator of its own; then extensions have to be looked at.
pub fn own_allocator(h: &mut Harness) -> Outcome {
    let config = |own: bool, checked: bool, gil: i32| PyInterpreterConfig {
        use_main_obmalloc: i32::from(!own),
        allow_fork: 0,
        allow_exec: 0,
        allow_threads: 1,
        allow_daemon_threads: 0,
        check_multi_interp_extensions: i32::from(checked),
        gil,
    };
    const SHARED_LOCK: i32 = 1;
    const OWN_LOCK: i32 = 2;
    alive(h, |h| {
        h.initialise()?;
        for (own, checked, gil, accepted) in
            [(true, true, OWN_LOCK, true), (true, true, SHARED_LOCK, true), (true, false, SHARED_LOCK, false)]
        {
            let made = h.in_further_interpreter(Some(&config(own, checked, gil)), use_every_domain)?;
            expect(made.is_ok() == accepted, || {
                let what = format!("an allocator of its own: {own}, extensions looked at: {checked}, lock {gil}");
                let word = |accepted| if accepted { "accepted" } else { "refused" };
                (format!("{}: {what}", word(accepted)), word(made.is_ok()).into())
            })?;
        }
        Ok(())
    })
}

/// With mimalloc by name, no interpreter is needed.
pub fn mimalloc_without_interpreter(h: &mut Harness) -> Outcome {
    if !h.subject().launch.names.contains(&Configuration::EnvMimalloc) {
        return Err(Stop::Skip("this build does not have mimalloc by name".into()));
    }
    alive(h, |h| {
        h.begin_start(&Start::pythonmalloc("mimalloc"))?.map_err(Stop::Skip)?;
        use_every_domain(h)?;
        h.initialise()?;
        h.finalise()?;
        use_every_domain(h)
    })
}

/// Does something in a fork, which has to survive it.
fn alive<T: serde::Serialize + serde::de::DeserializeOwned>(
    h: &mut Harness,
    work: impl FnOnce(&mut Harness) -> Result<T, Stop>,
) -> Result<T, Stop> {
    h.apart(work)?.map_err(|Death { end, said }| {
        let said = String::from_utf8_lossy(&said);
        let said = pymem_abi::text::escape(said.lines().next().unwrap_or_default());
        let how = end.map_or_else(String::new, |end| end.to_string());
        Stop::fail("the process lives on", if said.is_empty() { how } else { format!("{how}: {said}") })
    })
}

/// A start that names the C library's allocator; debug builds put no hooks over that one.
fn malloc_by_name(h: &Harness) -> Result<Start, Stop> {
    if h.subject().launch.names.contains(&Configuration::EnvMalloc) {
        Ok(Start::pythonmalloc("malloc"))
    } else {
        Err(Stop::Skip("this build does not have malloc by name".into()))
    }
}

fn use_every_domain(h: &mut Harness) -> Outcome {
    for domain in Domain::ALL {
        let mut blocks = filled(h, *domain)?;
        for block in &mut blocks {
            let size = block.size + 30;
            h.in_domain(*domain, |h| h.realloc(block, size))?;
        }
        h.free_all(blocks)?;
        let block = h.in_domain(*domain, |h| h.calloc(10, 10))?;
        zeroed(&block)?;
        h.free(block)?;
    }
    Ok(())
}

fn filled(h: &mut Harness, domain: Domain) -> Result<Vec<Block>, Stop> {
    SIZES
        .into_iter()
        .map(|size| {
            let mut block = h.in_domain(domain, |h| h.malloc(size))?;
            block.fill();
            intact(&block)?;
            Ok(block)
        })
        .collect()
}
