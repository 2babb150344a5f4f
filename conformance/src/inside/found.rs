//! What guards have found, in memory that a check and its forks share.

use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use super::violation::Violation;
use crate::harness::Stop;
use crate::sandbox::sys;

/// Bytes of a violation as JSON.
const ROOM: usize = 4000;

/// The first violation; later ones may come of it.
#[repr(C)]
struct Page {
    /// 0: nothing; 1: being written; 2: there.
    state: AtomicU32,
    len: AtomicU32,
    text: [u8; ROOM],
}

static PAGE: AtomicPtr<Page> = AtomicPtr::new(ptr::null_mut());

/// Makes the memory, before anything is forked.
///
/// # Errors
/// If there is none.
pub fn prepare() -> Result<(), String> {
    let file = sys::memory_file(size_of::<Page>()).map_err(|error| error.to_string())?;
    let page = sys::map_shared(file, size_of::<Page>(), true).map_err(|error| error.to_string())?;
    sys::close(file);
    PAGE.store(page.cast(), Ordering::Release);
    Ok(())
}

/// What was found while the interpreter started.
static AT_START: OnceLock<Violation> = OnceLock::new();
/// What a process does when it has found something.
static END: OnceLock<fn(&Violation)> = OnceLock::new();

/// Keeps apart what was found until now, while the interpreter started.
pub fn has_started() {
    if let (Some(violation), Some(page)) = (first(), page()) {
        AT_START.get_or_init(|| violation);
        page.state.store(0, Ordering::Release);
    }
}

/// What was found while the interpreter started.
pub fn at_start() -> Option<&'static Violation> {
    AT_START.get()
}

/// Begins anew; from now on a process ends by `end` when it finds something.
pub fn begin(end: fn(&Violation)) {
    if let Some(page) = page() {
        page.state.store(0, Ordering::Release);
    }
    END.get_or_init(|| end);
}

/// Keeps the first violation that it gets.
pub fn note(violation: &Violation) {
    let text = |violation: &Violation| serde_json::to_vec(violation).ok().filter(|text| text.len() <= ROOM);
    // The path of a program may be too long.
    let text = text(violation).or_else(|| text(&Violation { line: None, ..violation.clone() }));
    let (Some(page), Some(text)) = (page(), text) else { return };
    let len = text.len();
    if page.state.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_err() {
        return;
    }
    // SAFETY: who changed the state from 0 to 1 writes alone.
    unsafe { ptr::copy_nonoverlapping(text.as_ptr(), (&raw const page.text).cast::<u8>().cast_mut(), len) };
    page.len.store(len as u32, Ordering::Relaxed);
    page.state.store(2, Ordering::Release);
    if let Some(end) = END.get() {
        end(violation);
    }
}

/// The first violation, if there is one.
pub fn first() -> Option<Violation> {
    let page = page()?;
    let len = page.len.load(Ordering::Relaxed) as usize;
    (page.state.load(Ordering::Acquire) == 2).then(|| serde_json::from_slice(page.text.get(..len)?).ok())?
}

/// A violation as a check's end. The suite's programs break no rule themselves.
pub fn stop(violation: &Violation) -> Stop {
    Stop::fail(violation.what.expected(), format!("{}: {}", violation.call(), violation.what.actual()))
}

fn page() -> Option<&'static Page> {
    // SAFETY: mapped by `prepare`, for good.
    unsafe { PAGE.load(Ordering::Acquire).as_ref() }
}
