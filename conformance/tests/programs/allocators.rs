//! Allocators over the reference: one that counts, one that refuses, and some with one fault each.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use pymem_abi::family::{Family, Functions};
use pymem_conform::reference;
use pymem_spec::Domain;

/// The functions as a family.
pub fn family(functions: Functions) -> Family {
    Family::from_functions(functions, ["malloc", "calloc", "realloc", "free"])
}

thread_local! {
    /// Blocks that [`COUNTING`] handed out and did not get back.
    pub static LIVE: Cell<i64> = const { Cell::new(0) };
    /// What [`STINGY`] refuses next, a bit for each request.
    pub static REFUSALS: Cell<u64> = const { Cell::new(0) };
}

const SOUND: Functions = Functions { malloc, calloc: Some(calloc), realloc, free };
/// Counts in [`LIVE`].
pub const COUNTING: Functions =
    Functions { malloc: counted_malloc, calloc: Some(counted_calloc), realloc: counted_realloc, free: counted_free };
/// Refuses what [`REFUSALS`] says, but for empty blocks.
pub const STINGY: Functions =
    Functions { malloc: stingy_malloc, calloc: Some(stingy_calloc), realloc: stingy_realloc, free };
/// The last byte of a zeroed block is 1.
pub const DIRTY_CALLOC: Functions = Functions { calloc: Some(dirty_calloc), ..SOUND };
/// Blocks from 16 bytes on lie 8 bytes off.
pub const MISALIGNED_MALLOC: Functions = Functions { malloc: misaligned_malloc, ..SOUND };
/// A resized block has lost its first byte.
pub const FORGETFUL_REALLOC: Functions = Functions { realloc: forgetful_realloc, ..SOUND };
/// Each block that malloc makes lies where the last one does.
pub const ONE_BLOCK_FOR_ALL: Functions =
    Functions { malloc: the_one_block, realloc: realloc_of_the_one, free: free_of_the_one, ..SOUND };

unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: the reference serves any request at any time, here and below.
    unsafe { reference::family(Domain::Raw).malloc(size) }
}

unsafe extern "C" fn calloc(nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: as for `malloc`.
    unsafe { reference::family(Domain::Raw).calloc(nelem, elsize) }
}

unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller passes NULL or a block of the reference.
    unsafe { reference::family(Domain::Raw).realloc(block, size) }
}

unsafe extern "C" fn free(block: *mut c_void) {
    // SAFETY: the caller passes NULL or a block of the reference.
    unsafe { reference::family(Domain::Raw).free(block) }
}

fn counted(block: *mut c_void) -> *mut c_void {
    LIVE.set(LIVE.get() + i64::from(!block.is_null()));
    block
}

unsafe extern "C" fn counted_malloc(size: usize) -> *mut c_void {
    // SAFETY: as for `malloc`.
    counted(unsafe { malloc(size) })
}

unsafe extern "C" fn counted_calloc(nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: as for `malloc`.
    counted(unsafe { calloc(nelem, elsize) })
}

unsafe extern "C" fn counted_realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller's promise.
    let new = unsafe { realloc(block, size) };
    if block.is_null() { counted(new) } else { new }
}

unsafe extern "C" fn counted_free(block: *mut c_void) {
    LIVE.set(LIVE.get() - i64::from(!block.is_null()));
    // SAFETY: the caller's promise.
    unsafe { free(block) }
}

fn is_refused(size: usize) -> bool {
    let refusals = REFUSALS.get();
    REFUSALS.set(refusals.rotate_right(1));
    size > 0 && refusals & 1 == 1
}

unsafe extern "C" fn stingy_malloc(size: usize) -> *mut c_void {
    // SAFETY: as for `malloc`.
    if is_refused(size) { ptr::null_mut() } else { unsafe { malloc(size) } }
}

unsafe extern "C" fn stingy_calloc(nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: as for `malloc`.
    if is_refused(nelem * elsize) { ptr::null_mut() } else { unsafe { calloc(nelem, elsize) } }
}

unsafe extern "C" fn stingy_realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller's promise.
    if is_refused(size) { ptr::null_mut() } else { unsafe { realloc(block, size) } }
}

unsafe extern "C" fn dirty_calloc(nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: as for `malloc`.
    let block = unsafe { calloc(nelem, elsize) };
    if nelem * elsize > 0 && !block.is_null() {
        // SAFETY: the last byte of the block.
        unsafe { block.cast::<u8>().add(nelem * elsize - 1).write(1) };
    }
    block
}

/// A program ends at the first such block, so none of them is given back.
unsafe extern "C" fn misaligned_malloc(size: usize) -> *mut c_void {
    // SAFETY: as for `malloc`.
    let block = unsafe { malloc(size + 16) };
    // SAFETY: 16 bytes more were asked for than are promised.
    if size >= 16 && !block.is_null() { unsafe { block.byte_add(8) } } else { block }
}

unsafe extern "C" fn forgetful_realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller's promise.
    let new = unsafe { realloc(block, size) }.cast::<u8>();
    if !block.is_null() && !new.is_null() && size > 0 {
        // SAFETY: the first byte of the block.
        unsafe { *new ^= 0xff };
    }
    new.cast()
}

/// Memory of [`ONE_BLOCK_FOR_ALL`], larger than any request of a program.
fn the_one() -> *mut c_void {
    thread_local! {
        static ONE: Box<Cell<[u128; 1 << 15]>> = Box::new(Cell::new([0; 1 << 15]));
    }
    ONE.with(|one| one.as_ptr().cast())
}

unsafe extern "C" fn the_one_block(size: usize) -> *mut c_void {
    // SAFETY: as for `malloc`.
    if size == 0 { unsafe { malloc(0) } } else { the_one() }
}

unsafe extern "C" fn free_of_the_one(block: *mut c_void) {
    if block != the_one() {
        // SAFETY: the caller's promise.
        unsafe { free(block) }
    }
}

unsafe extern "C" fn realloc_of_the_one(block: *mut c_void, size: usize) -> *mut c_void {
    if block != the_one() {
        // SAFETY: the caller's promise.
        return unsafe { realloc(block, size) };
    }
    // SAFETY: as for `malloc`.
    let new = unsafe { malloc(size) };
    if !new.is_null() {
        // SAFETY: the one block is larger than any request, and lies elsewhere.
        unsafe { ptr::copy_nonoverlapping(block.cast::<u8>(), new.cast(), size) };
    }
    new
}
