//! The built-in reference allocator as a target.

use pymem_abi::family::{Family, Functions};
use pymem_ref::{mem, obj, raw};
use pymem_spec::Domain;

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

/// The names that the reference's library exports.
pub fn exports(name: &str) -> bool {
    Domain::ALL.iter().any(|domain| {
        let names = crate::journal::Names::new(pymem_spec::Kind::Pymem, None);
        crate::journal::Function::ALL.iter().any(|function| names.function(*domain, *function) == name)
    })
}
