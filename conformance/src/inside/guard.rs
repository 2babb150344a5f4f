//! The guard: a hook between an interpreter and what serves it, that verifies every block.
//!
//! It keeps no memory of the candidate's, holds no lock while the candidate works, and changes no answer. A block that
//! it does not know is older than the guard, and goes back to whom it stood in for. What the candidate itself asks for
//! while it works, as a heap does that stands on raw, is let through: the interpreter sees none of it.

use std::cell::{Cell, UnsafeCell};
use std::ffi::c_void;
use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

use pymem_abi::PY_SSIZE_T_MAX;
use pymem_abi::bindings::PyMemAllocatorEx;
use pymem_abi::symbols::Function;
use pymem_spec::Domain;

use super::ledger::{Known, Ledger, Live};
use super::violation::{Violation, What};
use super::{journal, traceback};
use crate::oracle::alignment::{alignment_of, required_alignment};

static LEDGER: LazyLock<Mutex<Ledger>> = LazyLock::new(Mutex::default);
static CALLS: AtomicU64 = AtomicU64::new(0);
static REFUSALS: AtomicU64 = AtomicU64::new(0);
/// How often each kind of violation was told.
static TOLD: [AtomicU32; 128] = [const { AtomicU32::new(0) }; 128];

/// How often a kind of violation is told: more come of the first ones, and to find the line of each takes time.
const ENOUGH: u32 = 3;
static SINK: OnceLock<fn(&Violation)> = OnceLock::new();

thread_local! {
    /// Whether this thread is telling of a violation: the interpreter may ask for memory meanwhile.
    static TELLS: Cell<bool> = const { Cell::new(false) };
    /// Whether the candidate is at work in this thread.
    static WORKS: Cell<bool> = const { Cell::new(false) };
}

/// Holds the ledger still while a thread forks.
struct Still(UnsafeCell<Option<MutexGuard<'static, Ledger>>>);

// SAFETY: only who holds the ledger's lock reads or writes what is inside.
unsafe impl Sync for Still {}

static STILL: Still = Still(UnsafeCell::new(None));

/// What a guard stands over.
struct Guarded {
    domain: Domain,
    /// The alignment that large blocks need, in bytes.
    cap: usize,
    /// Who serves.
    below: PyMemAllocatorEx,
    /// Who served before, and may still have blocks out.
    before: PyMemAllocatorEx,
}

/// Says to whom violations are told. The first call counts.
pub fn tell(sink: fn(&Violation)) {
    SINK.get_or_init(|| sink);
}

/// A struct that verifies what `below` gives in `domain`. It serves for the life of the process.
pub fn over(below: PyMemAllocatorEx, before: PyMemAllocatorEx, domain: Domain, cap: usize) -> PyMemAllocatorEx {
    keep_still_in_forks();
    let ctx: *mut Guarded = Box::leak(Box::new(Guarded { domain, cap, below, before }));
    PyMemAllocatorEx {
        ctx: ctx.cast(),
        malloc: Some(malloc),
        calloc: Some(calloc),
        realloc: Some(realloc),
        free: Some(free),
    }
}

/// How many requests for some bytes were refused, which is legal.
pub fn refusals() -> u64 {
    REFUSALS.load(Ordering::Relaxed)
}

/// How many calls were verified.
pub fn calls() -> u64 {
    CALLS.load(Ordering::Relaxed)
}

fn ledger() -> MutexGuard<'static, Ledger> {
    // A panic of ours ends the process of a check; elsewhere the ledger is still the best there is.
    LEDGER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A fork while another thread writes in the ledger would leave it locked for good in the child.
fn keep_still_in_forks() {
    extern "C" fn hold() {
        let held = ledger();
        // SAFETY: this thread has the lock.
        unsafe { *STILL.0.get() = Some(held) };
    }
    extern "C" fn let_go() {
        // SAFETY: this thread, or its copy in the child, took the lock in `hold`.
        drop(unsafe { (*STILL.0.get()).take() });
    }
    extern "C" fn begin_anew() {
        let_go();
        // The parent counts its own.
        CALLS.store(0, Ordering::Relaxed);
        REFUSALS.store(0, Ordering::Relaxed);
    }
    static REGISTERED: OnceLock<()> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        LazyLock::force(&LEDGER);
        // SAFETY: both may run in any thread, and allocate nothing.
        unsafe { libc::pthread_atfork(Some(hold), Some(let_go), Some(begin_anew)) };
    });
}

