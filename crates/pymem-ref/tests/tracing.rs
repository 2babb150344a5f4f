//! tracemalloc. Each test has a child of its own.

#[allow(dead_code, reason = "each test uses its part")]
mod common;

use std::thread;

use common::{current, in_child, poke};
use pymem_ref::trace::{start, stop, traced_memory, track, untrack};
use pymem_ref::{mem, obj, raw, setup_debug_hooks};

#[track_caller]
fn holds(body: impl FnOnce()) {
    let ended = in_child(body);
    assert!(ended.signal.is_none() && ended.stderr.is_empty(), "{ended:?}");
}

#[test]
fn off_is_told() {
    holds(|| {
        assert_eq!((track(5, 100, 1), untrack(5, 100)), (-2, -2));
        start();
        stop();
        assert_eq!((track(5, 100, 1), untrack(5, 100), traced_memory()), (-2, -2, (0, 0)));
    });
}

#[test]
fn traces_are_kept_by_domain_and_address() {
    holds(|| {
        start();
        assert_eq!(track(7, 0x1000, 1_000_000), 0);
        assert_eq!(track(7, 0x1000, 3_000_000), 0);
        assert_eq!(track(8, 0x1000, 1), 0);
        assert_eq!(traced_memory().0, 3_000_001);
        assert_eq!((untrack(7, 0x1000), untrack(7, 0x1000), untrack(9, 5)), (0, 0, 0));
        assert_eq!(traced_memory(), (1, 3_000_001));
        assert_eq!((track(0, 0, 0), track(u32::MAX, 0, 0)), (0, 0));
    });
}

#[test]
fn the_blocks_of_every_domain_are_traced_once() {
    holds(|| {
        start();
        // SAFETY: the rules of the domains are kept.
        unsafe {
            let blocks = (raw::malloc(1000), mem::malloc(2000), obj::calloc(3, 10));
            assert_eq!(traced_memory().0, 3030);
            let grown = mem::realloc(blocks.1, 5000);
            assert_eq!(traced_memory().0, 6030);
            assert!(mem::realloc(grown, isize::MAX as usize - 10).is_null());
            assert_eq!(traced_memory().0, 6030, "a refused resize changes nothing");
            raw::free(blocks.0);
            mem::free(grown);
            obj::free(blocks.2);
        }
        assert_eq!(traced_memory().0, 0);
    });
}

#[test]
fn the_tables_come_back_when_it_stops() {
    holds(|| {
        let before = [0, 1, 2].map(current);
        start();
        assert!([0, 1, 2].iter().all(|domain| !current(*domain).ctx.is_null()));
        // SAFETY: any size may be asked for.
        let block = unsafe { mem::malloc(10) };
        stop();
        assert!([0, 1, 2].map(current) == before);
        // SAFETY: a live block.
        unsafe { mem::free(block) };
    });
}

#[test]
fn a_diagnostic_says_where_the_block_came_from() {
    let ended = in_child(|| {
        setup_debug_hooks();
        start();
        // SAFETY: any size may be asked for.
        let block = unsafe { obj::malloc(24) };
        poke(block, 24, 0);
        // SAFETY: meant to be caught.
        unsafe { obj::free(block) };
    });
    assert_eq!(ended.signal, Some(libc::SIGABRT));
    assert!(ended.stderr.contains("bad trailing pad byte"), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("Memory block allocated at (most recent call first):\n  File \""),
        "{}",
        ended.stderr
    );
}

#[test]
fn tracing_can_be_started_again_whatever_lies_over_it() {
    holds(|| {
        start();
        setup_debug_hooks();
        stop();
        start();
        // SAFETY: any size may be asked for.
        let block = unsafe { raw::malloc(10) };
        assert_eq!(traced_memory().0, 10);
        // SAFETY: a live block.
        unsafe { raw::free(block) };
        assert_eq!(traced_memory().0, 0);
    });
}

#[test]
fn threads_trace_at_once() {
    holds(|| {
        start();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                thread::spawn(|| {
                    for size in 0..500 {
                        // SAFETY: the rules of the domains are kept.
                        unsafe { raw::free(raw::realloc(raw::malloc(size), size * 2)) };
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(traced_memory().0, 0);
    });
}
