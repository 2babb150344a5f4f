//! The traces.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_void};
use std::fmt::{self, Write};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use allocator_api2::alloc::{AllocError, Allocator, Layout};
use hashbrown::HashMap;

use super::LOCK;
use crate::stderr::Stderr;
use crate::thread;

/// Calls that a trace remembers.
const DEPTH: usize = 12;

/// One live block.
#[derive(Clone, Copy)]
pub(crate) struct Trace {
    bytes: usize,
    /// No other trace has it.
    number: u64,
    /// Return addresses, the innermost first; null behind the last.
    calls: [*mut c_void; DEPTH],
}

/// All traces, and what they add up to.
pub(crate) struct Store {
    on: bool,
    traces: Option<Traces>,
    now: usize,
    most: usize,
    /// Traces made so far.
    count: u64,
}

type Traces = HashMap<(u32, usize), Trace, BuildHasherDefault<DefaultHasher>, Library>;

/// The C library's allocator: the store must not be kept in what it watches.
#[derive(Clone, Copy)]
struct Library;

// SAFETY: the C library hands out memory that nobody else has, and the alignment is checked.
unsafe impl Allocator for Library {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        if layout.align() > 16 {
            return Err(AllocError);
        }
        // SAFETY: any size may be asked for.
        let block = NonNull::new(unsafe { libc::malloc(layout.size().max(1)) }.cast()).ok_or(AllocError)?;
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, _: Layout) {
        // SAFETY: it came from `allocate`.
        unsafe { libc::free(block.as_ptr().cast()) }
    }
}

struct Shared(UnsafeCell<Store>);

// SAFETY: used under the lock only.
unsafe impl Sync for Shared {}

static STORE: Shared = Shared(UnsafeCell::new(Store { on: false, traces: None, now: 0, most: 0, count: 0 }));

/// Does something with the store, alone.
pub(super) fn with<T>(run: impl FnOnce(&mut Store) -> T) -> T {
    thread::watch_forks();
    LOCK.acquire();
    // SAFETY: the lock is held.
    let result = run(unsafe { &mut *STORE.0.get() });
    LOCK.release();
    result
}

/// Like [`with`]; `None` if somebody else has the store.
pub(super) fn try_with<T>(run: impl FnOnce(&mut Store) -> T) -> Option<T> {
    if !LOCK.try_acquire() {
        return None;
    }
    // SAFETY: the lock is held.
    let result = run(unsafe { &mut *STORE.0.get() });
    LOCK.release();
    Some(result)
}

impl Store {
    /// Begins with no traces. Returns whether it was off.
    pub(super) fn turn_on(&mut self) -> bool {
        // The first look at the stack loads a library, which must not happen within an allocation.
        let _ = calls();
        !std::mem::replace(&mut self.on, true)
    }

    /// Forgets everything. Returns whether it was on.
    pub(super) fn turn_off(&mut self) -> bool {
        let was_on = self.on;
        *self = Self { on: false, traces: None, now: 0, most: 0, count: self.count };
        was_on
    }

    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    pub(super) fn memory(&self) -> (usize, usize) {
        (self.now, self.most)
    }

    /// Notes a block. `None`, and nothing changed, without memory.
    pub(super) fn track(&mut self, domain: u32, address: usize, bytes: usize) -> Option<()> {
        let traces = self.traces.get_or_insert_with(|| Traces::with_hasher_in(Default::default(), Library));
        traces.try_reserve(1).ok()?;
        self.count += 1;
        let old = traces.insert((domain, address), Trace { bytes, number: self.count, calls: calls() });
        self.now = self.now.wrapping_sub(old.map_or(0, |trace| trace.bytes)).wrapping_add(bytes);
        self.most = self.most.max(self.now);
        Some(())
    }

    /// Forgets a block, if it is known.
    pub(super) fn untrack(&mut self, domain: u32, address: usize) {
        if let Some(trace) = self.traces.as_mut().and_then(|traces| traces.remove(&(domain, address))) {
            self.now = self.now.wrapping_sub(trace.bytes);
        }
    }

    /// The number of a block's trace.
    pub(super) fn number(&self, domain: u32, address: usize) -> Option<u64> {
        self.traces.as_ref()?.get(&(domain, address)).map(|trace| trace.number)
    }

    /// The trace of a block of raw, mem or obj.
    pub(super) fn trace(&self, address: usize) -> Option<Trace> {
        self.traces.as_ref()?.get(&(0, address)).copied()
    }
}

/// The calls that led here.
fn calls() -> [*mut c_void; DEPTH] {
    let mut calls = [std::ptr::null_mut(); DEPTH];
    // SAFETY: the array has that much room.
    unsafe { libc::backtrace(calls.as_mut_ptr(), DEPTH as i32) };
    calls
}

impl Trace {
    /// Writes the calls, those within this library left out.
    pub(super) fn describe(&self, out: &mut Stderr) -> fmt::Result {
        out.write_str("Memory block allocated at (most recent call first):\n")?;
        let own = module(calls as *const () as *mut c_void).map(|info| info.dli_fbase);
        let calls = self.calls.iter().take_while(|call| !call.is_null());
        for call in calls.skip_while(|call| module(**call).map(|info| info.dli_fbase) == own) {
            call_line(out, *call)?;
        }
        out.write_str("\n")
    }
}

/// One call: the file, and the function or the offset in the file.
fn call_line(out: &mut Stderr, call: *mut c_void) -> fmt::Result {
    let Some(info) = module(call) else { return writeln!(out, "  File \"<unknown>\", at {call:p}") };
    out.write_str("  File \"")?;
    // SAFETY: the loader's name of the file, a C string.
    out.write_bytes(unsafe { CStr::from_ptr(info.dli_fname) }.to_bytes());
    if info.dli_sname.is_null() {
        return writeln!(out, "\", at offset {:#x}", call.addr() - info.dli_fbase.addr());
    }
    out.write_str("\", in ")?;
    // SAFETY: the name of a symbol, a C string.
    out.write_bytes(unsafe { CStr::from_ptr(info.dli_sname) }.to_bytes());
    out.write_str("\n")
}

/// The file that an address lies in.
fn module(address: *mut c_void) -> Option<libc::Dl_info> {
    let mut info = MaybeUninit::uninit();
    // SAFETY: the variable can be written to.
    let found = unsafe { libc::dladdr(address, info.as_mut_ptr()) } != 0;
    // SAFETY: written if something was found.
    found.then(|| unsafe { info.assume_init() })
}
