//! Memory that one thread leaves is used by others. Each test has a size class of its own, so that none takes what
//! another waits for.

use std::collections::HashSet;
use std::thread;

use pymem_ref::{check_thread, mem};

#[test]
fn a_new_thread_goes_on_with_an_abandoned_pool() {
    const BYTES: usize = 321;
    let (kept, freed) = thread::spawn(|| {
        let (kept, freed) = (allocate(BYTES), allocate(BYTES));
        free(freed);
        (kept, freed)
    })
    .join()
    .unwrap();
    let reused = thread::spawn(|| allocate(BYTES)).join().unwrap();
    assert_eq!(reused, freed);
    free(reused);
    free(kept);
}

#[test]
fn full_pools_come_back_when_another_thread_frees() {
    const BYTES: usize = 433;
    let mut seen = HashSet::new();
    for _ in 0..200 {
        let blocks: Vec<_> = (0..500).map(|_| allocate(BYTES)).collect();
        seen.extend(blocks.iter().copied());
        thread::spawn(move || blocks.into_iter().for_each(free)).join().unwrap();
        check_thread();
    }
    // Without reuse these are 100,000. Other threads may take pools that were given back, so not always the same come.
    assert!(seen.len() < 5_000, "500 blocks at a time came from {} places", seen.len());
}

#[test]
fn an_abandoned_pool_with_no_free_block_is_adopted_by_who_frees_into_it() {
    const BYTES: usize = 257;
    // Some full pools and a part of one.
    let blocks = thread::spawn(|| (0..400).map(|_| allocate(BYTES)).collect::<Vec<_>>()).join().unwrap();
    let (first, last) = (blocks[0], blocks[399]);
    // A thread must have allocated before it can own a pool.
    free(allocate(1));
    free(first);
    free(last);
    assert_eq!(allocate(BYTES), first, "the pool of the first block freed is current");
    blocks[..399].iter().for_each(|&block| free(block));
    check_thread();
}

#[test]
fn a_pool_kept_while_empty_is_an_ordinary_one_when_it_fills_up() {
    const BYTES: usize = 129;
    free(allocate(BYTES));
    check_thread();
    let blocks: Vec<_> = (0..1000).map(|_| allocate(BYTES)).collect();
    check_thread();
    blocks.into_iter().for_each(free);
    check_thread();
}

fn allocate(bytes: usize) -> usize {
    // SAFETY: any argument is allowed.
    let block = unsafe { mem::malloc(bytes) };
    assert!(!block.is_null());
    block.addr()
}

fn free(block: usize) {
    // SAFETY: the tests pass live blocks, as numbers so that threads may share them.
    unsafe { mem::free(block as *mut _) }
}
