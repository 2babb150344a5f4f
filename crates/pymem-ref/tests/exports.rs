//! What the linker makes of the C names.

#![cfg(feature = "c-names")]

use std::ffi::{CStr, CString, c_void};
use std::path::PathBuf;

use pymem_ref::{PyMemAllocatorEx, mem, obj, raw};

const NAMES: [&CStr; 13] = [
    c"PyMem_RawMalloc",
    c"PyMem_RawCalloc",
    c"PyMem_RawRealloc",
    c"PyMem_RawFree",
    c"PyMem_Malloc",
    c"PyMem_Calloc",
    c"PyMem_Realloc",
    c"PyMem_Free",
    c"PyObject_Malloc",
    c"PyObject_Calloc",
    c"PyObject_Realloc",
    c"PyObject_Free",
    c"pymem_get_allocator",
];

/// Else a Python loaded by such a program would allocate with us.
#[test]
fn a_program_that_links_the_rlib_exports_no_c_name() {
    let linked = [raw::malloc as *const (), mem::malloc as *const (), obj::malloc as *const ()];
    assert!(linked.iter().all(|function| !function.is_null()), "the functions are in this program");
    for name in NAMES {
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
    let symbols = NAMES.map(|name| unsafe { libc::dlsym(library, name.as_ptr()) });
    assert!(symbols.iter().all(|symbol| !symbol.is_null()), "{symbols:?}");

    type Table = unsafe extern "C" fn(i32, *mut PyMemAllocatorEx) -> i32;
    // SAFETY: the type of that name.
    let table = unsafe { std::mem::transmute::<*mut c_void, Table>(symbols[12]) };
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

/// Cargo builds it for every integration test, beside the test or one folder above.
fn shared_library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let name = "libpymem_ref.so";
    let places = [test.with_file_name(name), test.parent().unwrap().with_file_name(name)];
    places.into_iter().find(|path| path.exists()).expect("cargo has built the shared library")
}
