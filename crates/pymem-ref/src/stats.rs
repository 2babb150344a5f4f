//! What `PYTHONMALLOCSTATS` prints: how the arenas are used.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::arena::{ARENA, POOLS};
use crate::class;
use crate::commons::{self, Commons};
use crate::pool::POOL;
use crate::stderr::Stderr;

static WANTED: AtomicBool = AtomicBool::new(false);

/// Has the statistics written to standard error with each new arena from now on, and at the end of the process.
pub(crate) fn turn_on() {
    extern "C" fn at_exit() {
        write(&commons::lock());
    }
    if !WANTED.swap(true, Ordering::Relaxed) {
        // SAFETY: the function stays for good: the library is never unmapped.
        unsafe { libc::atexit(at_exit) };
    }
}

/// Writes the statistics if they are wanted.
pub(crate) fn new_arena(commons: &Commons) {
    if WANTED.load(Ordering::Relaxed) {
        write(commons);
    }
}

fn write(commons: &Commons) {
    let mut out = Stderr::new();
    // Nobody is left to tell of an error.
    let _ = table(&mut out, commons);
}

/// Counts pools only: blocks are counted by threads that nobody can stop.
fn table(out: &mut Stderr, commons: &Commons) -> fmt::Result {
    let mut used = [0_usize; class::COUNT];
    for (_, arena) in commons.arenas() {
        arena.used_pools().for_each(|pool| used[pool.class()] += 1);
    }
    writeln!(out, "Small block threshold = {}, in {} size classes.", class::LARGEST, class::COUNT)?;
    writeln!(out, "\nclass   size   num pools   bytes in pools")?;
    for (class, pools) in used.iter().enumerate().filter(|(_, pools)| **pools > 0) {
        writeln!(out, "{class:5} {:6} {pools:11} {:16}", class::size(class), pools * POOL)?;
    }
    let arenas = commons.mapped_arenas();
    let pools: usize = used.iter().sum();
    writeln!(out, "\n# arenas allocated           = {arenas:16}")?;
    writeln!(out, "# bytes in arenas            = {:16}", arenas * ARENA)?;
    writeln!(out, "# pools in use               = {pools:16}")?;
    writeln!(out, "# pools not in use           = {:16}\n", arenas * POOLS - pools)
}
