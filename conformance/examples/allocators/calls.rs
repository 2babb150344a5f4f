//! How a workload calls the allocator.

use std::ffi::c_void;

use pymem_abi::family::{Family, Functions};

/// Three functions of one allocator, called without anything between where that is possible: then a workload is
/// compiled into calls of bare function pointers.
pub trait Calls: Copy + Send + Sync {
    /// A fresh block, into which one byte is written, as every user does at once.
    fn malloc(self, size: usize) -> *mut c_void {
        let block = self.allocate(size);
        assert!(!block.is_null(), "{size} bytes are refused");
        // SAFETY: no workload asks for zero bytes, so the first is there.
        unsafe { block.cast::<u8>().write(1) };
        block
    }

    /// A fresh block or NULL.
    fn allocate(self, size: usize) -> *mut c_void;

    /// The block with another size.
    ///
    /// # Safety
    ///
    /// `block` is NULL or live.
    unsafe fn realloc(self, block: *mut c_void, size: usize) -> *mut c_void;

    /// Gives the block back.
    ///
    /// # Safety
    ///
    /// `block` is NULL or live.
    unsafe fn free(self, block: *mut c_void);
}

impl Calls for Functions {
    fn allocate(self, size: usize) -> *mut c_void {
        // SAFETY: any size may be asked for, and `main` has seen to it that this thread may.
        unsafe { (self.malloc)(size) }
    }

    unsafe fn realloc(self, block: *mut c_void, size: usize) -> *mut c_void {
        // SAFETY: the caller's promise.
        unsafe { (self.realloc)(block, size) }
    }

    unsafe fn free(self, block: *mut c_void) {
        // SAFETY: the caller's promise.
        unsafe { (self.free)(block) }
    }
}

impl Calls for Family {
    fn allocate(self, size: usize) -> *mut c_void {
        // SAFETY: as above.
        unsafe { Family::malloc(&self, size) }
    }

    unsafe fn realloc(self, block: *mut c_void, size: usize) -> *mut c_void {
        // SAFETY: the caller's promise.
        unsafe { Family::realloc(&self, block, size) }
    }

    unsafe fn free(self, block: *mut c_void) {
        // SAFETY: the caller's promise.
        unsafe { Family::free(&self, block) }
    }
}
