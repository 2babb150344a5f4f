//! The three domains as the C API names them.
//!
//! The rules that all of them keep:
//!
//! - A request for no bytes gets a block as if for one byte: not null, and no other live block.
//! - A request for more than `PY_SSIZE_T_MAX` bytes gets null, at once; so does a product that exceeds it.
//! - `realloc` of null is `malloc`; to zero bytes it keeps a block; when it fails the old block is as before.
//! - `free` of null is nothing.
//! - Every block is aligned to 16 bytes; mimalloc's, where that was chosen, of up to 8 bytes to 8.
//! - Any thread may call any function at any time, and free what another thread has allocated.
//! - A block is resized and freed in the domain that allocated it.

use crate::slot::Slot;

/// The slots of the three domains, by their numbers in the C API.
pub(crate) static SLOTS: [&Slot; 3] = [&raw::SLOT, &mem::SLOT, &obj::SLOT];

/// Declares a domain: its slot, the four functions for callers within this library, and the same four, with the
/// feature `c-names`, under their C names.
///
/// Callers within go round the C names: the dynamic linker could bind those to another library's.
macro_rules! domain {
    ($(#[$doc:meta])* $domain:ident: $malloc:literal, $calloc:literal, $realloc:literal, $free:literal, $own:path) => {
        $(#[$doc])*
        pub mod $domain {
            use std::ffi::c_void;
            use std::ptr;

            use $own as own;

            use crate::request;
            use crate::slot::Slot;

            pub(crate) static SLOT: Slot = Slot::new();

            #[inline(always)]
            pub(crate) fn allocate(bytes: usize) -> *mut u8 {
                match SLOT.installed() {
                    None => own::malloc(bytes),
                    Some(_) if bytes > request::MAX => ptr::null_mut(),
                    // SAFETY: who installed it promised that it may be called so.
                    Some(table) => unsafe { (table.malloc)(table.ctx, bytes) }.cast(),
                }
            }

            #[inline(always)]
            pub(crate) fn allocate_zeroed(elements: usize, size: usize) -> *mut u8 {
                match SLOT.installed() {
                    None => own::calloc(elements, size),
                    Some(_) if request::product(elements, size).is_none() => ptr::null_mut(),
                    // SAFETY: as in `allocate`.
                    Some(table) => unsafe { (table.calloc)(table.ctx, elements, size) }.cast(),
                }
            }

            /// # Safety
            /// That of `realloc`.
            #[inline(always)]
            pub(crate) unsafe fn resize(block: *mut u8, bytes: usize) -> *mut u8 {
                match SLOT.installed() {
                    // SAFETY: the caller's promise.
                    None => unsafe { own::realloc(block, bytes) },
                    Some(_) if bytes > request::MAX => ptr::null_mut(),
                    // SAFETY: the caller's promise, and as in `allocate`.
                    Some(table) => unsafe { (table.realloc)(table.ctx, block.cast(), bytes) }.cast(),
                }
            }

            /// # Safety
            /// That of `free`.
            #[inline(always)]
            pub(crate) unsafe fn release(block: *mut u8) {
                match SLOT.installed() {
                    // SAFETY: the caller's promise.
                    None => unsafe { own::free(block) },
                    // SAFETY: the caller's promise, and as in `allocate`.
                    Some(table) => unsafe { (table.free)(table.ctx, block.cast()) },
                }
            }

            #[doc = concat!("`", $malloc, "`: a block of at least `bytes` bytes, or null. Its contents are not defined.")]
            ///
            /// # Safety
            /// None; unsafe for the sake of its type.
            #[cfg_attr(feature = "c-names", unsafe(export_name = $malloc))]
            pub unsafe extern "C" fn malloc(bytes: usize) -> *mut c_void {
                allocate(bytes).cast()
            }

            #[doc = concat!("`", $calloc, "`: a zeroed block of `elements` times `size` bytes, or null.")]
            ///
            /// # Safety
            /// None; unsafe for the sake of its type.
            #[cfg_attr(feature = "c-names", unsafe(export_name = $calloc))]
            pub unsafe extern "C" fn calloc(elements: usize, size: usize) -> *mut c_void {
                allocate_zeroed(elements, size).cast()
            }

            #[doc = concat!("`", $realloc, "`: the block with room for `bytes` bytes and as many of its old contents as fit;")]
            /// null, and the old block untouched, if that fails.
            ///
            /// # Safety
            /// `block` is null or a live block of this domain. It is the caller's no more unless null is returned.
            #[cfg_attr(feature = "c-names", unsafe(export_name = $realloc))]
            pub unsafe extern "C" fn realloc(block: *mut c_void, bytes: usize) -> *mut c_void {
                // SAFETY: the caller's promise.
                unsafe { resize(block.cast(), bytes) }.cast()
            }

            #[doc = concat!("`", $free, "`: gives a block back.")]
            ///
            /// # Safety
            /// `block` is null or a live block of this domain, which it is no more afterwards.
            #[cfg_attr(feature = "c-names", unsafe(export_name = $free))]
            pub unsafe extern "C" fn free(block: *mut c_void) {
                // SAFETY: the caller's promise.
                unsafe { release(block.cast()) }
            }
        }
    };
}

domain! {
    /// The raw domain: needs no interpreter and no thread state.
    raw: "PyMem_RawMalloc", "PyMem_RawCalloc", "PyMem_RawRealloc", "PyMem_RawFree", crate::system
}

domain! {
    /// The mem domain: buffers of Python objects.
    mem: "PyMem_Malloc", "PyMem_Calloc", "PyMem_Realloc", "PyMem_Free", crate::small
}

domain! {
    /// The obj domain: Python objects. The same allocator as mem; the domains
    /// differ in who may replace them, and in what debug hooks tell apart.
    obj: "PyObject_Malloc", "PyObject_Calloc", "PyObject_Realloc", "PyObject_Free", crate::small
}
