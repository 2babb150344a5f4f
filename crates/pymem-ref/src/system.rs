//! The allocator behind the raw domain: the C library's, with the contract's rules in front of it.
//!
//! C leaves open what a request for no bytes gets, and lets `realloc` to zero bytes free the block. So a request
//! for no bytes becomes one for one byte.

use std::ptr;

use crate::request;

/// A block of at least `bytes` bytes, or null.
#[inline(always)]
pub(crate) fn malloc(bytes: usize) -> *mut u8 {
    if bytes > request::MAX {
        return ptr::null_mut();
    }
    // SAFETY: any size is allowed.
    unsafe { libc::malloc(bytes.max(1)) }.cast()
}

/// A zeroed block of `elements` times `size` bytes, or null.
#[inline(always)]
pub(crate) fn calloc(elements: usize, size: usize) -> *mut u8 {
    match request::product(elements, size) {
        None => ptr::null_mut(),
        // SAFETY: any arguments are allowed.
        Some(0) => unsafe { libc::calloc(1, 1) }.cast(),
        // SAFETY: as above.
        Some(_) => unsafe { libc::calloc(elements, size) }.cast(),
    }
}

/// The block resized to `bytes` bytes; null, and the block as it was, if that fails.
///
/// # Safety
/// `block` is null or a live block of the C library; unless null is returned, the caller gives it up.
#[inline(always)]
pub(crate) unsafe fn realloc(block: *mut u8, bytes: usize) -> *mut u8 {
    if bytes > request::MAX {
        return ptr::null_mut();
    }
    // SAFETY: the caller's promise.
    unsafe { libc::realloc(block.cast(), bytes.max(1)) }.cast()
}

/// Frees a block; null is nothing.
///
/// # Safety
/// `block` is null or a live block of the C library that the caller gives up.
#[inline(always)]
pub(crate) unsafe fn free(block: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { libc::free(block.cast()) }
}
