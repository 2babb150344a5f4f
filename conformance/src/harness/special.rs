//! Requests that only a few checks make.

use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;

use super::{Block, Harness, Outcome, Stop};
use crate::journal::Function;
use crate::sandbox::{process, sys};

/// Address space that may be mapped beyond what is mapped already, in bytes,
/// while huge requests are made: an honest allocator then refuses at once.
const BEYOND: u64 = 512 << 20;

impl Harness<'_> {
    /// Touches every size class, so that what the target reserves is reserved,
    /// and then limits the address space to little more.
    ///
    /// # Errors
    /// If time is up.
    pub fn warm_up_and_limit(&mut self) -> Outcome {
        let mut blocks = Vec::new();
        for exponent in 0..=19 {
            // An allocator may have a largest block.
            let Some(mut block) = self.try_malloc(1 << exponent)? else { break };
            self.try_realloc(&mut block, 3 << exponent >> 1)?;
            blocks.push(block);
        }
        self.free_all(blocks)?;
        sys::set_limit(libc::RLIMIT_AS, process::own_memory().mapped + BEYOND);
        Ok(())
    }

    /// Calls a malloc library's own `calloc`, without the adapter that CPython
    /// puts before it.
    ///
    /// # Errors
    /// If the target has no such function, or it hung too often.
    pub fn try_library_calloc(&mut self, nelem: usize, elsize: usize) -> Result<Option<Block>, Stop> {
        let operation = self.operation(Function::Calloc, self.fresh(), nelem, elsize);
        let (family, number) = self.begin(operation)?;
        // SAFETY: calloc may be called with any factors.
        let address = unsafe { family.library_calloc(nelem, elsize) };
        self.returned(number, operation);
        let address = address.ok_or_else(|| Stop::Skip("the target is no malloc library".into()))?;
        Ok(self.handed_out(address.expose_provenance(), nelem.wrapping_mul(elsize)))
    }

    /// Whether a Python exception is set; `None` if the target cannot tell, as without an interpreter.
    pub fn error_is_set(&self) -> Option<bool> {
        if !self.embedded() {
            return None;
        }
        let occurred = self.subject.python.as_ref()?.PyErr_Occurred?;
        // SAFETY: the interpreter is initialised and this thread holds its lock.
        Some(!unsafe { occurred() }.is_null())
    }

    /// The value of a Python expression over `sys`, which is a whole number.
    ///
    /// # Errors
    /// If there is no interpreter, or it cannot tell.
    pub fn python_value(&mut self, expression: &str) -> Result<i64, Stop> {
        let run = self.python("PyRun_SimpleString", |api| api.PyRun_SimpleString.filter(|_| self.embedded()))?;
        let error = |error: std::io::Error| Stop::Skip(format!("no number could be had: {error}"));
        let fd = sys::memory_file(32).map_err(error)?;
        // SAFETY: just made, and nobody else's.
        let file = std::fs::File::from(unsafe { OwnedFd::from_raw_fd(fd) });
        let program = format!("import posix, sys\nposix.pwrite({fd}, str({expression}).encode(), 0)\n\0");
        // SAFETY: a C string; the interpreter is initialised and this thread holds its lock.
        let status = unsafe { run(program.as_ptr().cast()) };
        let mut text = [0; 32];
        file.read_at(&mut text, 0).map_err(error)?;
        let digits = text.split(|byte| *byte == 0).next().and_then(|digits| std::str::from_utf8(digits).ok());
        let value = digits.filter(|_| status == 0).and_then(|digits| digits.parse().ok());
        value.ok_or_else(|| Stop::Skip(format!("the interpreter cannot tell `{expression}`")))
    }

    /// Gives up the interpreter's lock for good. Without one, nothing.
    ///
    /// # Errors
    /// If the interpreter does not export what it takes.
    pub fn detach(&mut self) -> Outcome {
        if !self.embedded() {
            return Ok(());
        }
        let save = self.python("PyEval_SaveThread", |api| api.PyEval_SaveThread)?;
        // SAFETY: this thread holds the lock; the process ends without it.
        unsafe { save() };
        Ok(())
    }

    /// Whether several threads may call this domain at once.
    pub fn may_call_concurrently(&self) -> bool {
        self.param("concurrent") != 0
    }
}
