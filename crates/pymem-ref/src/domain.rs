//! The three domains as the C API names them.
//!
//! The rules that all of them keep:
//!
//! - A request for no bytes gets a block as if for one byte: not null, and no other live block.
//! - A request for more than `PY_SSIZE_T_MAX` bytes gets null, at once; so does a product that exceeds it.
//! - `realloc` of null is `malloc`; to zero bytes it keeps a block; when it fails the old block is as before.
//! - `free` of null is nothing.
//! - Every block is aligned to 16 bytes.
//! - Any thread may call any function at any time, and free what another thread has allocated.
//! - A block is resized and freed in the domain that allocated it.

/// Declares a domain's four functions and, with the feature `c-names`, exports
/// them under their C names.
macro_rules! domain {
    ($(#[$doc:meta])* $domain:ident: $malloc:literal, $calloc:literal, $realloc:literal, $free:literal, $imp:path) => {
        $(#[$doc])*
        pub mod $domain {
            use std::ffi::c_void;

            use $imp as imp;

            #[doc = concat!("`", $malloc, "`: a block of at least `bytes` bytes, or null. Its contents are not defined.")]
            ///
            /// # Safety
            /// None; unsafe for the sake of its type.
            #[cfg_attr(feature = "c-names", unsafe(export_name = $malloc))]
            pub unsafe extern "C" fn malloc(bytes: usize) -> *mut c_void {
                imp::malloc(bytes).cast()
            }

            #[doc = concat!("`", $calloc, "`: a zeroed block of `elements` times `size` bytes, or null.")]
            ///
            /// # Safety
            /// None; unsafe for the sake of its type.
            #[cfg_attr(feature = "c-names", unsafe(export_name = $calloc))]
            pub unsafe extern "C" fn calloc(elements: usize, size: usize) -> *mut c_void {
                imp::calloc(elements, size).cast()
            }

            #[doc = concat!("`", $realloc, "`: the block with room for `bytes` bytes and as many of its old contents as fit;")]
            /// null, and the old block untouched, if that fails.
            ///
            /// # Safety
            /// `block` is null or a live block of this domain. It is the caller's no more unless null is returned.
            #[cfg_attr(feature = "c-names", unsafe(export_name = $realloc))]
            pub unsafe extern "C" fn realloc(block: *mut c_void, bytes: usize) -> *mut c_void {
                // SAFETY: the caller's promise.
                unsafe { imp::realloc(block.cast(), bytes) }.cast()
            }

            #[doc = concat!("`", $free, "`: gives a block back.")]
            ///
            /// # Safety
            /// `block` is null or a live block of this domain, which it is no more afterwards.
            #[cfg_attr(feature = "c-names", unsafe(export_name = $free))]
            pub unsafe extern "C" fn free(block: *mut c_void) {
                // SAFETY: the caller's promise.
                unsafe { imp::free(block.cast()) }
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
