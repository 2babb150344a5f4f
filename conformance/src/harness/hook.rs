//! Allocators of our own, installed in the target by `PyMem_SetAllocator`.
//!
//! A [`Hook`] notes what arrives and passes it on to what was installed before, refuses it, or serves it from a
//! [`Vault`]. Its functions find it by their domain, never by the `ctx` that they are given: whether that is right is
//! one of the questions.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pymem_abi::bindings::PyMemAllocatorEx;
use pymem_spec::Domain;

use super::refusals::Refusals;
use super::vault::Vault;
use super::{Block, Harness, Outcome, Stop, this_thread};
use crate::journal::Function;
use crate::sandbox::sys;

/// A call that arrived at a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Which of the four functions was called.
    pub function: Function,
    /// The address that was passed; 0 for NULL, and where none is passed.
    pub block: usize,
    /// The size, or the number of elements.
    pub size: usize,
    /// The size of an element; 0 but for calloc.
    pub elsize: usize,
    /// Whether `ctx` was the one that was installed.
    pub ctx_is_ours: bool,
}

/// What serves the calls that a hook does not refuse.
pub enum Below {
    /// The allocator that was installed before.
    Previous(PyMemAllocatorEx),
    /// Memory of our own.
    Vault(Vault),
}

/// An allocator that notes what it is asked for.
pub struct Hook {
    domain: Domain,
    below: Below,
    before: PyMemAllocatorEx,
    /// The check's thread. Calls that a thread of the target's own makes are served, and not noted.
    thread: libc::pthread_t,
    refusals: Refusals,
    arrivals: Mutex<Vec<Arrival>>,
    /// Addresses that were handed out and not taken back.
    live: Mutex<BTreeSet<usize>>,
}

/// The hook of each domain. A child has one check, which has one hook for a domain at a time.
static HOOKS: [AtomicPtr<Hook>; 3] = [const { AtomicPtr::new(ptr::null_mut()) }; 3];

impl Hook {
    /// The struct with which it is installed.
    pub fn table(&self) -> PyMemAllocatorEx {
        let ctx = ptr::from_ref(self).cast_mut().cast();
        match self.domain {
            Domain::Raw => table::<0>(ctx),
            Domain::Mem => table::<1>(ctx),
            Domain::Obj => table::<2>(ctx),
        }
    }

    /// The domain over which it lies.
    pub fn domain(&self) -> Domain {
        self.domain
    }

    /// What arrived since this was asked last.
    pub fn arrivals(&self) -> Vec<Arrival> {
        std::mem::take(&mut *self.noted())
    }

    /// Whether every request is refused from now on.
    pub fn refuse(&self, refuses: bool) {
        self.refusals.all(refuses);
    }

    /// Refuses the n-th request from now on, counted from 1; for 0 none.
    pub fn refuse_nth(&self, n: u64) {
        self.refusals.nth(n);
    }

    /// How many requests were refused so far.
    pub fn refused(&self) -> u64 {
        self.refusals.made()
    }

    /// How many of the blocks that it handed out have not come back.
    pub fn outstanding(&self) -> usize {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The memory of its own, where it has some.
    pub fn vault(&self) -> Option<&Vault> {
        match &self.below {
            Below::Vault(vault) => Some(vault),
            Below::Previous(_) => None,
        }
    }

    fn note(&self, function: Function, ctx: *mut c_void, block: *mut c_void, size: usize, elsize: usize) {
        if !self.is_our_thread() {
            return;
        }
        let ctx_is_ours = ptr::eq(ctx, ptr::from_ref(self).cast());
        let arrival = Arrival { function, block: block.expose_provenance(), size, elsize, ctx_is_ours };
        // A crowd of calls (an interpreter at work) is of no interest one by one.
        let mut arrivals = self.noted();
        if arrivals.len() < 100_000 {
            arrivals.push(arrival);
        }
    }
}

impl Hook {
    fn noted(&self) -> MutexGuard<'_, Vec<Arrival>> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuses_us(&self) -> bool {
        self.is_our_thread() && self.refusals.refuse_this()
    }

    /// Notes that one block was taken back for another; either may be NULL.
    fn exchanged(&self, back: *mut c_void, block: *mut c_void) -> *mut c_void {
        if self.is_our_thread() {
            let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
            live.remove(&back.addr());
            live.extend((!block.is_null()).then(|| block.addr()));
        }
        block
    }

    fn is_our_thread(&self) -> bool {
        this_thread() == self.thread
    }
}

fn table<const DOMAIN: usize>(ctx: *mut c_void) -> PyMemAllocatorEx {
    PyMemAllocatorEx {
        ctx,
        malloc: Some(malloc::<DOMAIN>),
        calloc: Some(calloc::<DOMAIN>),
        realloc: Some(realloc::<DOMAIN>),
        free: Some(free::<DOMAIN>),
    }
}

fn hook<const DOMAIN: usize>() -> &'static Hook {
    // SAFETY: hooks are leaked, and set before their functions are handed out.
    unsafe { &*HOOKS[DOMAIN].load(Ordering::Acquire) }
}

