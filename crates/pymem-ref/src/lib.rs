//! The reference allocator: CPython's memory contract as running code.
//!
//! # The model
//!
//! - A *domain* (raw, mem, obj) is four functions. Raw is the C library; mem and obj share the allocator below.
//! - A request of up to 512 bytes is rounded up to one of 32 *size classes*, 16 bytes apart. Larger ones go to raw.
//! - An *arena* is 1 MiB of address space, aligned to its size, and begins with the descriptors of its 64 *pools*.
//! - A pool is 16 KiB that hold *blocks* of one class. Free blocks form a list that is threaded through them.
//! - A *heap* belongs to one thread and owns pools. Its owner allocates and frees in them without any atomic step.
//! - Another thread frees into a pool's *remote list*, one atomic word; the owner collects it when it needs blocks.
//! - The *commons* hold, under the only lock, what no heap owns: arenas, free pools, abandoned pools, idle heaps.
//! - When a thread ends, its pools with live blocks are *abandoned* to the commons; who needs them adopts them.
//! - The *map* has one bit for each MiB of the address space and tells the blocks of arenas from all other pointers.
//! - An empty pool goes back to its arena, an empty arena to the system; one of each is kept back against thrashing.
//!
//! # Reading order
//!
//! `class`, `block`, `pool`, `remote`, `arena`, `map`, `commons`, `heap`, `thread`, `small`, and the
//! API on top: `request`, `system`, `domain`, `table`. `check` states the invariants.
//!
//! Nothing here uses Rust's global allocator: the code also runs in processes where that is a private heap of the
//! test harness, and in processes where `malloc` itself is what is being tested.

mod arena;
mod block;
mod check;
mod class;
mod commons;
mod domain;
mod heap;
mod list;
mod map;
mod os;
mod pool;
mod remote;
mod request;
mod small;
mod sync;
mod system;
mod table;
mod thread;

pub use check::check_thread;
pub use domain::{mem, obj, raw};
pub use table::{DOMAIN_MEM, DOMAIN_OBJ, DOMAIN_RAW, PyMemAllocatorEx, allocator, pymem_get_allocator};
