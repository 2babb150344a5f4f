//! Any candidate as the struct that `PyMem_SetAllocator` takes.

use std::ffi::c_void;

use pymem_abi::bindings::PyMemAllocatorEx;
use pymem_abi::family::Family;

/// A struct whose functions call those of `family`, as CPython would call them. It serves for the life of the process.
pub fn of(family: Family) -> PyMemAllocatorEx {
    let ctx: *mut Family = Box::leak(Box::new(family));
    PyMemAllocatorEx {
        ctx: ctx.cast(),
        malloc: Some(malloc),
        calloc: Some(calloc),
        realloc: Some(realloc),
        free: Some(free),
    }
}

/// # Safety
/// `ctx` is that of a struct from [`of`].
unsafe fn family<'a>(ctx: *mut c_void) -> &'a Family {
    // SAFETY: the caller's promise; it was leaked and never changes.
    unsafe { &*ctx.cast::<Family>() }
}

unsafe extern "C" fn malloc(ctx: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the interpreter hands over our `ctx`, and calls when the domain may be called.
    unsafe { family(ctx).malloc(size) }
}

unsafe extern "C" fn calloc(ctx: *mut c_void, nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: as in `malloc`; a family that is installed has a calloc.
    unsafe { family(ctx).calloc(nelem, elsize) }
}

unsafe extern "C" fn realloc(ctx: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: as in `malloc`; the block is the family's own.
    unsafe { family(ctx).realloc(block, size) }
}

unsafe extern "C" fn free(ctx: *mut c_void, block: *mut c_void) {
    // SAFETY: as in `realloc`.
    unsafe { family(ctx).free(block) }
}
