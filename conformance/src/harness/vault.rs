//! Memory that never forgets: blocks are never reused, so that what was written into them last can be read for ever.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Stop;
use crate::sandbox::sys;

/// Address space of a vault; pages become real when they are touched.
const BYTES: usize = 64 << 20;
/// What a fresh block holds: no byte that a debug hook writes.
const FRESH: u8 = 0x11;
/// Alignment of blocks, and the least distance between two.
const ALIGN: usize = 64;

/// An allocator that serves each request with memory that nobody had before. A thread of the target's own may call it
/// at any time.
pub struct Vault {
    start: *mut u8,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Bytes that were handed out, from the start on.
    used: usize,
    /// Live blocks: size by address.
    live: BTreeMap<usize, usize>,
}

impl Vault {
    /// An empty one.
    ///
    /// # Errors
    /// If the system has no memory.
    pub fn new() -> Result<Self, Stop> {
        let start = sys::map_anonymous(BYTES).map_err(|_| Stop::OutOfMemory)?.cast();
        Ok(Self { start, state: Mutex::default() })
    }

    /// The bytes from `offset` on, relative to an address in the vault, dead or alive.
    ///
    /// # Errors
    /// If they do not lie within the vault: the target did not ask the allocator below.
    pub fn bytes(&self, address: usize, offset: isize, count: usize) -> Result<&[u8], Stop> {
        let from = address.wrapping_add_signed(offset);
        let at = from.checked_sub(self.start.addr()).filter(|at| at.checked_add(count).is_some_and(|end| end <= BYTES));
        let at = at.ok_or_else(|| {
            Stop::fail("the block and what is around it come from the allocator below", "they do not")
        })?;
        // SAFETY: within the mapping, which stays and is never written to while this is read.
        Ok(unsafe { std::slice::from_raw_parts(self.start.add(at), count) })
    }

    /// Whether an address lies in the vault.
    pub fn holds(&self, address: usize) -> bool {
        address.checked_sub(self.start.addr()).is_some_and(|at| at < BYTES)
    }

    pub(super) fn malloc(&self, size: usize) -> *mut c_void {
        // A gap after each block keeps what is written behind one apart from the next.
        let Some(room) = size.checked_add(ALIGN).and_then(|room| room.checked_next_multiple_of(ALIGN)) else {
            return ptr::null_mut();
        };
        let mut state = self.state();
        let at = state.used;
        if room > BYTES - at {
            return ptr::null_mut();
        }
        state.used += room;
        // SAFETY: within the mapping, and never handed out before.
        let block = unsafe { self.start.add(at) };
        // SAFETY: as above.
        unsafe { block.write_bytes(FRESH, size) };
        state.live.insert(block.addr(), size);
        block.cast()
    }

    pub(super) fn calloc(&self, nelem: usize, elsize: usize) -> *mut c_void {
        let Some(size) = nelem.checked_mul(elsize) else { return ptr::null_mut() };
        let block = self.malloc(size);
        if !block.is_null() {
            // SAFETY: just handed out with this size.
            unsafe { block.cast::<u8>().write_bytes(0, size) };
        }
        block
    }

    pub(super) fn realloc(&self, block: *mut c_void, size: usize) -> *mut c_void {
        let Some(old) = self.state().live.get(&block.addr()).copied() else {
            return if block.is_null() { self.malloc(size) } else { ptr::null_mut() };
        };
        // What does not grow stays where it is.
        if size <= old {
            self.state().live.insert(block.addr(), size);
            return block;
        }
        let new = self.malloc(size);
        if !new.is_null() {
            // SAFETY: both are blocks of ours with this many bytes, and distinct.
            unsafe { ptr::copy_nonoverlapping(block.cast::<u8>(), new.cast::<u8>(), old.min(size)) };
            self.state().live.remove(&block.addr());
        }
        new
    }

    pub(super) fn free(&self, block: *mut c_void) {
        self.state().live.remove(&block.addr());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
