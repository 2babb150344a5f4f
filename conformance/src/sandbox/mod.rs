//! Where hostile code runs: the only part of the suite that forks, executes,
//! signals or kills.
//!
//! ```text
//! supervisor ── keeper (one per core) ── worker (loads the target, once per session)
//!                    └───────────────── child (runs one check; a clone of the worker)
//! ```
//!
//! Children are clones of the worker but the keeper's own children
//! (`CLONE_PARENT`), so the process that waits for them never loaded the
//! target. Keeper, worker and child talk through two shared mappings ([`shm`]).

pub mod child;
pub mod commanding;
pub mod entry;
pub mod errand;
pub mod heap;
pub mod interpreter;
pub mod keeper;
pub mod launch;
pub mod loading;
pub mod pool;
pub mod preload;
pub mod process;
pub mod program;
pub mod provoke;
pub mod python;
pub mod replayer;
pub mod shm;
pub mod spawn;
pub mod sys;
pub mod watch;
pub mod worker;
