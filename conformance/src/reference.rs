//! The built-in reference allocator as a target.

use pymem_abi::family::{Family, Functions};
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
