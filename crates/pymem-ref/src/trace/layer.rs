//! The functions that note what a domain hands out.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use super::store;
use crate::api;
use crate::request;
use crate::slot::Slot;
use crate::table::{DOMAINS, PyMemAllocatorEx};

/// The trace domain of raw, mem and obj.
const BLOCKS: u32 = 0;

/// What lies below, by domain.
static BELOW: [Slot; DOMAINS] = [const { Slot::new() }; DOMAINS];

thread_local! {
    /// Whether this thread is within a layer: what one domain asks of another is the same block.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// Lays the layer over each domain.
pub(super) fn put_over_all() {
    for (domain, below) in BELOW.iter().enumerate() {
        below.install(&api::current(domain));
        api::install(domain, &table(domain));
    }
}

/// Takes it off where it lies on top. Elsewhere it stays and notes nothing.
pub(super) fn take_off_all() {
    for (domain, below) in BELOW.iter().enumerate() {
        if let Some(below) = below.installed() {
            api::install(domain, below);
        }
    }
}

fn table(domain: usize) -> PyMemAllocatorEx {
    PyMemAllocatorEx { ctx: ptr::from_ref(&BELOW[domain]).cast_mut().cast(), malloc, calloc, realloc, free }
}

/// # Safety
/// `ctx` is that of a table of ours.
unsafe fn below(ctx: *mut c_void) -> &'static PyMemAllocatorEx {
    // SAFETY: it points to one of the slots.
    let slot: &'static Slot = unsafe { &*ctx.cast::<Slot>() };
    slot.installed().expect("a layer is used only once it lies over something")
}

/// Runs `call`, and says whether this is the outermost layer.
fn enter<T>(call: impl FnOnce() -> T) -> (T, bool) {
    let outermost = !WITHIN.replace(true);
    let result = call();
    if outermost {
        WITHIN.set(false);
    }
    (result, outermost)
}

/// Notes a new block. Where there is no memory for its trace, there is none for the block.
///
/// # Safety
/// `block` is null, or a fresh block of `below`.
unsafe fn note(below: &PyMemAllocatorEx, block: *mut c_void, bytes: usize) -> *mut c_void {
    let is_noted = || store::with(|store| !store.is_on() || store.track(BLOCKS, block.addr(), bytes).is_some());
    if block.is_null() || is_noted() {
        return block;
    }
    // SAFETY: the caller's promise; nobody has seen the block.
    unsafe { (below.free)(below.ctx, block) };
    ptr::null_mut()
}

unsafe extern "C" fn malloc(ctx: *mut c_void, bytes: usize) -> *mut c_void {
    // SAFETY: called through a table of ours.
    let below = unsafe { below(ctx) };
    // SAFETY: who installed it promised that it may be called so.
    let (block, outermost) = enter(|| unsafe { (below.malloc)(below.ctx, bytes) });
    // SAFETY: just handed out.
    if outermost { unsafe { note(below, block, bytes) } } else { block }
}

unsafe extern "C" fn calloc(ctx: *mut c_void, elements: usize, size: usize) -> *mut c_void {
    // SAFETY: called through a table of ours.
    let below = unsafe { below(ctx) };
    // SAFETY: as in `malloc`.
    let (block, outermost) = enter(|| unsafe { (below.calloc)(below.ctx, elements, size) });
    let bytes = request::product(elements, size).unwrap_or(0);
    // SAFETY: just handed out.
    if outermost { unsafe { note(below, block, bytes) } } else { block }
}

unsafe extern "C" fn realloc(ctx: *mut c_void, block: *mut c_void, bytes: usize) -> *mut c_void {
    // SAFETY: called through a table of ours.
    let below = unsafe { below(ctx) };
    let old = Known::look_up(block);
    // SAFETY: as in `malloc`, and the caller's promise.
    let (new, outermost) = enter(|| unsafe { (below.realloc)(below.ctx, block, bytes) });
    if outermost && !new.is_null() {
        if new != block {
            old.forget();
        }
        // Without memory for the trace the block is not noted: it cannot be made as it was before.
        store::with(|store| store.is_on().then(|| store.track(BLOCKS, new.addr(), bytes)));
    }
    new
}

unsafe extern "C" fn free(ctx: *mut c_void, block: *mut c_void) {
    // SAFETY: called through a table of ours.
    let below = unsafe { below(ctx) };
    let old = Known::look_up(block);
    // SAFETY: as in `malloc`, and the caller's promise.
    let ((), outermost) = enter(|| unsafe { (below.free)(below.ctx, block) });
    if outermost {
        old.forget();
    }
}

/// A block's trace before the block goes. It is forgotten afterwards, so that what is below can still tell where the
/// block came from; by then the address may be another thread's, with another trace.
struct Known {
    address: usize,
    number: Option<u64>,
}

impl Known {
    fn look_up(block: *mut c_void) -> Self {
        let address = block.addr();
        Self { address, number: store::with(|store| store.number(BLOCKS, address)) }
    }

    fn forget(self) {
        store::with(|store| {
            if self.number.is_some() && store.number(BLOCKS, self.address) == self.number {
                store.untrack(BLOCKS, self.address);
            }
        });
    }
}
