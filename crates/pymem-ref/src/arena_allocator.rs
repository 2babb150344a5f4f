//! Where arenas come from.

use std::ffi::c_void;
use std::ptr::{self, NonNull};

use crate::arena::ARENA;
use crate::commons;
use crate::os;

/// An allocator of arenas: two functions and what they get as their first argument.
///
/// They are called while the lock of the commons is held, so they must not call mem or obj.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PyObjectArenaAllocator {
    /// Passed to each function.
    pub ctx: *mut c_void,
    /// `alloc(ctx, bytes)`: memory that nobody else has, or null; then requests are served by the raw domain.
    pub alloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    /// `free(ctx, arena, bytes)`: takes back what `alloc` gave.
    pub free: unsafe extern "C" fn(*mut c_void, *mut c_void, usize),
}

/// Arenas from the system.
pub(crate) const OWN: PyObjectArenaAllocator = PyObjectArenaAllocator { ctx: ptr::null_mut(), alloc, free };

/// The allocator of arenas, as it is now.
pub(crate) fn current() -> PyObjectArenaAllocator {
    commons::lock().arena_allocator
}

/// Has arenas be got from `allocator` from now on.
pub(crate) fn install(allocator: PyObjectArenaAllocator) {
    commons::lock().arena_allocator = allocator;
}

unsafe extern "C" fn alloc(_: *mut c_void, bytes: usize) -> *mut c_void {
    let memory = if bytes == ARENA { os::map_aligned(bytes) } else { os::map(bytes) };
    memory.map_or(ptr::null_mut(), |start| start.as_ptr().cast())
}

unsafe extern "C" fn free(_: *mut c_void, arena: *mut c_void, bytes: usize) {
    if let Some(start) = NonNull::new(arena.cast()) {
        // SAFETY: the caller gives back what `alloc` gave.
        unsafe { os::unmap(start, bytes) };
    }
}
