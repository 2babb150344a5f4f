//! Turns: one thread at a time calls a domain that needs it.

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
    ensure: unsafe extern "C" fn() -> PyGILState_STATE,
    release: unsafe extern "C" fn(PyGILState_STATE),
    restore: unsafe extern "C" fn(*mut PyThreadState),
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
        let state = unsafe { (interpreter.ensure)() };
        let result = body();
        // SAFETY: `state` came from the matching call.
        unsafe { (interpreter.release)(state) };
        result
    }

    /// Makes the first thread the only caller again.
    pub fn end(self) {
        if let Some(interpreter) = self.interpreter {
            // SAFETY: the thread state was saved by this thread in `turns`.
            unsafe { (interpreter.restore)(interpreter.saved) };
        }
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
            // SAFETY: the thread state was saved by this thread just now.
            unsafe { (interpreter.restore)(interpreter.saved) };
        }
    }

    fn give_up_lock(&self) -> Option<Interpreter> {
        let api = self.subject.python.as_ref()?;
        let (ensure, release) = (api.PyGILState_Ensure?, api.PyGILState_Release?);
        let (save, restore) = (api.PyEval_SaveThread?, api.PyEval_RestoreThread?);
        if self.subject.launch.threads_init {
            // SAFETY: the interpreter is initialised; up to 3.6 it makes its
            // lock only when asked to.
            unsafe { (api.PyEval_InitThreads?)() };
        }
        // SAFETY: this thread holds the lock.
        let saved = unsafe { save() };
        Some(Interpreter { ensure, release, restore, saved })
    }
}
