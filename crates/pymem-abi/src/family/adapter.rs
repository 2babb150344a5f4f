//! What CPython does with a request before an allocator sees it.

use std::ffi::c_void;
use std::ptr;

use super::{Calloc, Free, Malloc, Realloc};
use crate::PY_SSIZE_T_MAX;
use crate::bindings::PyMemAllocatorEx;
use crate::symbols::Function;

/// A table whose pointers are known not to be NULL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vtable {
    pub(super) ctx: *mut c_void,
    malloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    calloc: unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void,
    realloc: unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void, *mut c_void),
}

impl Vtable {
    pub(super) fn new(table: &PyMemAllocatorEx) -> Result<Self, Function> {
        Ok(Self {
            ctx: table.ctx,
            malloc: table.malloc.ok_or(Function::Malloc)?,
            calloc: table.calloc.ok_or(Function::Calloc)?,
            realloc: table.realloc.ok_or(Function::Realloc)?,
            free: table.free.ok_or(Function::Free)?,
        })
    }

    #[inline]
    pub(super) unsafe fn malloc(&self, size: usize) -> *mut c_void {
        if size > PY_SSIZE_T_MAX {
            return ptr::null_mut();
        }
        // SAFETY: passed on from `Family::malloc`.
        unsafe { (self.malloc)(self.ctx, size) }
    }

    #[inline]
    pub(super) unsafe fn calloc(&self, nelem: usize, elsize: usize) -> *mut c_void {
        if product_is_refused(nelem, elsize) {
            return ptr::null_mut();
        }
        // SAFETY: passed on from `Family::calloc`.
        unsafe { (self.calloc)(self.ctx, nelem, elsize) }
    }

    #[inline]
    pub(super) unsafe fn realloc(&self, block: *mut c_void, size: usize) -> *mut c_void {
        if size > PY_SSIZE_T_MAX {
            return ptr::null_mut();
        }
        // SAFETY: passed on from `Family::realloc`.
        unsafe { (self.realloc)(self.ctx, block, size) }
    }

    #[inline]
    pub(super) unsafe fn free(&self, block: *mut c_void) {
        // SAFETY: passed on from `Family::free`.
        unsafe { (self.free)(self.ctx, block) }
    }
}

/// A family with the signatures and the habits of the C library, which may
/// answer a request for zero bytes with NULL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Libc {
    pub(super) malloc: Malloc,
    pub(super) calloc: Calloc,
    pub(super) realloc: Realloc,
    pub(super) free: Free,
}

impl Libc {
    #[inline]
    pub(super) unsafe fn malloc(&self, size: usize) -> *mut c_void {
        if size > PY_SSIZE_T_MAX {
            return ptr::null_mut();
        }
        // SAFETY: passed on from `Family::malloc`.
        unsafe { (self.malloc)(size.max(1)) }
    }

    #[inline]
    pub(super) unsafe fn calloc(&self, nelem: usize, elsize: usize) -> *mut c_void {
        if product_is_refused(nelem, elsize) {
            return ptr::null_mut();
        }
        let (nelem, elsize) = if nelem == 0 || elsize == 0 { (1, 1) } else { (nelem, elsize) };
        // SAFETY: passed on from `Family::calloc`.
        unsafe { (self.calloc)(nelem, elsize) }
    }

    #[inline]
    pub(super) unsafe fn realloc(&self, block: *mut c_void, size: usize) -> *mut c_void {
        if size > PY_SSIZE_T_MAX {
            return ptr::null_mut();
        }
        // SAFETY: passed on from `Family::realloc`.
        unsafe { (self.realloc)(block, size.max(1)) }
    }
}

/// Whether an array cannot be counted in `Py_ssize_t`. A product with zero is
/// zero, however large the other side.
#[inline]
fn product_is_refused(nelem: usize, elsize: usize) -> bool {
    nelem.checked_mul(elsize).is_none_or(|product| product > PY_SSIZE_T_MAX)
}
