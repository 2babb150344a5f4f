//! Which allocator a domain calls: its own, or one that was installed.
//!
//! A slot is one pointer, null while the domain's own allocator is in place, so that the common path pays one load
//! and one branch for being replaceable. What is installed is copied to a *record* that stays for good and is used
//! again when the same allocator comes back: a call that has begun never sees half of another table.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::commons;
use crate::os;
use crate::table::PyMemAllocatorEx;

/// The place of one domain's allocator.
pub(crate) struct Slot {
    installed: AtomicPtr<Record>,
}

/// A copy of an allocator, and the record made before it.
struct Record {
    table: PyMemAllocatorEx,
    next: *const Record,
}

/// Every record, the newest first. Changed only by the holder of the commons.
static RECORDS: AtomicPtr<Record> = AtomicPtr::new(ptr::null_mut());

impl Slot {
    /// A slot with the domain's own allocator.
    pub(crate) const fn new() -> Self {
        Self { installed: AtomicPtr::new(ptr::null_mut()) }
    }

    /// The allocator that was installed; `None` while the domain's own is in place.
    #[inline(always)]
    pub(crate) fn installed(&self) -> Option<&'static PyMemAllocatorEx> {
        // SAFETY: null, or a record, which nobody changes and which is never given back.
        unsafe { self.installed.load(Ordering::Acquire).as_ref() }.map(|record| &record.table)
    }

    /// Installs a copy of `table`. Without memory for one the allocator stays as it is.
    pub(crate) fn install(&self, table: &PyMemAllocatorEx) {
        if let Some(record) = record_of(table) {
            self.installed.store(ptr::from_ref(record).cast_mut(), Ordering::Release);
        }
    }

    /// Puts the domain's own allocator back.
    pub(crate) fn reset(&self) {
        self.installed.store(ptr::null_mut(), Ordering::Release);
    }
}

/// The record of an allocator, made if there is none yet; `None` without memory.
fn record_of(table: &PyMemAllocatorEx) -> Option<&'static Record> {
    let _lock = commons::lock();
    let first: *const Record = RECORDS.load(Ordering::Acquire);
    // SAFETY: as in `installed`.
    let mut known = std::iter::successors(unsafe { first.as_ref() }, |record| unsafe { record.next.as_ref() });
    known.find(|record| record.table == *table).or_else(|| {
        let place = reserve()?;
        // SAFETY: fresh memory for one record, which nobody else has.
        unsafe { place.write(Record { table: *table, next: first }) };
        RECORDS.store(place, Ordering::Release);
        // SAFETY: just written, and never given back.
        Some(unsafe { &*place })
    })
}

/// Memory for one record, from pages that are never given back. Only for the holder of the commons.
fn reserve() -> Option<*mut Record> {
    const PAGE: usize = 4096;
    static NEXT: AtomicPtr<Record> = AtomicPtr::new(ptr::null_mut());
    static END: AtomicPtr<Record> = AtomicPtr::new(ptr::null_mut());
    if NEXT.load(Ordering::Relaxed) == END.load(Ordering::Relaxed) {
        let page = os::map(PAGE)?.cast::<Record>().as_ptr();
        NEXT.store(page, Ordering::Relaxed);
        END.store(page.wrapping_add(PAGE / size_of::<Record>()), Ordering::Relaxed);
    }
    let place = NEXT.load(Ordering::Relaxed);
    NEXT.store(place.wrapping_add(1), Ordering::Relaxed);
    Some(place)
}