unsafe extern "C" fn malloc<const DOMAIN: usize>(ctx: *mut c_void, size: usize) -> *mut c_void {
    let hook = hook::<DOMAIN>();
    hook.note(Function::Malloc, ctx, ptr::null_mut(), size, 0);
    let block = match &hook.below {
        _ if hook.refuses_us() => ptr::null_mut(),
        // SAFETY: what was installed before may be called as we are called.
        Below::Previous(table) => unsafe { (table.malloc.expect(WHOLE))(table.ctx, size) },
        Below::Vault(vault) => vault.malloc(size),
    };
    hook.exchanged(ptr::null_mut(), block)
}

unsafe extern "C" fn calloc<const DOMAIN: usize>(ctx: *mut c_void, nelem: usize, elsize: usize) -> *mut c_void {
    let hook = hook::<DOMAIN>();
    hook.note(Function::Calloc, ctx, ptr::null_mut(), nelem, elsize);
    let block = match &hook.below {
        _ if hook.refuses_us() => ptr::null_mut(),
        // SAFETY: as in `malloc`.
        Below::Previous(table) => unsafe { (table.calloc.expect(WHOLE))(table.ctx, nelem, elsize) },
        Below::Vault(vault) => vault.calloc(nelem, elsize),
    };
    hook.exchanged(ptr::null_mut(), block)
}

unsafe extern "C" fn realloc<const DOMAIN: usize>(ctx: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
    let hook = hook::<DOMAIN>();
    hook.note(Function::Realloc, ctx, block, size, 0);
    let moved = match &hook.below {
        _ if hook.refuses_us() => ptr::null_mut(),
        // SAFETY: as in `malloc`; the block is passed on as it came.
        Below::Previous(table) => unsafe { (table.realloc.expect(WHOLE))(table.ctx, block, size) },
        Below::Vault(vault) => vault.realloc(block, size),
    };
    if moved.is_null() { moved } else { hook.exchanged(block, moved) }
}

unsafe extern "C" fn free<const DOMAIN: usize>(ctx: *mut c_void, block: *mut c_void) {
    let hook = hook::<DOMAIN>();
    hook.note(Function::Free, ctx, block, 0, 0);
    hook.exchanged(block, ptr::null_mut());
    match &hook.below {
        // SAFETY: as in `realloc`.
        Below::Previous(table) => unsafe { (table.free.expect(WHOLE))(table.ctx, block) },
        Below::Vault(vault) => vault.free(block),
    }
}

/// Why a function of a table is there.
const WHOLE: &str = "a hook is laid over whole tables only";

impl Harness<'_> {
    /// The allocator of a domain, by `PyMem_GetAllocator`.
    ///
    /// # Errors
    /// If the target does not export that, or a function is NULL.
    pub fn allocator_of(&self, domain: Domain) -> Result<PyMemAllocatorEx, Stop> {
        let room = self.words_of(domain as u32, 0)?;
        // SAFETY: five pointers, each as the target wrote it or NULL.
        let table = unsafe { room.as_ptr().cast::<PyMemAllocatorEx>().read() };
        let whole = table.malloc.is_some() && table.calloc.is_some() && table.realloc.is_some() && table.free.is_some();
        if whole { Ok(table) } else { Err(Stop::fail("a struct with four functions", "one of them is NULL")) }
    }

    /// The words that `PyMem_GetAllocator` writes, for any number as the domain: those of the struct and the one
    /// behind it. What it does not write stays `untouched`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn words_of(&self, domain: u32, untouched: usize) -> Result<[usize; WORDS + 1], Stop> {
        let get = self.python("PyMem_GetAllocator", |api| api.PyMem_GetAllocator)?;
        let mut room = [untouched; WORDS + 1];
        // SAFETY: room for a struct, and for a word more.
        unsafe { get(domain, room.as_mut_ptr().cast()) };
        Ok(room)
    }

    /// `PyMem_SetAllocator` with any number for the domain.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn set_allocator(&self, domain: u32, table: &mut PyMemAllocatorEx) -> Outcome {
        let set = self.python("PyMem_SetAllocator", |api| api.PyMem_SetAllocator)?;
        // SAFETY: checks install what may be called, or nothing that is called.
        unsafe { set(domain, table) };
        Ok(())
    }

    /// Sets two allocators of this domain in turn, in a thread of its own, while this one asks for the current one;
    /// the first answer that is not `expected`. Nobody may call the domain meanwhile.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn exchange_while_asking(
        &self,
        tables: [PyMemAllocatorEx; 2],
        rounds: usize,
        expected: &[[usize; WORDS]],
    ) -> Result<Option<[usize; WORDS]>, Stop> {
        let set = self.python("PyMem_SetAllocator", |api| api.PyMem_SetAllocator)?;
        let domain = self.domain as u32;
        let tables = tables.map(|table| words(&table));
        let done = AtomicBool::new(false);
        // Two threads are to meet, not to take turns.
        sys::unpin();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..rounds {
                    let mut table = tables[round % 2];
                    // SAFETY: the words of a struct; the domain is not called before the first one is back.
                    unsafe { set(domain, table.as_mut_ptr().cast()) };
                }
                done.store(true, Ordering::Release);
            });
            while !done.load(Ordering::Acquire) {
                let room = self.words_of(domain, 0)?;
                let found: [usize; WORDS] = std::array::from_fn(|word| room[word]);
                if !expected.contains(&found) {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        })
    }

    /// `PyMem_SetupDebugHooks`.
    ///
    /// # Errors
    /// If the target does not export it.
    pub fn setup_debug_hooks(&self) -> Outcome {
        let setup = self.python("PyMem_SetupDebugHooks", |api| api.PyMem_SetupDebugHooks)?;
        // SAFETY: may be called at any moment; the checks see to it that blocks from before are not freed after.
        unsafe { setup() };
        Ok(())
    }

    /// Lays a hook over the allocator of a domain; where that one cannot be called now, in its place.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn hook(&mut self, domain: Domain) -> Result<&'static Hook, Stop> {
        let before = self.allocator_of(domain)?;
        let callable = self.subject.launch.callable.contains(&domain);
        let below = if callable { Below::Previous(before) } else { Below::Vault(Vault::new()?) };
        self.install(domain, below, before)
    }

    /// Lays a hook over the allocator of a domain, whether or not that can be called now: for an interpreter that is
    /// still to start.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn wrap(&mut self, domain: Domain) -> Result<&'static Hook, Stop> {
        let before = self.allocator_of(domain)?;
        self.install(domain, Below::Previous(before), before)
    }

    /// Puts memory of our own in the place of a domain's allocator.
    ///
    /// # Errors
    /// If the target does not export what it takes, or there is no memory.
    pub fn replace(&mut self, domain: Domain) -> Result<&'static Hook, Stop> {
        let before = self.allocator_of(domain)?;
        self.install(domain, Below::Vault(Vault::new()?), before)
    }

    /// Puts back what was there before a hook.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn unhook(&mut self, hook: &Hook) -> Outcome {
        let mut before = hook.before;
        self.set_allocator(hook.domain as u32, &mut before)
    }

    fn install(&mut self, domain: Domain, below: Below, before: PyMemAllocatorEx) -> Result<&'static Hook, Stop> {
        let (thread, refusals) = (this_thread(), Refusals::default());
        let (arrivals, live) = (Mutex::default(), Mutex::default());
        let hook = Hook { domain, below, before, thread, refusals, arrivals, live };
        let hook: &'static Hook = Box::leak(Box::new(hook));
        HOOKS[domain as usize].store(ptr::from_ref(hook).cast_mut(), Ordering::Release);
        self.set_allocator(domain as u32, &mut hook.table())?;
        Ok(hook)
    }
}

