//! What the linker makes of the C names.

#![cfg(feature = "c-names")]

#[allow(dead_code, reason = "each test uses its part")]
mod common;

use std::ffi::{CStr, CString, c_void};

use common::shared_library;
use pymem_ref::{C_NAMES, PyMemAllocatorEx, mem, obj, raw};

/// What is exported beside the C API.
const OWN_NAMES: [&str; 3] = ["pymem_get_allocator", "pymem_ref_trace", "pymem_ref_traced_memory"];

fn names() -> impl Iterator<Item = CString> {
    C_NAMES.iter().chain(&OWN_NAMES).map(|name| CString::new(*name).unwrap())
}

/// Else a Python loaded by such a program would allocate with us.
#[test]
fn a_program_that_links_the_rlib_exports_no_c_name() {
    let linked = [raw::malloc as *const (), mem::malloc as *const (), obj::malloc as *const ()];
    assert!(linked.iter().all(|function| !function.is_null()), "the functions are in this program");
    for name in names() {
        // SAFETY: a lookup among what is loaded.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        assert!(found.is_null(), "{name:?} is visible");
    }
}

#[test]
fn the_shared_library_exports_every_c_name_and_works() {
    let path = CString::new(shared_library().into_os_string().into_encoded_bytes()).unwrap();
    // SAFETY: our own library.
    let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!library.is_null(), "cannot open {path:?}");
    // SAFETY: a lookup in an open library.
    let symbol = |name: &CStr| unsafe { libc::dlsym(library, name.as_ptr()) };
    for name in names() {
        assert!(!symbol(&name).is_null(), "{name:?} is missing");
    }

    type Table = unsafe extern "C" fn(i32, *mut PyMemAllocatorEx) -> i32;
    // SAFETY: the type of that name.
    let table = unsafe { std::mem::transmute::<*mut c_void, Table>(symbol(c"pymem_get_allocator")) };
    let mut out = pymem_ref::allocator(0).unwrap();
    // SAFETY: the variable can be written to.
    assert_eq!(unsafe { table(1, &mut out) }, 0);
    // SAFETY: any argument is allowed.
    let block = unsafe { (out.malloc)(out.ctx, 48) };
    assert!(!block.is_null() && block.addr() % 16 == 0);
    // SAFETY: a live block.
    unsafe { (out.free)(out.ctx, block) };
    // SAFETY: the library is open. It stays mapped all the same, for its key and fork handlers do.
    unsafe { libc::dlclose(library) };
    // SAFETY: any argument is allowed.
    let block = unsafe { (out.malloc)(out.ctx, 48) };
    // SAFETY: a live block.
    unsafe { (out.free)(out.ctx, block) };
}
