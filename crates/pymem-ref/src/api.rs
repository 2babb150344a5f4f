//! The functions of the C API that exchange allocators.

use std::ffi::c_int;
use std::mem::MaybeUninit;

use crate::arena_allocator::{self, PyObjectArenaAllocator};
use crate::domain::SLOTS;
use crate::hooks;
use crate::table::{self, PyMemAllocatorEx};

/// The allocator of a domain, as it is now.
pub(crate) fn current(domain: usize) -> PyMemAllocatorEx {
    let own = table::allocator(domain as c_int).expect("the caller knows the domains");
    SLOTS[domain].installed().copied().unwrap_or(own)
}

/// Installs an allocator for a domain. The domain's own brings the fast path back.
pub(crate) fn install(domain: usize, allocator: &PyMemAllocatorEx) {
    if table::allocator(domain as c_int).as_ref() == Some(allocator) {
        SLOTS[domain].reset();
    } else {
        SLOTS[domain].install(allocator);
    }
}

/// `PyMem_GetAllocator`: writes the current allocator of a domain to `out`; five nulls if there is no such domain.
///
/// # Safety
/// `out` can be written to.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyMem_GetAllocator"))]
pub unsafe extern "C" fn get_allocator(domain: c_int, out: *mut MaybeUninit<PyMemAllocatorEx>) {
    let table = match known(domain) {
        Some(domain) => MaybeUninit::new(current(domain)),
        None => MaybeUninit::zeroed(),
    };
    // SAFETY: the caller's promise.
    unsafe { out.write(table) };
}

/// `PyMem_SetAllocator`: installs a copy of an allocator for a domain; nothing if there is no such domain.
///
/// What was allocated before is freed by the new allocator: it wraps the old one, or is installed before the first
/// allocation. It serves requests for zero bytes with a block of their own, may be called by several threads at once,
/// and takes the debug hooks off the domain unless it calls them.
///
/// # Safety
/// `allocator` points to a table whose functions keep the rules of the domain.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyMem_SetAllocator"))]
pub unsafe extern "C" fn set_allocator(domain: c_int, allocator: *const PyMemAllocatorEx) {
    if let Some(domain) = known(domain) {
        // SAFETY: the caller's promise.
        install(domain, unsafe { &*allocator });
    }
}

/// `PyMem_SetupDebugHooks`: lays the debug hooks over each domain that does not have them on top.
///
/// Blocks from before are damaged in the eyes of the hooks: they are laid before the first allocation.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyMem_SetupDebugHooks"))]
pub extern "C" fn setup_debug_hooks() {
    hooks::setup();
}

/// `PyObject_GetArenaAllocator`: writes the allocator of arenas to `out`.
///
/// # Safety
/// `out` can be written to.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyObject_GetArenaAllocator"))]
pub unsafe extern "C" fn get_arena_allocator(out: *mut PyObjectArenaAllocator) {
    // SAFETY: the caller's promise.
    unsafe { out.write(arena_allocator::current()) };
}

/// `PyObject_SetArenaAllocator`: has arenas be got from here from now on. Each goes back to where it came from.
///
/// # Safety
/// `allocator` points to a table whose functions give memory that nobody else has, and take it back.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyObject_SetArenaAllocator"))]
pub unsafe extern "C" fn set_arena_allocator(allocator: *const PyObjectArenaAllocator) {
    // SAFETY: the caller's promise.
    arena_allocator::install(unsafe { *allocator });
}

/// The index of a domain that there is.
fn known(domain: c_int) -> Option<usize> {
    table::allocator(domain)?;
    usize::try_from(domain).ok()
}
