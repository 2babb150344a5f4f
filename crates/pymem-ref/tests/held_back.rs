//! No thread keeps memory from the others that it has no use for. Each test has a child of its own, whose resident
//! memory tells.

#[allow(dead_code, reason = "each test uses its part")]
mod common;

use std::fs;
use std::sync::mpsc::channel;
use std::thread;

use common::in_child;
use pymem_ref::mem;

const MIB: usize = 1 << 20;

#[track_caller]
fn holds(body: impl FnOnce()) {
    let ended = in_child(body);
    assert!(ended.signal.is_none() && ended.stderr.is_empty(), "{ended:?}");
}

#[test]
fn arenas_of_a_thread_that_waits_are_used_by_the_next() {
    const BYTES: usize = 100;
    const SPREAD: usize = 2000;
    holds(|| {
        let before = resident();
        let waiting: Vec<_> = (0..6)
            .map(|_| {
                let (done, wait) = (channel(), channel::<()>());
                let thread = thread::spawn(move || {
                    let blocks: Vec<_> = (0..32 * MIB / BYTES).map(|_| allocate(BYTES)).collect();
                    let (some, most): (Vec<_>, Vec<_>) =
                        blocks.into_iter().enumerate().partition(|(index, _)| index % SPREAD == 0);
                    most.into_iter().for_each(|(_, block)| free(block));
                    done.0.send(()).unwrap();
                    let _ = wait.1.recv();
                    some.into_iter().for_each(|(_, block)| free(block));
                });
                done.1.recv().unwrap();
                (thread, wait.0)
            })
            .collect();
        let grown = resident() - before;
        assert!(grown < 100 * MIB, "six times 32 MiB in turn take {} MiB", grown / MIB);
        for (thread, wait) in waiting {
            drop(wait);
            thread.join().unwrap();
        }
    });
}

#[test]
fn what_others_have_freed_is_there_for_requests_of_any_size() {
    holds(|| {
        let before = resident();
        for size in (64..=512).step_by(64) {
            let blocks: Vec<_> = (0..16 * MIB / size).map(|_| allocate(size)).collect();
            let in_pool = (32 << 10) / size;
            let (first, rest): (Vec<_>, Vec<_>) =
                blocks.into_iter().enumerate().partition(|(index, _)| index % in_pool == 0);
            // Every pool has a free block; then its owner learns of that; then all of it is free.
            thread::spawn(|| first.into_iter().for_each(|(_, block)| free(block))).join().unwrap();
            for _ in 0..5000 {
                allocate(16);
            }
            thread::spawn(|| rest.into_iter().for_each(|(_, block)| free(block))).join().unwrap();
        }
        let grown = resident() - before;
        assert!(grown < 48 * MIB, "eight times 16 MiB in turn take {} MiB", grown / MIB);
    });
}

#[test]
fn who_only_frees_gathers_no_pools() {
    holds(|| {
        // A thread must have allocated before it can own a pool.
        free(allocate(1));
        let before = resident();
        for _ in 0..3000 {
            let blocks: Vec<_> = thread::spawn(|| (0..10).map(|_| allocate(16)).collect()).join().unwrap();
            free(blocks[5]);
        }
        let grown = resident() - before;
        assert!(grown < 4 * MIB, "27,000 blocks of 16 bytes take {} KiB", grown / 1024);
    });
}

fn resident() -> usize {
    let text = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = text.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

fn allocate(bytes: usize) -> usize {
    // SAFETY: any argument is allowed.
    let block = unsafe { mem::malloc(bytes) };
    assert!(!block.is_null());
    // SAFETY: at least one byte.
    unsafe { block.cast::<u8>().write(1) };
    block.addr()
}

fn free(block: usize) {
    // SAFETY: the tests pass live blocks, as numbers so that threads may share them.
    unsafe { mem::free(block as *mut _) }
}
