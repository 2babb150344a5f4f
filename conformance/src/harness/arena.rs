//! An arena allocator of our own, laid over the target's by `PyObject_SetArenaAllocator`.
//!
//! An [`ArenaHook`] notes what arrives and passes it on to what was installed before, or refuses it. Arenas from
//! before come back to it too, and go on to where they came from.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pymem_abi::bindings::PyObjectArenaAllocator;

use super::refusals::Refusals;
use super::{Harness, Outcome, Stop, this_thread};

/// A call that arrived at the hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArenaCall {
    /// An arena was asked for.
    Asked {
        /// Its size.
        size: usize,
        /// What was handed out; 0 where it was refused.
        address: usize,
        /// Whether `ctx` was the one that was installed.
        ctx_is_ours: bool,
    },
    /// One was given back.
    Released {
        /// The address that was passed.
        address: usize,
        /// The size that was passed.
        size: usize,
        /// The size that was asked for; none where this hook did not hand out that address.
        asked: Option<usize>,
        /// Whether it came back before and was not handed out since.
        again: bool,
        /// Whether `ctx` was the one that was installed.
        ctx_is_ours: bool,
    },
}

/// An arena allocator that notes what it is asked for. Calls that a thread of the target's own makes are served, and not
/// noted.
pub struct ArenaHook {
    before: PyObjectArenaAllocator,
    thread: libc::pthread_t,
    refusals: Refusals,
    calls: Mutex<Vec<ArenaCall>>,
    /// What was handed out and not given back: size by address.
    live: Mutex<BTreeMap<usize, usize>>,
    /// Addresses that came back and were not handed out since.
    gone: Mutex<BTreeSet<usize>>,
}

/// The hook. A child has one check, which has one at a time.
static HOOK: AtomicPtr<ArenaHook> = AtomicPtr::new(ptr::null_mut());

impl ArenaHook {
    /// The struct with which it is installed.
    pub fn table(&self) -> PyObjectArenaAllocator {
        PyObjectArenaAllocator { ctx: ptr::from_ref(self).cast_mut().cast(), alloc: Some(alloc), free: Some(free) }
    }

    /// What arrived since this was asked last.
    pub fn calls(&self) -> Vec<ArenaCall> {
        std::mem::take(&mut *lock(&self.calls))
    }

    /// Arenas of at least `size` bytes that were asked for since the calls were taken last.
    pub fn asked(&self, size: usize) -> usize {
        let is_one = |call: &&ArenaCall| matches!(call, ArenaCall::Asked { size: asked, .. } if *asked >= size);
        lock(&self.calls).iter().filter(is_one).count()
    }

    /// Start and size of each arena that it handed out and did not get back.
    pub fn live(&self) -> Vec<(usize, usize)> {
        lock(&self.live).iter().map(|(address, size)| (*address, *size)).collect()
    }

    /// Whether every request is refused from now on.
    pub fn refuse(&self, refuses: bool) {
        self.refusals.all(refuses);
    }

    /// Refuses the n-th request from now on, counted from 1.
    pub fn refuse_nth(&self, n: u64) {
        self.refusals.nth(n);
    }

    /// How many requests were refused so far.
    pub fn refused(&self) -> u64 {
        self.refusals.made()
    }

    fn is_ours(&self, ctx: *mut c_void) -> bool {
        ptr::eq(ctx, ptr::from_ref(self).cast())
    }

