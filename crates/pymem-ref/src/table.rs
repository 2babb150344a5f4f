//! The domains as tables of functions, the form in which allocators are installed and handed on.

use std::ffi::{c_int, c_void};
use std::ptr;

use crate::{small, system};

/// How many domains there are.
pub(crate) const DOMAINS: usize = 3;

/// The number of the raw domain in the C API.
pub const DOMAIN_RAW: c_int = 0;
/// The number of the mem domain.
pub const DOMAIN_MEM: c_int = 1;
/// The number of the obj domain.
pub const DOMAIN_OBJ: c_int = 2;

/// An allocator: four functions and what they get as their first argument.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PyMemAllocatorEx {
    /// Passed to each function.
    pub ctx: *mut c_void,
    /// `malloc(ctx, bytes)`.
    pub malloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    /// `calloc(ctx, elements, size)`.
    pub calloc: unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void,
    /// `realloc(ctx, block, bytes)`.
    pub realloc: unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void,
    /// `free(ctx, block)`.
    pub free: unsafe extern "C" fn(*mut c_void, *mut c_void),
}

impl PyMemAllocatorEx {
    fn addresses(&self) -> [usize; 5] {
        let Self { ctx, malloc, calloc, realloc, free } = *self;
        [ctx.addr(), malloc as usize, calloc as usize, realloc as usize, free as usize]
    }
}

impl PartialEq for PyMemAllocatorEx {
    /// The same functions with the same `ctx`.
    fn eq(&self, other: &Self) -> bool {
        self.addresses() == other.addresses()
    }
}

/// An allocator's functions behind ones that take a `ctx`.
///
/// They call the allocator itself and not the C names, which the dynamic linker could bind to another library's.
macro_rules! table {
    ($allocator:ident) => {{
        unsafe extern "C" fn malloc(_: *mut c_void, bytes: usize) -> *mut c_void {
            $allocator::malloc(bytes).cast()
        }
        unsafe extern "C" fn calloc(_: *mut c_void, elements: usize, size: usize) -> *mut c_void {
            $allocator::calloc(elements, size).cast()
        }
        unsafe extern "C" fn realloc(_: *mut c_void, block: *mut c_void, bytes: usize) -> *mut c_void {
            // SAFETY: a live block of this allocator, or null, as for any function of this type.
            unsafe { $allocator::realloc(block.cast(), bytes) }.cast()
        }
        unsafe extern "C" fn free(_: *mut c_void, block: *mut c_void) {
            // SAFETY: as in `realloc`.
            unsafe { $allocator::free(block.cast()) }
        }
        PyMemAllocatorEx { ctx: ptr::null_mut(), malloc, calloc, realloc, free }
    }};
}

/// The allocator that a domain of this library begins with, by its number in the C API; `None` if there is no such
/// domain. What was installed since does not matter.
///
/// The functions keep the rules of the domain itself and ignore `ctx`.
pub fn allocator(domain: c_int) -> Option<PyMemAllocatorEx> {
    match domain {
        DOMAIN_RAW => Some(SYSTEM),
        DOMAIN_MEM | DOMAIN_OBJ => Some(SMALL),
        _ => None,
    }
}

/// The C library's allocator, behind the contract's rules.
pub(crate) const SYSTEM: PyMemAllocatorEx = table!(system);
/// The small-object allocator.
pub(crate) const SMALL: PyMemAllocatorEx = table!(small);

/// Writes the allocator of a domain to `out` and returns 0. For a domain that
/// there is not, returns -1 and leaves `out` alone.
///
/// # Safety
/// `out` can be written to.
#[cfg_attr(feature = "c-names", unsafe(no_mangle))]
pub unsafe extern "C" fn pymem_get_allocator(domain: c_int, out: *mut PyMemAllocatorEx) -> c_int {
    match allocator(domain) {
        Some(table) => {
            // SAFETY: the caller's promise.
            unsafe { out.write(table) };
            0
        }
        None => -1,
    }
}
