//! The worker's way in, before `main`.
//!
//! A preloaded target's constructors run before our `main`, and Rust's start-up
//! calls `malloc` before it too. So the binary enters twice: `preinit` runs
//! before the constructor of any shared library, maps what is shared with the
//! keeper and closes the descriptors; `init` runs after those constructors,
//! becomes the worker and never returns. In a Python whose API is in its
//! executable both are the constructor of a preloaded library.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::heap::Heap;
use super::shm::{Board, Control, Stage};
use super::{sys, worker};
use crate::tape::Tape;

/// How a worker is called; nobody calls the program so by accident.
pub const WORKER_NAME: &str = "pymem-conform: worker";

/// The status of a worker that cannot map what it needs.
pub const NO_MEMORY: i32 = 70;

/// A function of `.preinit_array` or `.init_array`, as glibc calls it.
pub type Entry = unsafe extern "C" fn(c_int, *const *const c_char, *const *const c_char);

static CONTROL: AtomicPtr<Control> = AtomicPtr::new(ptr::null_mut());
static BOARD: AtomicPtr<Board> = AtomicPtr::new(ptr::null_mut());
static TAPE: OnceLock<&'static Tape> = OnceLock::new();

/// The tape, if this process is a worker that has one.
pub fn tape() -> Option<&'static Tape> {
    TAPE.get().copied()
}

/// Maps the shared memory if this process is a worker.
///
/// # Safety
/// Called by the dynamic loader with the program's arguments.
pub unsafe extern "C" fn preinit(argc: c_int, argv: *const *const c_char, _environment: *const *const c_char) {
    if !CONTROL.load(Ordering::Acquire).is_null() {
        return;
    }
    // SAFETY: the loader passes `argc` C strings.
    let arguments = unsafe { arguments(argc, argv) };
    let [Some(name), Some(descriptors)] = arguments else { return };
    if name.to_bytes() != WORKER_NAME.as_bytes() {
        return;
    }
    let Some([control_fd, board_fd, tape_fd]) = parse_descriptors(descriptors) else { return };
    let control = sys::map_shared(control_fd, size_of::<Control>(), false);
    let board = sys::map_shared(board_fd, size_of::<Board>(), true);
    let (Ok(control), Ok(board)) = (control, board) else { sys::exit_now(NO_MEMORY) };
    sys::close(control_fd);
    sys::close(board_fd);
    if tape_fd >= 0 {
        let Ok(tape) = sys::map_shared(tape_fd, size_of::<Tape>(), true) else { sys::exit_now(NO_MEMORY) };
        sys::close(tape_fd);
        // SAFETY: mapped for good; zeroed memory is a tape without steps.
        TAPE.get_or_init(|| unsafe { &*tape.cast::<Tape>() });
    }
    // From here on nothing of ours reaches the system's allocator, which may be
    // the target, and its constructors cannot signal those who watch it.
    if Heap::become_private().is_err() {
        sys::exit_now(NO_MEMORY);
    }
    sys::confine_signals();
    BOARD.store(board.cast(), Ordering::Relaxed);
    CONTROL.store(control.cast(), Ordering::Release);
    // SAFETY: the board has just been mapped.
    sys::futex_set(unsafe { &(*board.cast::<Board>()).stage }, Stage::Constructors as u32);
}

/// Becomes the worker if [`preinit`] found that this process is one.
///
/// # Safety
/// Called by the dynamic loader, after `preinit`.
pub unsafe extern "C" fn init(_argc: c_int, _argv: *const *const c_char, _environment: *const *const c_char) {
    let control = CONTROL.load(Ordering::Acquire);
    if !control.is_null() {
        // SAFETY: both were mapped by `preinit`, for good.
        unsafe { worker::main(&*control, BOARD.load(Ordering::Relaxed)) };
    }
}

/// The first two arguments.
unsafe fn arguments<'a>(argc: c_int, argv: *const *const c_char) -> [Option<&'a CStr>; 2] {
    [0, 1].map(|index| {
        // SAFETY: below `argc` every pointer is a C string.
        (index < argc as usize).then(|| unsafe { CStr::from_ptr(*argv.add(index)) })
    })
}

/// Control, board and tape; -1 for a tape that there is not.
fn parse_descriptors(text: &CStr) -> Option<[c_int; 3]> {
    let mut numbers = text.to_str().ok()?.split(',').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some([next()?, next()?, next()?])
}
