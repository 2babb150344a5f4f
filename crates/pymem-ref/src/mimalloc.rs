//! mimalloc as an allocator of mem and obj: the real one, from its own sources.

use std::ffi::c_void;
use std::ptr;

use libmimalloc_sys as mi;

use crate::request;
use crate::table::PyMemAllocatorEx;

/// mimalloc behind functions that take a `ctx`.
///
/// It serves requests for no bytes with blocks of their own.
pub(crate) const TABLE: PyMemAllocatorEx = PyMemAllocatorEx { ctx: ptr::null_mut(), malloc, calloc, realloc, free };

unsafe extern "C" fn malloc(_: *mut c_void, bytes: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    unsafe { mi::mi_malloc(bytes) }
}

unsafe extern "C" fn calloc(_: *mut c_void, elements: usize, size: usize) -> *mut c_void {
    match request::product(elements, size) {
        // SAFETY: any size may be asked for.
        Some(bytes) => unsafe { mi::mi_zalloc(bytes) },
        None => ptr::null_mut(),
    }
}

unsafe extern "C" fn realloc(_: *mut c_void, block: *mut c_void, bytes: usize) -> *mut c_void {
    // SAFETY: the caller's promise: null, or a live block of mimalloc's.
    unsafe { mi::mi_realloc(block, bytes) }
}

unsafe extern "C" fn free(_: *mut c_void, block: *mut c_void) {
    // mimalloc takes null too, but not before it has allocated for the first time.
    if !block.is_null() {
        // SAFETY: as in `realloc`.
        unsafe { mi::mi_free(block) }
    }
}
