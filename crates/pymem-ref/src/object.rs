//! Objects: memory of the obj domain with a header.
//!
//! Only what all releases of CPython 3 have in common is looked at: an object begins with its reference count and its
//! type, one with items has their number behind these, and a type is such an object, followed by its name, the size
//! of its objects and the size of one item. Debug builds up to 3.7 and free-threaded builds have other headers.
//!
//! There are no exceptions here: where CPython would set `MemoryError`, null says it all.

use std::ffi::{c_char, c_ulong, c_void};
use std::sync::atomic::{AtomicIsize, Ordering};

use crate::domain::obj;

/// An object.
#[repr(C)]
#[derive(Debug)]
pub struct PyObject {
    /// References to it.
    pub ob_refcnt: AtomicIsize,
    /// Its type.
    pub ob_type: *mut PyTypeObject,
}

/// An object with a number of items.
#[repr(C)]
#[derive(Debug)]
pub struct PyVarObject {
    /// The header of every object.
    pub ob_base: PyObject,
    /// Its items.
    pub ob_size: isize,
}

/// The beginning of a type.
#[repr(C)]
#[derive(Debug)]
pub struct PyTypeObject {
    /// A type is an object with items.
    pub ob_base: PyVarObject,
    /// Its name.
    pub tp_name: *const c_char,
    /// Bytes in an object without items.
    pub tp_basicsize: isize,
    /// Bytes in an item.
    pub tp_itemsize: isize,
    /// Slots that nothing here looks at.
    pub slots: [*mut c_void; 15],
    /// What kind of type it is.
    pub tp_flags: c_ulong,
}

/// The type was made at run time, and each of its objects has a reference to it.
const HEAP_TYPE: c_ulong = 1 << 9;

/// `_PyObject_New`: a new object, its header set and the rest undefined; null without memory.
///
/// # Safety
/// `kind` is a type.
#[cfg_attr(feature = "c-names", unsafe(export_name = "_PyObject_New"))]
pub unsafe extern "C" fn new(kind: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: the caller's promise.
    let object = usize::try_from(unsafe { (*kind).tp_basicsize }).map_or(std::ptr::null_mut(), obj::allocate);
    // SAFETY: null, or as large as its type says.
    unsafe { init(object.cast(), kind) }
}

/// `_PyObject_NewVar`: a new object with `count` items, its size rounded up to 8 bytes; null without memory, or if no
/// memory could hold it.
///
/// # Safety
/// `kind` is a type.
#[cfg_attr(feature = "c-names", unsafe(export_name = "_PyObject_NewVar"))]
pub unsafe extern "C" fn new_var(kind: *mut PyTypeObject, count: isize) -> *mut PyVarObject {
    // SAFETY: the caller's promise.
    let (basic, item) = unsafe { ((*kind).tp_basicsize, (*kind).tp_itemsize) };
    let bytes = count.checked_mul(item).and_then(|items| items.checked_add(basic));
    let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok()?.checked_next_multiple_of(8));
    let object = bytes.filter(|_| count >= 0).map_or(std::ptr::null_mut(), obj::allocate);
    // SAFETY: null, or as large as its type says.
    unsafe { init_var(object.cast(), kind, count) }
}

/// `PyObject_Init`: sets the header of memory that the caller has. Null for null.
///
/// # Safety
/// `object` is null or has room for a header; `kind` is a type.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyObject_Init"))]
pub unsafe extern "C" fn init(object: *mut PyObject, kind: *mut PyTypeObject) -> *mut PyObject {
    if object.is_null() {
        return object;
    }
    // SAFETY: the caller's promise.
    unsafe { object.write(PyObject { ob_refcnt: AtomicIsize::new(1), ob_type: kind }) };
    // SAFETY: the caller's promise.
    let kind = unsafe { &*kind };
    if kind.tp_flags & HEAP_TYPE != 0 {
        kind.ob_base.ob_base.ob_refcnt.fetch_add(1, Ordering::Relaxed);
    }
    object
}

/// `PyObject_InitVar`: the same for an object with items. Null for null.
///
/// # Safety
/// That of [`init`], with room for the number of items.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyObject_InitVar"))]
pub unsafe extern "C" fn init_var(object: *mut PyVarObject, kind: *mut PyTypeObject, count: isize) -> *mut PyVarObject {
    if !object.is_null() {
        // SAFETY: the caller's promise.
        unsafe { (&raw mut (*object).ob_size).write(count) };
        // SAFETY: the caller's promise.
        unsafe { init(object.cast(), kind) };
    }
    object
}
