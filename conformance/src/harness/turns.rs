//! Turns: one thread at a time calls a domain that needs it.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};

use pymem_abi::bindings::{PyGILState_STATE, PyThreadState};

use super::{Harness, Stop};

/// Lets one thread at a time run, with the interpreter's lock where there is an
/// interpreter.
pub struct Turns {
    /// Also beside the interpreter's lock: a free-threaded build has none.
    lock: Option<Mutex<()>>,
    interpreter: Option<Interpreter>,
}

#[derive(Clone, Copy)]
struct Interpreter {
    attaching: Attaching,
    saved: *mut PyThreadState,
}

// SAFETY: `saved` is used by the thread that saved it only.
unsafe impl Send for Interpreter {}
// SAFETY: as above.
unsafe impl Sync for Interpreter {}

impl Turns {
    /// Runs `body` when it is this thread's turn.
    ///
    /// # Errors
    /// Those of `body`.
    pub fn take<T>(&self, body: impl FnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
        // First: who waits for it must not hold up a collector that waits for every
        // thread with a thread state.
        let _turn = self.lock.as_ref().map(|lock| lock.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(interpreter) = self.interpreter else { return body() };
        // SAFETY: the interpreter is initialised; the thread may be foreign.
        let state = unsafe { (interpreter.attaching.ensure)() };
        let result = body();
        // SAFETY: `state` came from the matching call.
        unsafe { (interpreter.attaching.release)(state) };
        result
    }

    /// Makes the first thread the only caller again.
    pub fn end(self) {
        if let Some(interpreter) = self.interpreter {
            interpreter.attaching.take_again(interpreter.saved);
        }
    }
}

/// How another thread attaches to the interpreter, and this one lets it.
#[derive(Clone, Copy)]
pub(super) struct Attaching {
    ensure: unsafe extern "C" fn() -> PyGILState_STATE,
    release: unsafe extern "C" fn(PyGILState_STATE),
    save: unsafe extern "C" fn() -> *mut PyThreadState,
    restore: unsafe extern "C" fn(*mut PyThreadState),
}

impl Attaching {
    /// Lets go of the interpreter's lock, which this thread holds.
    pub(super) fn let_go(self) -> *mut PyThreadState {
        // SAFETY: this thread holds the lock.
        unsafe { (self.save)() }
    }

    /// Takes it again.
    pub(super) fn take_again(self, saved: *mut PyThreadState) {
        // SAFETY: the state was saved by this thread.
        unsafe { (self.restore)(saved) };
    }

    /// Attaches this thread, which is none of the interpreter's. It does not hold the lock then.
    pub(super) fn attach(self) -> Attached {
        // SAFETY: the interpreter is initialised.
        let state = unsafe { (self.ensure)() };
        Attached { by: self, state, saved: Cell::new(self.let_go()) }
    }
}

/// A thread that is attached to the interpreter.
pub(super) struct Attached {
    by: Attaching,
    state: PyGILState_STATE,
    saved: Cell<*mut PyThreadState>,
}

impl Attached {
    /// Takes the lock.
    pub(super) fn enter(&self) {
        self.by.take_again(self.saved.get());
    }

    /// Lets go of it.
    pub(super) fn leave(&self) {
        self.saved.set(self.by.let_go());
    }

    /// Detaches the thread.
    pub(super) fn end(self) {
        self.enter();
        // SAFETY: the state came from the matching call, by this thread.
        unsafe { (self.by.release)(self.state) };
    }
}

impl Harness<'_> {
    /// Lets other threads take turns with this one, which must not call the
    /// target before their end. Where several threads may call the domain
    /// at once, nobody waits for a turn.
    ///
    /// # Errors
    /// If the interpreter does not export what it takes.
    pub fn turns(&mut self) -> Result<Turns, Stop> {
        let free = self.may_call_concurrently();
        if free || !self.embedded() {
            return Ok(Turns { lock: (!free).then(Mutex::default), interpreter: None });
        }
        let interpreter = self
            .give_up_lock()
            .ok_or_else(|| Stop::Skip("the target does not export the functions of the interpreter's lock".into()))?;
        Ok(Turns { lock: Some(Mutex::default()), interpreter: Some(interpreter) })
    }

    /// Lets go of the interpreter and takes it again, as every program does now and then. A free-threaded build uses the
    /// memory of freed objects again only when each thread has done so. Without an interpreter, nothing.
    pub fn pause(&mut self) {
        if let Some(interpreter) = self.embedded().then(|| self.give_up_lock()).flatten() {
            interpreter.attaching.take_again(interpreter.saved);
        }
    }

    /// How other threads attach to the interpreter; none where there is no interpreter, or it does not export what it
    /// takes.
    pub(super) fn attaching(&self) -> Option<Attaching> {
        let api = self.subject.python.as_ref().filter(|_| self.embedded())?;
        let (ensure, release) = (api.PyGILState_Ensure?, api.PyGILState_Release?);
        let (save, restore) = (api.PyEval_SaveThread?, api.PyEval_RestoreThread?);
        if self.subject.launch.threads_init {
            // SAFETY: the interpreter is initialised; up to 3.6 it makes its
            // lock only when asked to.
            unsafe { (api.PyEval_InitThreads?)() };
        }
        Some(Attaching { ensure, release, save, restore })
    }

    fn give_up_lock(&self) -> Option<Interpreter> {
        let attaching = self.attaching()?;
        Some(Interpreter { attaching, saved: attaching.let_go() })
    }
}
