//! The allocators of a loaded target, one for each domain.

use std::ffi::{c_int, c_void};
use std::mem;
use std::ptr::{self, NonNull};

use pymem_spec::{Domain, Kind};

use super::Loaded;
use crate::bindings::{PyMemAllocatorEx, pymem_get_allocator_fn};
use crate::family::{Calloc, Family, Free, Functions, Malloc, Realloc};
use crate::symbols::Function;

/// In the order of [`Domain::ALL`]; with the first hole of each table that has
/// one, whose domain is then not offered.
pub(super) fn of(loaded: &Loaded) -> ([Option<Family>; 3], Vec<(Domain, Function)>) {
    let domains = [Domain::Raw, Domain::Mem, Domain::Obj];
    match loaded.audit.kind {
        Kind::Cpython | Kind::Pymem => (domains.map(|domain| python(loaded, domain)), Vec::new()),
        Kind::Malloc => ([libc(loaded), None, None], Vec::new()),
        Kind::Vtable => {
            let Some(entry) = loaded.table_entry() else { return ([None; 3], Vec::new()) };
            let mut holes = Vec::new();
            let families = domains.map(|domain| {
                table(entry, domain).unwrap_or_else(|hole| {
                    holes.push((domain, hole));
                    None
                })
            });
            (families, holes)
        }
    }
}

/// The entry with its type.
pub(super) fn typed_entry(address: NonNull<c_void>) -> pymem_get_allocator_fn {
    // SAFETY: the user says that the function of this name has this type.
    unsafe { mem::transmute::<*mut c_void, pymem_get_allocator_fn>(address.as_ptr()) }
}

/// Without `calloc` for 3.4; none where one of the other three is missing.
fn python(loaded: &Loaded, domain: Domain) -> Option<Family> {
    let address = |function: Function| loaded.function(function.python_name(domain));
    let functions = Functions {
        malloc: malloc_at(address(Function::Malloc)?),
        calloc: address(Function::Calloc).map(calloc_at),
        realloc: realloc_at(address(Function::Realloc)?),
        free: free_at(address(Function::Free)?),
    };
    let names = Function::ALL.map(|function| kept(loaded.audit.symbol(function.python_name(domain))));
    Some(Family::from_functions(functions, names))
}

fn libc(loaded: &Loaded) -> Option<Family> {
    let address = |function: Function| loaded.function(function.as_str());
    Some(Family::from_libc(
        malloc_at(address(Function::Malloc)?),
        calloc_at(address(Function::Calloc)?),
        realloc_at(address(Function::Realloc)?),
        free_at(address(Function::Free)?),
        Function::ALL.map(|function| kept(loaded.audit.symbol(function.as_str()))),
    ))
}

fn table(
    entry: unsafe extern "C" fn(c_int, *mut PyMemAllocatorEx) -> c_int,
    domain: Domain,
) -> Result<Option<Family>, Function> {
    // All NULL, so that a pointer that the target does not set is seen.
    let mut table = PyMemAllocatorEx { ctx: ptr::null_mut(), malloc: None, calloc: None, realloc: None, free: None };
    // SAFETY: `table` is writable and outlives the call.
    if unsafe { entry(domain as c_int, &raw mut table) } != 0 {
        return Ok(None);
    }
    let names = Function::ALL.map(|function| kept(format!("{domain}.{}", function.as_str())));
    Family::from_table(&table, names).map(Some)
}

/// A name for the rest of the process, so that a [`Family`] stays `Copy`. A target
/// is loaded once in a process.
fn kept(name: String) -> &'static str {
    name.leak()
}

fn malloc_at(address: NonNull<c_void>) -> Malloc {
    // SAFETY: what bears this name has this type, or it is no target of this kind.
    unsafe { mem::transmute::<NonNull<c_void>, Malloc>(address) }
}

fn calloc_at(address: NonNull<c_void>) -> Calloc {
    // SAFETY: as for `malloc_at`.
    unsafe { mem::transmute::<NonNull<c_void>, Calloc>(address) }
}

fn realloc_at(address: NonNull<c_void>) -> Realloc {
    // SAFETY: as for `malloc_at`.
    unsafe { mem::transmute::<NonNull<c_void>, Realloc>(address) }
}

fn free_at(address: NonNull<c_void>) -> Free {
    // SAFETY: as for `malloc_at`.
    unsafe { mem::transmute::<NonNull<c_void>, Free>(address) }
}