    fn is_our_thread(&self) -> bool {
        this_thread() == self.thread
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hook() -> &'static ArenaHook {
    // SAFETY: hooks are leaked, and set before their functions are handed out.
    unsafe { &*HOOK.load(Ordering::Acquire) }
}

unsafe extern "C" fn alloc(ctx: *mut c_void, size: usize) -> *mut c_void {
    let hook = hook();
    if !hook.is_our_thread() {
        // SAFETY: what was installed before may be called as we are called.
        return unsafe { (hook.before.alloc.expect(WHOLE))(hook.before.ctx, size) };
    }
    let arena = if hook.refusals.refuse_this() {
        ptr::null_mut()
    } else {
        // SAFETY: as above.
        unsafe { (hook.before.alloc.expect(WHOLE))(hook.before.ctx, size) }
    };
    let address = arena.expose_provenance();
    if address != 0 {
        lock(&hook.live).insert(address, size);
        lock(&hook.gone).remove(&address);
    }
    lock(&hook.calls).push(ArenaCall::Asked { size, address, ctx_is_ours: hook.is_ours(ctx) });
    arena
}

unsafe extern "C" fn free(ctx: *mut c_void, arena: *mut c_void, size: usize) {
    let hook = hook();
    let address = arena.expose_provenance();
    let asked = lock(&hook.live).remove(&address);
    let again = asked.is_none() && lock(&hook.gone).contains(&address);
    if hook.is_our_thread() {
        let released = ArenaCall::Released { address, size, asked, again, ctx_is_ours: hook.is_ours(ctx) };
        lock(&hook.calls).push(released);
    }
    if again {
        return;
    }
    if asked.is_some() {
        lock(&hook.gone).insert(address);
    }
    // What was handed out goes back as it was handed out: a wrong size must not cost the process. What is no arena's
    // size is none from before either.
    let size = asked.or((size <= LARGEST).then_some(size));
    if let Some(size) = size {
        // SAFETY: an arena of the allocator before, handed out by this hook or before it was there.
        unsafe { (hook.before.free.expect(WHOLE))(hook.before.ctx, arena, size) };
    }
}

/// No arena is larger.
const LARGEST: usize = 1 << 30;
/// Why a function of a struct is there.
const WHOLE: &str = "a hook is laid over whole structs only";

/// Pointers in the struct.
pub const ARENA_WORDS: usize = size_of::<PyObjectArenaAllocator>() / size_of::<usize>();

/// A struct as numbers, to be compared.
pub fn arena_words(table: &PyObjectArenaAllocator) -> [usize; ARENA_WORDS] {
    // SAFETY: a struct of as many pointers, read as numbers.
    unsafe { ptr::from_ref(table).cast::<[usize; ARENA_WORDS]>().read() }
}

impl Harness<'_> {
    /// The words that `PyObject_GetArenaAllocator` writes: those of the struct and the one behind it. What it does not
    /// write stays `untouched`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn words_of_arenas(&self, untouched: usize) -> Result<[usize; ARENA_WORDS + 1], Stop> {
        let get = self.python("PyObject_GetArenaAllocator", |api| api.PyObject_GetArenaAllocator)?;
        let mut room = [untouched; ARENA_WORDS + 1];
        // SAFETY: room for a struct, and for a word more.
        unsafe { get(room.as_mut_ptr().cast()) };
        Ok(room)
    }

    /// The current arena allocator.
    ///
    /// # Errors
    /// If the target does not export that, or a function is NULL.
    pub fn arena_allocator(&self) -> Result<PyObjectArenaAllocator, Stop> {
        let room = self.words_of_arenas(0)?;
        // SAFETY: three pointers, each as the target wrote it or NULL.
        let table = unsafe { room.as_ptr().cast::<PyObjectArenaAllocator>().read() };
        let whole = table.alloc.is_some() && table.free.is_some();
        if whole { Ok(table) } else { Err(Stop::fail("a struct with two functions", "one of them is NULL")) }
    }

    /// `PyObject_SetArenaAllocator`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn set_arena_allocator(&self, table: &mut PyObjectArenaAllocator) -> Outcome {
        let set = self.python("PyObject_SetArenaAllocator", |api| api.PyObject_SetArenaAllocator)?;
        // SAFETY: checks install what may be called and passes on what it does not know.
        unsafe { set(table) };
        Ok(())
    }

    /// Lays a hook over the arena allocator.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn hook_arenas(&mut self) -> Result<&'static ArenaHook, Stop> {
        let before = self.arena_allocator()?;
        let (refusals, calls, live, gone) = (Refusals::default(), Mutex::default(), Mutex::default(), Mutex::default());
        let hook: &'static ArenaHook =
            Box::leak(Box::new(ArenaHook { before, thread: this_thread(), refusals, calls, live, gone }));
        HOOK.store(ptr::from_ref(hook).cast_mut(), Ordering::Release);
        self.set_arena_allocator(&mut hook.table())?;
        Ok(hook)
    }

    /// Puts back what was there before the hook.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn unhook_arenas(&mut self, hook: &ArenaHook) -> Outcome {
        let mut before = hook.before;
        self.set_arena_allocator(&mut before)
    }

    /// Asks the current arena allocator for an arena, past the target's own use of it.
    ///
    /// # Errors
    /// If the target does not export what it takes, or it is refused.
    pub fn arena(&mut self, size: usize) -> Result<Arena, Stop> {
        let giver = self.arena_allocator()?;
        // SAFETY: the struct's function with its `ctx`.
        let start = unsafe { (giver.alloc.expect(WHOLE))(giver.ctx, size) };
        if start.is_null() { Err(Stop::OutOfMemory) } else { Ok(Arena { giver, start: start.cast(), size }) }
    }
}

/// An arena of our own.
pub struct Arena {
    giver: PyObjectArenaAllocator,
    start: *mut u8,
    size: usize,
}

impl Arena {
    /// Its address.
    pub fn address(&self) -> usize {
        self.start.addr()
    }

    /// Its bytes, to be read and written.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: the target says that these bytes are ours; if that is wrong, this process dies of it.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.size) }
    }

    /// Gives it back.
    pub fn release(self) {
        // SAFETY: what the struct's other function gave, with the size that was asked for.
        unsafe { (self.giver.free.expect(WHOLE))(self.giver.ctx, self.start.cast(), self.size) };
    }
}
