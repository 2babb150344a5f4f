//! What serves a domain, seen from outside: the C library counts its own blocks, and pymalloc asks for arenas.

use std::ffi::c_void;
use std::fmt;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use pymem_abi::bindings::PyObjectArenaAllocator;
use pymem_spec::Domain;
use serde::{Deserialize, Serialize};

use super::{Block, Harness, Stop};

/// A size that pymalloc serves, also with the hooks' bytes around it.
const SIZE: usize = 400;
/// Blocks between two looks.
const STEP: usize = 512;
/// As many bytes are asked for before it is settled that nobody asks for arenas.
const ENOUGH: usize = 6 << 20;

/// Who serves a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Server {
    /// The C library's allocator.
    Libc,
    /// pymalloc, from arenas.
    Pymalloc,
    /// Somebody with memory of its own: mimalloc, as CPython has it.
    Other,
}

impl Server {
    /// The one that the parameter `served-by` has this number for; none for 0.
    pub fn of_param(number: u64) -> Option<Self> {
        [Self::Libc, Self::Pymalloc, Self::Other].get((number as usize).checked_sub(1)?).copied()
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Libc => "the C library",
            Self::Pymalloc => "pymalloc",
            Self::Other => "an allocator with memory of its own",
        })
    }
}

/// Calls of the arena allocator's `alloc`.
static ARENAS: AtomicUsize = AtomicUsize::new(0);
/// What was installed before.
static BEFORE: OnceLock<Arenas> = OnceLock::new();

struct Arenas(PyObjectArenaAllocator);
// SAFETY: copied from the target once, and only read; its functions are called by the threads that call the target.
unsafe impl Send for Arenas {}
// SAFETY: as above.
unsafe impl Sync for Arenas {}

impl Harness<'_> {
    /// Who serves small blocks of a domain, which may be called now.
    ///
    /// # Errors
    /// If it cannot be told here, or a request is refused.
    pub fn server_of(&mut self, domain: Domain) -> Result<Server, Stop> {
        self.count_arenas()?;
        libc_counts()?;
        let arenas = ARENAS.load(Ordering::Relaxed);
        let in_use = libc_in_use()?;
        let mut blocks: Vec<Block> = Vec::new();
        let server = loop {
            for _ in 0..STEP {
                blocks.push(self.in_domain(domain, |h| h.malloc(SIZE))?);
            }
            let bytes = blocks.len() * SIZE;
            // First, for pymalloc keeps its books in memory of the C library.
            if ARENAS.load(Ordering::Relaxed) > arenas {
                break Server::Pymalloc;
            }
            if libc_in_use()?.saturating_sub(in_use) >= bytes {
                break Server::Libc;
            }
            if bytes > ENOUGH {
                break Server::Other;
            }
        };
        self.free_all(blocks)?;
        Ok(server)
    }

    /// Lays a counter over the arena allocator, where the target has one.
    fn count_arenas(&self) -> Result<(), Stop> {
        let get = self.python("PyObject_GetArenaAllocator", |api| api.PyObject_GetArenaAllocator)?;
        let set = self.python("PyObject_SetArenaAllocator", |api| api.PyObject_SetArenaAllocator)?;
        if BEFORE.get().is_some() {
            return Ok(());
        }
        let mut table = PyObjectArenaAllocator { ctx: ptr::null_mut(), alloc: None, free: None };
        // SAFETY: room for the struct.
        unsafe { get(&raw mut table) };
        if table.alloc.is_none() || table.free.is_none() {
            return Err(Stop::fail("an arena allocator with two functions", "one of them is NULL"));
        }
        let _ = BEFORE.set(Arenas(table));
        let mut ours = PyObjectArenaAllocator { ctx: ptr::null_mut(), alloc: Some(alloc), free: Some(free) };
        // SAFETY: functions that pass on to those from before.
        unsafe { set(&raw mut ours) };
        Ok(())
    }
}

unsafe extern "C" fn alloc(_ctx: *mut c_void, size: usize) -> *mut c_void {
    ARENAS.fetch_add(1, Ordering::Relaxed);
    let before = &BEFORE.get().expect("set before this is installed").0;
    // SAFETY: the call is passed on as it came.
    unsafe { (before.alloc.expect("looked at before this was installed"))(before.ctx, size) }
}

unsafe extern "C" fn free(_ctx: *mut c_void, arena: *mut c_void, size: usize) {
    let before = &BEFORE.get().expect("set before this is installed").0;
    // SAFETY: as in `alloc`.
    unsafe { (before.free.expect("looked at before this was installed"))(before.ctx, arena, size) }
}

/// Whether the C library's own allocator is what this process calls: another one may have been put in its place.
fn libc_counts() -> Result<(), Stop> {
    let before = libc_in_use()?;
    // SAFETY: the C library's malloc takes any size.
    let blocks: Vec<*mut c_void> = (0..STEP).map(|_| unsafe { libc::malloc(SIZE) }).collect();
    let counted = libc_in_use()?.saturating_sub(before) >= STEP * SIZE;
    // SAFETY: blocks of that malloc, or NULL.
    blocks.into_iter().for_each(|block| unsafe { libc::free(block) });
    if counted { Ok(()) } else { Err(Stop::Skip("another malloc stands in the place of the C library's".into())) }
}

/// Bytes in live blocks of the C library's allocator.
fn libc_in_use() -> Result<usize, Stop> {
    // Younger than the C library that a program may be linked for.
    type Mallinfo2 = unsafe extern "C" fn() -> libc::mallinfo2;
    // SAFETY: a name that ends in NUL.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"mallinfo2".as_ptr()) };
    if address.is_null() {
        return Err(Stop::Skip("the C library does not tell what it has handed out".into()));
    }
    // SAFETY: what bears this name has this type.
    let mallinfo2: Mallinfo2 = unsafe { std::mem::transmute(address) };
    // SAFETY: may be called at any moment.
    let info = unsafe { mallinfo2() };
    Ok(info.uordblks + info.hblkhd)
}