/// Pointers in a struct.
pub const WORDS: usize = size_of::<PyMemAllocatorEx>() / size_of::<usize>();

/// A struct as numbers, to be compared.
pub fn words(table: &PyMemAllocatorEx) -> [usize; WORDS] {
    // SAFETY: a struct of as many pointers, read as numbers.
    unsafe { ptr::from_ref(table).cast::<[usize; WORDS]>().read() }
}

/// The functions of a struct, called past the API.
pub struct Direct(PyMemAllocatorEx);

impl Harness<'_> {
    /// The current allocator of this domain, to be called past the API; the domain may be called now.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn direct(&self) -> Result<Direct, Stop> {
        self.allocator_of(self.domain).map(Direct)
    }
}

impl Direct {
    /// A fresh block.
    ///
    /// # Errors
    /// If it is refused.
    pub fn malloc(&self, h: &mut Harness, size: usize) -> Result<Block, Stop> {
        // SAFETY: the struct's function with its `ctx`, in a domain that may be called now.
        let block = unsafe { (self.0.malloc.expect(WHOLE))(self.0.ctx, size) };
        h.handed_out(block.expose_provenance(), size).ok_or(Stop::OutOfMemory)
    }

    /// A zeroed one.
    ///
    /// # Errors
    /// If it is refused.
    pub fn calloc(&self, h: &mut Harness, nelem: usize, elsize: usize) -> Result<Block, Stop> {
        // SAFETY: as in `malloc`.
        let block = unsafe { (self.0.calloc.expect(WHOLE))(self.0.ctx, nelem, elsize) };
        h.handed_out(block.expose_provenance(), nelem * elsize).ok_or(Stop::OutOfMemory)
    }

    /// Another size for a block.
    ///
    /// # Errors
    /// If it is refused.
    pub fn realloc(&self, block: &mut Block, size: usize) -> Outcome {
        // SAFETY: as in `malloc`; a live block of the domain.
        let moved = unsafe { (self.0.realloc.expect(WHOLE))(self.0.ctx, block.pointer().cast(), size) };
        if moved.is_null() {
            return Err(Stop::OutOfMemory);
        }
        block.resized(moved.expose_provenance(), size);
        Ok(())
    }

    /// Gives a block back, or nothing.
    pub fn free(&self, block: Option<Block>) {
        let block = block.map_or(ptr::null_mut(), |block| block.pointer().cast());
        // SAFETY: as in `malloc`; NULL, or a live block that is given up.
        unsafe { (self.0.free.expect(WHOLE))(self.0.ctx, block) };
    }
}
