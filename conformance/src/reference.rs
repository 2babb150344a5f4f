//! The built-in reference allocator as a target.

use std::ffi::c_int;

use pymem_abi::bindings::{PyMemAllocatorDomain, PyMemAllocatorEx, PyObjectArenaAllocator};
use pymem_abi::family::{Family, Functions};
use pymem_abi::load::PythonApi;
use pymem_ref::{mem, obj, raw};
use pymem_spec::{Configuration, Domain};

/// The reference's functions for a domain.
pub fn family(domain: Domain) -> Family {
    let (functions, names) = match domain {
        Domain::Raw => (
            Functions { malloc: raw::malloc, calloc: Some(raw::calloc), realloc: raw::realloc, free: raw::free },
            ["PyMem_RawMalloc", "PyMem_RawCalloc", "PyMem_RawRealloc", "PyMem_RawFree"],
        ),
        Domain::Mem => (
            Functions { malloc: mem::malloc, calloc: Some(mem::calloc), realloc: mem::realloc, free: mem::free },
            ["PyMem_Malloc", "PyMem_Calloc", "PyMem_Realloc", "PyMem_Free"],
        ),
        Domain::Obj => (
            Functions { malloc: obj::malloc, calloc: Some(obj::calloc), realloc: obj::realloc, free: obj::free },
            ["PyObject_Malloc", "PyObject_Calloc", "PyObject_Realloc", "PyObject_Free"],
        ),
    };
    Family::from_functions(functions, names)
}

/// What it has of the functions beside the allocators.
pub fn python() -> PythonApi {
    unsafe extern "C" fn get(domain: PyMemAllocatorDomain, out: *mut PyMemAllocatorEx) {
        // SAFETY: the caller's room for a struct; both types are that of the C API.
        unsafe { pymem_ref::get_allocator(domain as c_int, out.cast()) };
    }
    unsafe extern "C" fn set(domain: PyMemAllocatorDomain, allocator: *mut PyMemAllocatorEx) {
        // SAFETY: the caller's promise; both types are that of the C API.
        unsafe { pymem_ref::set_allocator(domain as c_int, allocator.cast()) };
    }
    unsafe extern "C" fn setup() {
        pymem_ref::setup_debug_hooks();
    }
    unsafe extern "C" fn get_arenas(out: *mut PyObjectArenaAllocator) {
        // SAFETY: as in `get`.
        unsafe { pymem_ref::get_arena_allocator(out.cast()) };
    }
    unsafe extern "C" fn set_arenas(allocator: *mut PyObjectArenaAllocator) {
        // SAFETY: as in `set`.
        unsafe { pymem_ref::set_arena_allocator(allocator.cast()) };
    }
    PythonApi {
        PyMem_GetAllocator: Some(get),
        PyMem_SetAllocator: Some(set),
        PyMem_SetupDebugHooks: Some(setup),
        PyObject_GetArenaAllocator: Some(get_arenas),
        PyObject_SetArenaAllocator: Some(set_arenas),
        ..PythonApi::default()
    }
}

/// Puts the reference into a configuration. It reads `PYTHONMALLOC` as the library does when it is loaded.
pub fn configure(configuration: Configuration) {
    match configuration {
        Configuration::DebugHooks => pymem_ref::setup_debug_hooks(),
        _ => pymem_ref::environment::apply(),
    }
}

/// Whether the reference's library exports a name.
pub fn exports(name: &str) -> bool {
    pymem_ref::C_NAMES.contains(&name)
}
