//! The adapters in front of a family that only notes what reaches it.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::PY_SSIZE_T_MAX;

const NAMES: [&str; 4] = ["x_malloc", "x_calloc", "x_realloc", "x_free"];

/// What reached the family under the adapter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Seen {
    Nothing,
    Malloc(usize),
    Calloc(usize, usize),
    Realloc(usize, usize),
    Free(usize),
}

thread_local! {
    // One for each thread, for tests run side by side.
    static SEEN: Cell<Seen> = const { Cell::new(Seen::Nothing) };
    static CTX: Cell<*mut c_void> = const { Cell::new(ptr::null_mut()) };
}

/// What every function here hands out; nobody looks behind it.
const BLOCK: *mut c_void = 0x1000 as *mut c_void;

unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    SEEN.set(Seen::Malloc(size));
    BLOCK
}
unsafe extern "C" fn calloc(nelem: usize, elsize: usize) -> *mut c_void {
    SEEN.set(Seen::Calloc(nelem, elsize));
    BLOCK
}
unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    SEEN.set(Seen::Realloc(block as usize, size));
    BLOCK
}
unsafe extern "C" fn free(block: *mut c_void) {
    SEEN.set(Seen::Free(block as usize));
}
unsafe extern "C" fn table_malloc(ctx: *mut c_void, size: usize) -> *mut c_void {
    CTX.set(ctx);
    // SAFETY: the fake takes anything.
    unsafe { malloc(size) }
}
unsafe extern "C" fn table_calloc(ctx: *mut c_void, nelem: usize, elsize: usize) -> *mut c_void {
    CTX.set(ctx);
    // SAFETY: the fake takes anything.
    unsafe { calloc(nelem, elsize) }
}
unsafe extern "C" fn table_realloc(ctx: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
    CTX.set(ctx);
    // SAFETY: the fake takes anything.
    unsafe { realloc(block, size) }
}
unsafe extern "C" fn table_free(ctx: *mut c_void, block: *mut c_void) {
    CTX.set(ctx);
    // SAFETY: the fake takes anything.
    unsafe { free(block) }
}

const TABLE: PyMemAllocatorEx = PyMemAllocatorEx {
    ctx: 0x77 as *mut c_void,
    malloc: Some(table_malloc),
    calloc: Some(table_calloc),
    realloc: Some(table_realloc),
    free: Some(table_free),
};

fn python() -> Family {
    Family::from_functions(Functions { malloc, calloc: Some(calloc), realloc, free }, NAMES)
}

fn table() -> Family {
    Family::from_table(&TABLE, NAMES).expect("no pointer of it is NULL")
}

fn libc() -> Family {
    Family::from_libc(malloc, calloc, realloc, free, NAMES)
}

/// Makes one call and says what came back and what reached the family.
fn observe(call: impl FnOnce() -> *mut c_void) -> (*mut c_void, Seen) {
    SEEN.set(Seen::Nothing);
    let result = call();
    (result, SEEN.get())
}

/// The result of a call that was refused in front.
const REFUSED: (*mut c_void, Seen) = (ptr::null_mut(), Seen::Nothing);

/// Sizes with the edges well represented.
fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![
        0..4usize,
        Just(PY_SSIZE_T_MAX - 1),
        Just(PY_SSIZE_T_MAX),
        Just(PY_SSIZE_T_MAX + 1),
        Just(1 << 32),
        Just(usize::MAX),
        any::<usize>(),
    ]
}

fn fits(nelem: usize, elsize: usize) -> bool {
    nelem as u128 * elsize as u128 <= PY_SSIZE_T_MAX as u128
}

