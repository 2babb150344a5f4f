//! The heap of the calling thread, its end, and forks.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::commons;
use crate::heap::{Heap, NO_HEAP};
use crate::trace;

pub(crate) use slot::heap;

/// Gives the calling thread a heap; `None` if the system has no memory or no
/// key for the thread's end left.
#[cold]
pub(crate) fn start() -> Option<&'static Heap> {
    let key = end_key()?;
    let heap = commons::lock().take_heap()?;
    // SAFETY: the key exists, and the value is what its destructor expects.
    if unsafe { libc::pthread_setspecific(key, ptr::from_ref(heap).cast()) } != 0 {
        commons::lock().give_heap(heap);
        return None;
    }
    heap.start();
    slot::set(heap);
    Some(heap)
}

/// What the C library calls when a thread that has a heap ends. A destructor
/// that runs later may allocate: it gets another heap, which ends likewise.
unsafe extern "C" fn end(heap: *mut c_void) {
    slot::set(&NO_HEAP);
    // SAFETY: the value that `start` stored; heaps are never unmapped.
    unsafe { &*heap.cast::<Heap>() }.end();
}

/// The key whose destructor is [`end`]; `None` if the process has no key left.
fn end_key() -> Option<libc::pthread_key_t> {
    // The key plus one, so that zero can mean that there is none yet.
    static KEY: AtomicU32 = AtomicU32::new(0);
    if let Some(key) = KEY.load(Ordering::Acquire).checked_sub(1) {
        return Some(key);
    }
    let mut key = 0;
    // SAFETY: writes a key to the variable.
    if unsafe { libc::pthread_key_create(&mut key, Some(end)) } != 0 {
        return None;
    }
    match KEY.compare_exchange(0, key + 1, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => Some(key),
        Err(other) => {
            // SAFETY: another thread was faster; nobody has seen this key.
            unsafe { libc::pthread_key_delete(key) };
            other.checked_sub(1)
        }
    }
}

/// Has the locks held over every fork from now on.
///
/// Each thread makes sure of it before it first takes the lock. Two may register at the same time, which the handlers
/// allow for; waiting for one another could hang in a child that was forked in between.
pub(crate) fn watch_forks() {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    if !WATCHED.load(Ordering::Acquire) {
        // SAFETY: the three handlers live as long as the process, see build.rs.
        unsafe { libc::pthread_atfork(Some(before_fork), Some(after_fork_in_parent), Some(after_fork_in_child)) };
        WATCHED.store(true, Ordering::Release);
    }
}

unsafe extern "C" fn before_fork() {
    // An arena allocator runs under the commons' lock, and may report what it does to tracing.
    commons::LOCK.before_fork();
    trace::LOCK.before_fork();
}

unsafe extern "C" fn after_fork_in_parent() {
    trace::LOCK.after_fork();
    commons::LOCK.after_fork();
}

unsafe extern "C" fn after_fork_in_child() {
    trace::LOCK.after_fork();
    commons::LOCK.after_fork();
    heap().after_fork();
}

/// The thread's variable, at a fixed distance from the thread pointer.
///
/// `thread_local!` in a shared library that may be loaded late calls `__tls_get_addr` for each access, which costs as
/// much as the allocation itself. These eight bytes come out of the space that the C library sets aside for
/// libraries like this one; Rust has no stable way to ask for that but assembly.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod slot {
    use std::arch::{asm, global_asm};
    use std::ptr;

    use crate::heap::{Heap, NO_HEAP};

    global_asm!(
        ".pushsection .tdata.pymem_ref_heap,\"awT\",@progbits",
        ".p2align 3",
        ".globl pymem_ref_heap",
        ".hidden pymem_ref_heap",
        ".type pymem_ref_heap,@object",
        ".size pymem_ref_heap,8",
        "pymem_ref_heap:",
        ".quad {none}",
        ".popsection",
        none = sym NO_HEAP,
    );

    /// The calling thread's heap, or [`NO_HEAP`].
    #[inline(always)]
    pub(crate) fn heap() -> &'static Heap {
        let heap: *const Heap;
        // SAFETY: reads the variable declared above.
        unsafe {
            asm!(
                "mov {heap}, qword ptr [rip + pymem_ref_heap@GOTTPOFF]",
                "mov {heap}, qword ptr fs:[{heap}]",
                heap = out(reg) heap,
                options(pure, readonly, nostack, preserves_flags),
            );
        }
        // SAFETY: the variable holds nothing but references to heaps, which are never unmapped.
        unsafe { &*heap }
    }

    /// Changes what [`heap`] returns in this thread.
    pub(super) fn set(heap: &'static Heap) {
        // SAFETY: writes the variable declared above.
        unsafe {
            asm!(
                "mov {place}, qword ptr [rip + pymem_ref_heap@GOTTPOFF]",
                "mov qword ptr fs:[{place}], {heap}",
                place = out(reg) _,
                heap = in(reg) ptr::from_ref(heap),
                options(nostack, preserves_flags),
            );
        }
    }
}

/// The thread's variable where nobody has measured anything better.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod slot {
    use std::cell::Cell;

    use crate::heap::{Heap, NO_HEAP};

    thread_local! {
        static HEAP: Cell<&'static Heap> = const { Cell::new(&NO_HEAP) };
    }

    /// The calling thread's heap, or [`NO_HEAP`].
    #[inline(always)]
    pub(crate) fn heap() -> &'static Heap {
        HEAP.get()
    }

    /// Changes what [`heap`] returns in this thread.
    pub(super) fn set(heap: &'static Heap) {
        HEAP.set(heap);
    }
}
