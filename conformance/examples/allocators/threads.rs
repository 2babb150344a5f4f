//! What several threads do.

use std::ffi::c_void;
use std::sync::Barrier;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

use crate::calls::Calls;
use crate::sizes::Sizes;
use crate::workloads::{OPERATIONS, Replacement};

/// Threads that replace blocks of their own, side by side. Time over the operations of all of them: with a core for
/// each, it falls as their number grows.
pub fn beside(calls: impl Calls, threads: usize) -> f64 {
    let together = Barrier::new(threads);
    let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let work = || {
            let mut replacement = Replacement::new(calls);
            (0..OPERATIONS / 10).for_each(|index| replacement.step(index));
            together.wait();
            let started = Instant::now();
            (0..OPERATIONS).for_each(|index| replacement.step(index));
            (started, Instant::now())
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    let first = spans.iter().map(|span| span.0).min().expect("at least one thread");
    let last = spans.iter().map(|span| span.1).max().expect("at least one thread");
    (last - first).as_nanos() as f64 / (OPERATIONS * threads) as f64
}

/// Blocks on their way to another thread. The lists themselves go back, so that they are made once.
#[derive(Default)]
struct Batch(Vec<*mut c_void>);

// SAFETY: a block may be freed by another thread than the one that made it, and only one has the batch at a time.
unsafe impl Send for Batch {}

/// One thread allocates, another frees. An operation is one block.
pub fn hand_over(calls: impl Calls) -> f64 {
    const BATCH: usize = 256;
    const UNDERWAY: usize = 16;
    let (full, to_free) = sync_channel::<Batch>(UNDERWAY);
    let (empty, to_fill) = sync_channel::<Batch>(UNDERWAY);
    for _ in 0..UNDERWAY {
        empty.send(Batch(Vec::with_capacity(BATCH))).expect("there is room for all");
    }
    let started = Instant::now();
    thread::scope(|scope| {
        scope.spawn(move || {
            let sizes = Sizes::python_like();
            for batch in 0..OPERATIONS / BATCH {
                let mut blocks = to_fill.recv().expect("the other thread sends them back");
                blocks.0.extend((0..BATCH).map(|index| calls.malloc(sizes.at(batch * BATCH + index))));
                full.send(blocks).expect("the other thread waits");
            }
        });
        for mut blocks in to_free {
            // SAFETY: each is live, and freed once.
            blocks.0.drain(..).for_each(|block| unsafe { calls.free(block) });
            // At the end, nobody wants it any more.
            let _ = empty.send(blocks);
        }
    });
    started.elapsed().as_nanos() as f64 / (OPERATIONS / BATCH * BATCH) as f64
}
