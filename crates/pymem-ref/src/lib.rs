//! The reference allocator: CPython's memory contract as running code.
//!
//! # The model
//!
//! - A *domain* (raw, mem, obj) is four functions. Raw is the C library; mem and obj share the allocator below.
//! - A request of up to 512 bytes is rounded up to one of 32 *size classes*, 16 bytes apart. Larger ones go to raw.
//! - An *arena* is 1 MiB of address space, aligned to its size, and begins with the descriptors of its 32 *pools*.
//! - A pool is 32 KiB that hold *blocks* of one class. Free blocks form a list that is threaded through them.
//! - A *heap* belongs to one thread and owns pools. Its owner allocates and frees in them without any atomic step.
//! - Another thread frees into a pool's *remote list*, one atomic word; the owner collects it when it needs blocks.
//! - A heap takes its pools from arenas on its own *shelf*, so that threads do not write to neighbouring memory.
//! - The *commons* are behind the only lock: shelves, arenas that no heap has, abandoned pools, idle heaps.
//! - When a thread ends, its pools with live blocks are *abandoned* to the commons; who needs them adopts them.
//! - The *map* has one bit for each MiB of the address space and tells the blocks of arenas from all other pointers.
//! - An empty pool goes back to its arena, an empty arena to the system; one of each is kept back against thrashing.
//!
//! - A domain's allocator can be *replaced* by another table of functions; the debug hooks and tracing are such tables,
//!   *layers* that call the one they replaced.
//! - Arenas come from an *arena allocator*, which can be replaced too.
//!
//! # Reading order
//!
//! `class`, `block`, `pool`, `remote`, `arena`, `shelf`, `map`, `commons`, `heap`, `thread`, `small`, and the
//! API on top: `request`, `system`, `domain`, `table`. `check` states the invariants. What replaces: `slot`, `api`,
//! `arena_allocator` (with `unaligned`), `hooks`, `trace`, `mimalloc`; what chooses among it: `environment`. Beside
//! all this: `object`, `stats`.
//!
//! Nothing here uses Rust's global allocator: the code also runs in processes where that is a private heap of the
//! test harness, and in processes where `malloc` itself is what is being tested.

mod api;
mod arena;
mod arena_allocator;
mod block;
mod check;
mod class;
mod commons;
mod domain;
pub mod environment;
mod heap;
pub mod hooks;
mod list;
mod lock;
mod map;
#[cfg(feature = "mimalloc")]
mod mimalloc;
#[cfg(feature = "objects")]
pub mod object;
mod os;
mod pool;
mod remote;
mod request;
mod shelf;
mod slot;
mod small;
mod stats;
mod stderr;
mod sync;
mod system;
mod table;
mod thread;
pub mod trace;
mod unaligned;

/// What the shared library exports of the C API, with every feature on.
pub const C_NAMES: &[&str] = &[
    "PyMem_RawMalloc",
    "PyMem_RawCalloc",
    "PyMem_RawRealloc",
    "PyMem_RawFree",
    "PyMem_Malloc",
    "PyMem_Calloc",
    "PyMem_Realloc",
    "PyMem_Free",
    "PyObject_Malloc",
    "PyObject_Calloc",
    "PyObject_Realloc",
    "PyObject_Free",
    "PyMem_GetAllocator",
    "PyMem_SetAllocator",
    "PyMem_SetupDebugHooks",
    "PyObject_GetArenaAllocator",
    "PyObject_SetArenaAllocator",
    "PyTraceMalloc_Track",
    "PyTraceMalloc_Untrack",
    "_PyObject_New",
    "_PyObject_NewVar",
    "PyObject_Init",
    "PyObject_InitVar",
];

pub use api::{get_allocator, get_arena_allocator, set_allocator, set_arena_allocator, setup_debug_hooks};
pub use arena_allocator::PyObjectArenaAllocator;
pub use check::check_thread;
pub use domain::{mem, obj, raw};
pub use table::{DOMAIN_MEM, DOMAIN_OBJ, DOMAIN_RAW, PyMemAllocatorEx, allocator, pymem_get_allocator};