proptest! {
    #[test]
    fn the_python_api_gets_every_request_unchanged(a in sizes(), b in sizes()) {
        let family = python();
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.malloc(a) }), (BLOCK, Seen::Malloc(a)));
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.calloc(a, b) }), (BLOCK, Seen::Calloc(a, b)));
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.realloc(a as *mut c_void, b) }), (BLOCK, Seen::Realloc(a, b)));
    }

    #[test]
    fn a_table_gets_what_fits_unchanged(a in sizes(), b in sizes()) {
        let family = table();
        let expected = if a <= PY_SSIZE_T_MAX { (BLOCK, Seen::Malloc(a)) } else { REFUSED };
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.malloc(a) }), expected);
        let expected = if fits(a, b) { (BLOCK, Seen::Calloc(a, b)) } else { REFUSED };
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.calloc(a, b) }), expected);
        let expected = if b <= PY_SSIZE_T_MAX { (BLOCK, Seen::Realloc(a, b)) } else { REFUSED };
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.realloc(a as *mut c_void, b) }), expected);
    }

    #[test]
    fn a_c_library_never_sees_zero(a in sizes(), b in sizes()) {
        let family = libc();
        let expected = if a <= PY_SSIZE_T_MAX { (BLOCK, Seen::Malloc(a.max(1))) } else { REFUSED };
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.malloc(a) }), expected);
        let expected = match (a, b) {
            (0, _) | (_, 0) => (BLOCK, Seen::Calloc(1, 1)),
            _ if fits(a, b) => (BLOCK, Seen::Calloc(a, b)),
            _ => REFUSED,
        };
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.calloc(a, b) }), expected);
        let expected = if b <= PY_SSIZE_T_MAX { (BLOCK, Seen::Realloc(a, b.max(1))) } else { REFUSED };
        // SAFETY: the fake takes anything.
        prop_assert_eq!(observe(|| unsafe { family.realloc(a as *mut c_void, b) }), expected);
    }

    #[test]
    fn the_librarys_own_calloc_gets_every_request(a in sizes(), b in sizes()) {
        let family = libc();
        // SAFETY: the fake takes anything.
        let seen = observe(|| unsafe { family.library_calloc(a, b) }.expect("a malloc family has one"));
        prop_assert_eq!(seen, (BLOCK, Seen::Calloc(a, b)));
    }
}

#[rstest]
#[case(python())]
#[case(table())]
#[case(libc())]
fn free_arrives_unchanged(#[case] family: Family, #[values(0, 0x40)] block: usize) {
    SEEN.set(Seen::Nothing);
    // SAFETY: the fake takes anything.
    unsafe { family.free(block as *mut c_void) };
    assert_eq!(SEEN.get(), Seen::Free(block));
}

#[test]
fn a_table_gets_its_ctx() {
    let family = table();
    assert_eq!(family.ctx(), TABLE.ctx);
    for call in [
        // SAFETY: the fake takes anything.
        (|family| unsafe { family.malloc(1) }) as fn(&Family) -> *mut c_void,
        // SAFETY: the fake takes anything.
        |family| unsafe { family.calloc(1, 1) },
        // SAFETY: the fake takes anything.
        |family| unsafe { family.realloc(ptr::null_mut(), 1) },
        |family| {
            // SAFETY: the fake takes anything.
            unsafe { family.free(BLOCK) };
            BLOCK
        },
    ] {
        CTX.set(ptr::null_mut());
        assert_eq!(call(&family), BLOCK);
        assert_eq!(CTX.get(), TABLE.ctx);
    }
}

#[rstest]
#[case(PyMemAllocatorEx { malloc: None, ..TABLE }, Function::Malloc)]
#[case(PyMemAllocatorEx { calloc: None, ..TABLE }, Function::Calloc)]
#[case(PyMemAllocatorEx { realloc: None, ..TABLE }, Function::Realloc)]
#[case(PyMemAllocatorEx { free: None, ..TABLE }, Function::Free)]
fn a_table_with_a_hole_is_refused(#[case] table: PyMemAllocatorEx, #[case] hole: Function) {
    assert_eq!(Family::from_table(&table, NAMES).err(), Some(hole));
}

#[test]
fn only_python_3_4_has_no_calloc() {
    let old = Family::from_functions(Functions { malloc, calloc: None, realloc, free }, NAMES);
    assert!(!old.has_calloc());
    assert!(python().has_calloc() && table().has_calloc() && libc().has_calloc());
}

#[test]
fn only_a_malloc_library_has_a_calloc_of_its_own() {
    // SAFETY: the fake takes anything.
    assert_eq!(unsafe { python().library_calloc(1, 1) }, None);
    // SAFETY: the fake takes anything.
    assert_eq!(unsafe { table().library_calloc(1, 1) }, None);
}

#[test]
fn functions_are_named_as_called() {
    let names = Function::ALL.map(|function| libc().function_name(function));
    assert_eq!(names, NAMES);
}