/// # Safety
/// `ctx` is that of a struct from [`over`].
unsafe fn guarded<'a>(ctx: *mut c_void) -> &'a Guarded {
    // SAFETY: the caller's promise; it was leaked and never changes.
    unsafe { &*ctx.cast::<Guarded>() }
}

unsafe extern "C" fn malloc(ctx: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the interpreter hands over our `ctx`.
    let guarded = unsafe { guarded(ctx) };
    guarded.call(Function::Malloc, size, |below| {
        let malloc = below.malloc.expect("a table is whole");
        // SAFETY: the interpreter may call this domain now.
        unsafe { malloc(below.ctx, size) }
    })
}

unsafe extern "C" fn calloc(ctx: *mut c_void, nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: as in `malloc`.
    let guarded = unsafe { guarded(ctx) };
    let size = nelem.saturating_mul(elsize);
    let block = guarded.call(Function::Calloc, size, |below| {
        let calloc = below.calloc.expect("a table is whole");
        // SAFETY: as in `malloc`.
        unsafe { calloc(below.ctx, nelem, elsize) }
    });
    if !block.is_null() && !WORKS.get() {
        // SAFETY: a block of that size that nobody else has yet.
        if let Some(at) = unsafe { bytes(block, size) }.iter().position(|byte| *byte != 0) {
            guarded.complain(Function::Calloc, size, What::NotZero { at });
        }
    }
    block
}

unsafe extern "C" fn realloc(ctx: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: as in `malloc`.
    let guarded = unsafe { guarded(ctx) };
    let resized = |table: &PyMemAllocatorEx| {
        let realloc = table.realloc.expect("a table is whole");
        // SAFETY: as in `malloc`; the block is what the interpreter passes.
        unsafe { realloc(table.ctx, block, size) }
    };
    if block.is_null() {
        return guarded.call(Function::Realloc, size, resized);
    }
    if WORKS.get() {
        let was_own = ledger().take_unverified(block.addr());
        let new = resized(if was_own { &guarded.below } else { &guarded.before });
        let kept = if new.is_null() { block } else { new };
        if was_own {
            ledger().enter_unverified(kept.addr());
        }
        return new;
    }
    let old = match guarded.take(Function::Realloc, block, size) {
        Known::Live(old) => old,
        Known::Unverified => {
            let new = guarded.work(|| resized(&guarded.below));
            ledger().enter_unverified(if new.is_null() { block } else { new }.addr());
            return new;
        }
        Known::Freed => return guarded.work(|| resized(&guarded.below)),
        Known::Nothing => return guarded.work(|| resized(&guarded.before)),
    };
    let kept = old.size.min(size);
    // SAFETY: the block is live and has these bytes.
    let before = digest(unsafe { bytes(block, kept) });
    let new = guarded.journalled(Function::Realloc, size, || resized(&guarded.below));
    if new.is_null() {
        guarded.enter(Function::Realloc, block, old);
        // SAFETY: a refusal leaves the block.
        if digest(unsafe { bytes(block, kept) }) != before {
            guarded.complain(Function::Realloc, size, What::ChangedByRefusal);
        }
        return guarded.refused(Function::Realloc, size);
    }
    guarded.verify(Function::Realloc, new, size);
    if new != block {
        ledger().remember(block.addr());
    }
    // SAFETY: the new block has these bytes.
    if digest(unsafe { bytes(new, kept) }) != before {
        guarded.complain(Function::Realloc, size, What::Changed);
    }
    new
}

unsafe extern "C" fn free(ctx: *mut c_void, block: *mut c_void) {
    // SAFETY: as in `malloc`.
    let guarded = unsafe { guarded(ctx) };
    let freed = |table: &PyMemAllocatorEx| {
        let free = table.free.expect("a table is whole");
        // SAFETY: as in `realloc`.
        unsafe { free(table.ctx, block) };
    };
    if block.is_null() {
        return guarded.work(|| freed(&guarded.below));
    }
    if WORKS.get() {
        let was_own = ledger().take_unverified(block.addr());
        return freed(if was_own { &guarded.below } else { &guarded.before });
    }
    match guarded.take(Function::Free, block, 0) {
        Known::Live(old) => guarded.journalled(Function::Free, old.size, || freed(&guarded.below)),
        Known::Unverified | Known::Freed => guarded.work(|| freed(&guarded.below)),
        Known::Nothing => guarded.work(|| freed(&guarded.before)),
    }
}

