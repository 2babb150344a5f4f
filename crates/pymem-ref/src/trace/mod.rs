//! tracemalloc: which blocks are live, how large they are, and where they were asked for.
//!
//! - A *trace* belongs to an address in a *trace domain*, a number: 0 is for the blocks of raw, mem and obj, other
//!   numbers are for whoever calls [`track`].
//! - While tracing is on, a layer lies over each domain and notes what it hands out.
//! - There is no interpreter here and so no line of Python: the place of an allocation is the C call stack.
//!
//! `store` (the traces), `layer` (the functions over a domain).

mod layer;
mod store;

use std::ffi::{c_int, c_uint};
use std::fmt::{self, Write};

use crate::lock::Lock;
use crate::stderr::Stderr;
use store::Store;

/// Guards the store.
pub(crate) static LOCK: Lock = Lock::new();

/// Turns tracing on; nothing if it is on. To be called while no other thread allocates.
pub fn start() {
    if store::with(Store::turn_on) {
        layer::put_over_all();
    }
}

/// Turns tracing off and forgets all traces; nothing if it is off. To be called while no other thread allocates.
pub fn stop() {
    if store::with(Store::turn_off) {
        layer::take_off_all();
    }
}

/// The bytes in traced blocks, now and at most; zeros while tracing is off.
pub fn traced_memory() -> (usize, usize) {
    store::with(|store| store.memory())
}

/// `PyTraceMalloc_Track`: notes a block of `bytes` bytes, in place of an older trace of the same address. 0; -1 if there
/// is no memory for the trace; -2 while tracing is off.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyTraceMalloc_Track"))]
pub extern "C" fn track(domain: c_uint, address: usize, bytes: usize) -> c_int {
    store::with(|store| match store.is_on() {
        false => -2,
        true => store.track(domain, address, bytes).map_or(-1, |()| 0),
    })
}

/// `PyTraceMalloc_Untrack`: forgets a block, if it is known. 0; -2 while tracing is off.
#[cfg_attr(feature = "c-names", unsafe(export_name = "PyTraceMalloc_Untrack"))]
pub extern "C" fn untrack(domain: c_uint, address: usize) -> c_int {
    store::with(|store| match store.is_on() {
        false => -2,
        true => {
            store.untrack(domain, address);
            0
        }
    })
}

/// `pymem_ref_trace`: turns tracing on (not 0) or off (0).
#[cfg_attr(feature = "c-names", unsafe(no_mangle))]
pub extern "C" fn pymem_ref_trace(on: c_int) {
    if on == 0 { stop() } else { start() }
}

/// `pymem_ref_traced_memory`: the bytes in traced blocks; at `peak`, if it is not null, the most there have been.
///
/// # Safety
/// `peak` is null or can be written to.
#[cfg_attr(feature = "c-names", unsafe(no_mangle))]
pub unsafe extern "C" fn pymem_ref_traced_memory(peak: *mut usize) -> usize {
    let (now, most) = traced_memory();
    if !peak.is_null() {
        // SAFETY: the caller's promise.
        unsafe { peak.write(most) };
    }
    now
}

/// Tells where a block was asked for, for a diagnostic: the lock is not waited for, because its holder may be the one
/// that fails.
pub(crate) fn origin(out: &mut Stderr, address: usize) -> fmt::Result {
    let told = store::try_with(|store| match (store.is_on(), store.trace(address)) {
        (false, _) => out.write_str("Enable tracemalloc to get the memory block allocation traceback\n\n"),
        (true, None) => Ok(()),
        (true, Some(trace)) => trace.describe(out),
    });
    told.unwrap_or(Ok(()))
}
