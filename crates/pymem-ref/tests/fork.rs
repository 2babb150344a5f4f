//! Forks while other threads allocate.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pymem_ref::mem;

#[test]
fn a_child_can_allocate_and_free_while_the_parents_threads_did() {
    let stop = AtomicBool::new(false);
    let inherited: Vec<_> = (0..5000).map(allocate).collect();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    churn(50);
                    pulse();
                }
            });
        }
        let failed = (0..100).map(|_| fork_and_allocate(&inherited)).find(|&status| status != Some(CHILD_DONE));
        // The threads must stop before anything panics, or the scope would wait for them.
        stop.store(true, Ordering::Relaxed);
        assert_eq!(failed, None, "the wait status of a child; none if it hangs");
    });
    inherited.into_iter().for_each(free);
    pymem_ref::check_thread();
}

/// The wait status of a child that ended as it should.
const CHILD_DONE: i32 = 42 << 8;

/// Forks, uses the allocator in the child, and returns the child's wait status.
fn fork_and_allocate(inherited: &[usize]) -> Option<i32> {
    // SAFETY: the child calls the allocator and `_exit`, nothing else.
    let child = unsafe { libc::fork() };
    if child == 0 {
        inherited.iter().for_each(|&block| free(block));
        churn(5000);
        // SAFETY: ends the child without running anything of the parent's.
        unsafe { libc::_exit(42) };
    }
    wait(child)
}

fn allocate(seed: usize) -> usize {
    // SAFETY: any argument is allowed.
    let block = unsafe { mem::malloc(seed * 31 % 512) };
    assert!(!block.is_null());
    block.addr()
}

fn free(block: usize) {
    // SAFETY: the tests pass live blocks, as numbers so that threads may share them.
    unsafe { mem::free(block as *mut _) }
}

/// Takes pools and gives them back, so that a fork is likely to find the lock taken.
fn pulse() {
    for _ in 0..20 {
        let blocks: [usize; 200] = std::array::from_fn(|_| allocate(16));
        blocks.into_iter().for_each(free);
    }
}

/// Fills and empties pools, without memory of any other allocator.
fn churn(count: usize) {
    const WIDTH: usize = 700;
    let mut live = [0; WIDTH];
    for index in 0..count + WIDTH {
        let place = &mut live[index % WIDTH];
        if *place != 0 {
            free(*place);
        }
        *place = if index < count { allocate(index) } else { 0 };
    }
}

/// Waits for a child, at most ten seconds: one that waits for a lock would never end.
fn wait(child: libc::pid_t) -> Option<i32> {
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut status = 0;
    // SAFETY: a child of ours, and a variable for its status.
    while unsafe { libc::waitpid(child, &mut status, libc::WNOHANG) } == 0 {
        if Instant::now() > deadline {
            // SAFETY: a child of ours that has not been waited for.
            unsafe { libc::kill(child, libc::SIGKILL) };
            return None;
        }
        thread::sleep(Duration::from_micros(200));
    }
    Some(status)
}