impl Guarded {
    /// Has a new block made, and verifies it.
    fn call(
        &self,
        function: Function,
        size: usize,
        make: impl FnOnce(&PyMemAllocatorEx) -> *mut c_void,
    ) -> *mut c_void {
        if WORKS.get() {
            let block = make(&self.below);
            if !block.is_null() {
                ledger().enter_unverified(block.addr());
            }
            return block;
        }
        let block = self.journalled(function, size, || make(&self.below));
        if block.is_null() {
            return self.refused(function, size);
        }
        self.verify(function, block, size);
        block
    }

    /// A refusal is legal but of a request for nothing.
    fn refused(&self, function: Function, size: usize) -> *mut c_void {
        if size == 0 {
            self.complain(function, size, What::NullForNothing);
        } else if size <= PY_SSIZE_T_MAX {
            REFUSALS.fetch_add(1, Ordering::Relaxed);
        }
        std::ptr::null_mut()
    }

    /// Verifies where a new block lies, and enters it.
    fn verify(&self, function: Function, block: *mut c_void, size: usize) {
        let (needed, found) = (required_alignment(size, self.cap), alignment_of(block.addr()));
        if found < needed {
            self.complain(function, size, What::Misaligned { needed, found });
        }
        self.enter(function, block, Live { size, domain: self.domain });
    }

    fn enter(&self, function: Function, block: *mut c_void, live: Live) {
        let entered = ledger().enter(block.addr(), live);
        if !entered {
            self.complain(function, live.size, What::Overlaps);
        }
    }

    /// Takes a block out that comes back; the rules of who gives it back are the program's to keep.
    fn take(&self, function: Function, block: *mut c_void, size: usize) -> Known {
        let known = {
            let mut ledger = ledger();
            let known = ledger.take(block.addr());
            if function == Function::Free && matches!(known, Known::Live(_)) {
                ledger.remember(block.addr());
            }
            known
        };
        match known {
            Known::Live(Live { domain, .. }) if domain != self.domain => {
                self.complain(function, size, What::OtherDomain { giver: domain });
            }
            Known::Freed => self.complain(function, size, What::FreedBefore),
            Known::Live(_) | Known::Unverified | Known::Nothing => {}
        }
        known
    }

    /// Makes a call with its place in the journal, so that a death or a hang is told with it.
    fn journalled<T>(&self, function: Function, size: usize, call: impl FnOnce() -> T) -> T {
        CALLS.fetch_add(1, Ordering::Relaxed);
        let number = journal::begin(self.domain, function, size);
        let result = self.work(call);
        journal::end(number);
        result
    }

    /// Lets the candidate work.
    fn work<T>(&self, call: impl FnOnce() -> T) -> T {
        WORKS.set(true);
        let result = call();
        WORKS.set(false);
        result
    }

    #[cold]
    fn complain(&self, function: Function, size: usize, what: What) {
        let Some(sink) = SINK.get() else { return };
        let kind = what.number() * 12 + function as usize * 3 + self.domain as usize;
        if TOLD[kind].fetch_add(1, Ordering::Relaxed) >= ENOUGH || TELLS.replace(true) {
            return;
        }
        sink(&Violation { function, domain: self.domain, size, what, line: traceback::line() });
        TELLS.set(false);
    }
}

/// # Safety
/// The block has so many bytes, and nobody writes to them meanwhile.
unsafe fn bytes<'a>(block: *const c_void, size: usize) -> &'a [u8] {
    // SAFETY: the caller's promise; a candidate may have left a byte as it was, which is a value like any other.
    unsafe { slice::from_raw_parts(block.cast(), size) }
}

/// A number that differs where bytes differ, but for one case in 2^64.
fn digest(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let mut tail = [0; 8];
    tail[..rest.len()].copy_from_slice(rest);
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| mix(sum, u64::from_ne_bytes(*word)));
    mix(sum, u64::from_ne_bytes(tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_tells_any_byte() {
        let bytes: Vec<u8> = (0..77).collect();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_ne!(digest(&bytes), digest(&other), "byte {at}");
        }
    }
}
