//! Four functions of one domain, called as CPython would call them.
//!
//! What stands between a caller and the target differs by kind, and is decided
//! here once:
//!
//! - the Python API (kinds `cpython` and `pymem`, and the built-in reference) is called
//!   as it is;
//! - a table (`vtable`) gets what `PyMem_SetAllocator` would give it: sizes and products
//!   above `PY_SSIZE_T_MAX` are refused in front, all else arrives unchanged;
//! - a `malloc` library gets what CPython gives the C library: the same refusals, and
//!   no request for zero bytes, which becomes one for a byte.

use std::ffi::c_void;
use std::ptr;

use crate::bindings::PyMemAllocatorEx;
use crate::symbols::Function;

mod adapter;
#[cfg(test)]
mod tests;

use adapter::{Libc, Vtable};

/// Signature of `malloc`.
pub type Malloc = unsafe extern "C" fn(usize) -> *mut c_void;
/// Signature of `calloc`: number and size of the elements.
pub type Calloc = unsafe extern "C" fn(usize, usize) -> *mut c_void;
/// Signature of `realloc`.
pub type Realloc = unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void;
/// Signature of `free`.
pub type Free = unsafe extern "C" fn(*mut c_void);

/// Four functions with the signatures of C; `calloc` is missing in Python 3.4.
#[derive(Clone, Copy, Debug)]
pub struct Functions {
    /// A fresh block.
    pub malloc: Malloc,
    /// A fresh block of zero bytes.
    pub calloc: Option<Calloc>,
    /// A block with another size.
    pub realloc: Realloc,
    /// Gives a block back.
    pub free: Free,
}

/// The allocator of one domain of a target, and the C names of its functions.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    calls: Calls,
    names: [&'static str; 4],
}

#[derive(Clone, Copy, Debug)]
enum Calls {
    Python(Functions),
    Vtable(Vtable),
    Libc(Libc),
}

// SAFETY: the only pointer inside is the `ctx` of a table, which is never read
// here, only handed back to the table's functions. Whether these may be called
// from two threads is a matter of the contract, not of memory that Rust owns.
unsafe impl Send for Family {}
// SAFETY: as above; nothing inside changes.
unsafe impl Sync for Family {}

impl Family {
    /// Functions of the Python API, called as they are. `names` are their C names,
    /// in the order of [`Function::ALL`].
    pub fn from_functions(functions: Functions, names: [&'static str; 4]) -> Self {
        Self { calls: Calls::Python(functions), names }
    }

    /// A table, driven as CPython drives an installed allocator.
    ///
    /// # Errors
    ///
    /// The first function whose pointer is NULL.
    pub fn from_table(table: &PyMemAllocatorEx, names: [&'static str; 4]) -> Result<Self, Function> {
        Ok(Self { calls: Calls::Vtable(Vtable::new(table)?), names })
    }

    /// A family of a C library, driven as CPython drives the system's.
    pub fn from_libc(malloc: Malloc, calloc: Calloc, realloc: Realloc, free: Free, names: [&'static str; 4]) -> Self {
        Self { calls: Calls::Libc(Libc { malloc, calloc, realloc, free }), names }
    }

    /// The target's own functions, with nothing in front of them; none for a table, whose functions take its `ctx`.
    pub fn functions(&self) -> Option<Functions> {
        match self.calls {
            Calls::Python(functions) => Some(functions),
            Calls::Libc(Libc { malloc, calloc, realloc, free }) => {
                Some(Functions { malloc, calloc: Some(calloc), realloc, free })
            }
            Calls::Vtable(_) => None,
        }
    }

    /// A fresh block of `size` bytes, or NULL.
    ///
    /// # Safety
    ///
    /// The target may be called now, in this thread, for this domain.
    #[inline]
    pub unsafe fn malloc(&self, size: usize) -> *mut c_void {
        match &self.calls {
            // SAFETY: the caller's promise.
            Calls::Python(python) => unsafe { (python.malloc)(size) },
            // SAFETY: the caller's promise.
            Calls::Vtable(table) => unsafe { table.malloc(size) },
            // SAFETY: the caller's promise.
            Calls::Libc(libc) => unsafe { libc.malloc(size) },
        }
    }

    /// A fresh block of `nelem` times `elsize` zero bytes, or NULL.
    ///
    /// # Safety
    ///
    /// As for [`Family::malloc`].
    ///
    /// # Panics
    ///
    /// Where [`Family::has_calloc`] is false.
    #[inline]
    pub unsafe fn calloc(&self, nelem: usize, elsize: usize) -> *mut c_void {
        match &self.calls {
            Calls::Python(python) => {
                let calloc = python.calloc.expect("the caller asks has_calloc first");
                // SAFETY: the caller's promise.
                unsafe { calloc(nelem, elsize) }
            }
            // SAFETY: the caller's promise.
            Calls::Vtable(table) => unsafe { table.calloc(nelem, elsize) },
            // SAFETY: the caller's promise.
            Calls::Libc(libc) => unsafe { libc.calloc(nelem, elsize) },
        }
    }

    /// The block `block` with `size` bytes, perhaps elsewhere, or NULL and `block` untouched.
    ///
    /// # Safety
    ///
    /// As for [`Family::malloc`]; `block` is NULL or a live block of this family.
    #[inline]
    pub unsafe fn realloc(&self, block: *mut c_void, size: usize) -> *mut c_void {
        match &self.calls {
            // SAFETY: the caller's promise.
            Calls::Python(python) => unsafe { (python.realloc)(block, size) },
            // SAFETY: the caller's promise.
            Calls::Vtable(table) => unsafe { table.realloc(block, size) },
            // SAFETY: the caller's promise.
            Calls::Libc(libc) => unsafe { libc.realloc(block, size) },
        }
    }

    /// Gives `block` back.
    ///
    /// # Safety
    ///
    /// As for [`Family::realloc`].
    #[inline]
    pub unsafe fn free(&self, block: *mut c_void) {
        match &self.calls {
            // SAFETY: the caller's promise.
            Calls::Python(python) => unsafe { (python.free)(block) },
            // SAFETY: the caller's promise.
            Calls::Vtable(table) => unsafe { table.free(block) },
            // SAFETY: the caller's promise.
            Calls::Libc(libc) => unsafe { (libc.free)(block) },
        }
    }

    /// `calloc` of a `malloc` library without the adapter, for what C demands of it
    /// and CPython never asks. `None` for every other kind.
    ///
    /// # Safety
    ///
    /// As for [`Family::malloc`].
    pub unsafe fn library_calloc(&self, nelem: usize, elsize: usize) -> Option<*mut c_void> {
        let Calls::Libc(libc) = &self.calls else { return None };
        // SAFETY: the caller's promise.
        Some(unsafe { (libc.calloc)(nelem, elsize) })
    }

    /// Whether the family has a `calloc`: not in Python 3.4.
    pub fn has_calloc(&self) -> bool {
        !matches!(self.calls, Calls::Python(Functions { calloc: None, .. }))
    }

    /// The name in C of what is called: `PyMem_RawMalloc`, `mi_malloc`, `raw.malloc`.
    pub fn function_name(&self, function: Function) -> &'static str {
        self.names[function as usize]
    }

    /// The `ctx` handed to the functions of a table; NULL for every other kind.
    pub fn ctx(&self) -> *mut c_void {
        match &self.calls {
            Calls::Vtable(table) => table.ctx,
            Calls::Python(_) | Calls::Libc(_) => ptr::null_mut(),
        }
    }
}
