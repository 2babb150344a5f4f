//! tracemalloc: switched by the interpreter, called by its functions in C.

use std::ffi::{CStr, c_int};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pymem_abi::bindings::{METH_NOARGS, PyMethodDef, PyObject};
use pymem_abi::family::Family;

use super::interpreter::{Interpreter, Object};
use super::{Block, Harness, Outcome, Stop};

type TrackFn = unsafe extern "C" fn(u32, u64, usize) -> c_int;
type UntrackFn = unsafe extern "C" fn(u32, u64) -> c_int;

/// What tracemalloc does for a check.
#[derive(Clone, Copy)]
pub struct Tracing<'a> {
    interpreter: Interpreter<'a>,
    track: TrackFn,
    untrack: UntrackFn,
}

/// The module in C below `tracemalloc`, which costs nothing to import.
const MODULE: &CStr = c"_tracemalloc";

impl<'a> Harness<'a> {
    /// tracemalloc, which is off. In 3.6 its functions have private names.
    ///
    /// # Errors
    /// If the target does not export them.
    pub fn tracing(&self) -> Result<Tracing<'a>, Stop> {
        let name = "PyTraceMalloc_Track";
        let track = self.function(name, |api| api.PyTraceMalloc_Track.or(api._PyTraceMalloc_Track))?;
        let name = "PyTraceMalloc_Untrack";
        let untrack = self.function(name, |api| api.PyTraceMalloc_Untrack.or(api._PyTraceMalloc_Untrack))?;
        Ok(Tracing { interpreter: self.interpreter()?, track, untrack })
    }

    /// The same while it traces, with as many lines for each block.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn tracing_on(&self, lines: isize) -> Result<Tracing<'a>, Stop> {
        let tracing = self.tracing()?;
        tracing.start(lines)?;
        Ok(tracing)
    }

    /// Does something while the C library has a block out.
    ///
    /// # Errors
    /// Those of `body`, and if there is no memory.
    pub fn with_library_block(&self, size: usize, body: impl FnOnce() -> Outcome) -> Outcome {
        // SAFETY: any size may be asked for.
        let block = unsafe { libc::malloc(size) };
        if block.is_null() {
            return Err(Stop::OutOfMemory);
        }
        let outcome = body();
        // SAFETY: a block of the C library's, which is given up.
        unsafe { libc::free(block) };
        outcome
    }
}

impl Tracing<'_> {
    /// Begins to trace.
    ///
    /// # Errors
    /// If it cannot.
    pub fn start(&self, lines: isize) -> Outcome {
        let lines = self.interpreter.int(lines)?;
        self.interpreter.call(MODULE, c"start", &[lines]).map(drop)
    }

    /// Ends it, and forgets all traces.
    ///
    /// # Errors
    /// If it cannot.
    pub fn stop(&self) -> Outcome {
        self.interpreter.call(MODULE, c"stop", &[]).map(drop)
    }

    /// `PyTraceMalloc_Track`.
    pub fn track(&self, domain: u32, address: usize, size: usize) -> i32 {
        // SAFETY: any numbers may be noted; they are never used as addresses.
        unsafe { (self.track)(domain, address as u64, size) }
    }

    /// `PyTraceMalloc_Untrack`.
    pub fn untrack(&self, domain: u32, address: usize) -> i32 {
        // SAFETY: as in `track`.
        unsafe { (self.untrack)(domain, address as u64) }
    }

    /// The bytes in traced blocks.
    ///
    /// # Errors
    /// If the interpreter does not tell.
    pub fn traced(&self) -> Result<usize, Stop> {
        let memory = self.interpreter.call(MODULE, c"get_traced_memory", &[])?;
        let now = self.interpreter.items(memory)?[0];
        Ok(self.interpreter.number(now)? as usize)
    }

    /// The domains of the traces of exactly `size` bytes.
    ///
    /// # Errors
    /// If the interpreter does not tell.
    pub fn domains_with(&self, size: usize) -> Result<Vec<isize>, Stop> {
        let mut domains = Vec::new();
        for trace in self.interpreter.items(self.interpreter.call(MODULE, c"_get_traces", &[])?)? {
            let fields = self.interpreter.items(trace)?;
            if self.interpreter.number(fields[1])? as usize == size {
                domains.push(self.interpreter.number(fields[0])?);
            }
        }
        domains.sort_unstable();
        Ok(domains)
    }
}

/// What a function of C makes when a program in Python calls it.
struct Maker {
    family: Family,
    size: usize,
    made: usize,
    keep: unsafe extern "C" fn(*mut PyObject),
}

/// The one of the check.
static MAKER: Mutex<Option<Maker>> = Mutex::new(None);

impl Harness<'_> {
    /// A block of this domain that a program in Python makes by calling `name`.
    ///
    /// # Errors
    /// If it cannot be run, or the block is refused.
    pub fn malloc_in_python(&mut self, name: &'static CStr, size: usize, program: &CStr) -> Result<Block, Stop> {
        let interpreter = self.interpreter()?;
        let family = *self.family.ok_or(Stop::OutOfMemory)?;
        let keep = self.function("Py_IncRef", |api| api.Py_IncRef)?;
        *maker() = Some(Maker { family, size, made: 0, keep });
        interpreter.define(name, self.function_object(name)?)?;
        interpreter.run(program)?;
        let made = maker().as_ref().map_or(0, |maker| maker.made);
        self.handed_out(made, size).ok_or(Stop::OutOfMemory)
    }

    /// [`allocate`] as an object, bound to another one.
    fn function_object(&self, name: &'static CStr) -> Result<Object, Stop> {
        let interpreter = self.interpreter()?;
        let make = self.function("PyCFunction_NewEx", |api| api.PyCFunction_NewEx)?;
        let (ml_meth, ml_flags) = (Some(allocate as AllocateFn), METH_NOARGS as c_int);
        let method = PyMethodDef { ml_name: name.as_ptr(), ml_meth, ml_flags, ml_doc: ptr::null() };
        let bound = interpreter.int(0)?;
        // SAFETY: the interpreter runs, this thread holds its lock, and the definition stays.
        let function = unsafe { make(Box::leak(Box::new(method)), bound.pointer(), ptr::null_mut()) };
        ptr::NonNull::new(function).map(Object).ok_or(Stop::OutOfMemory)
    }
}

type AllocateFn = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;

/// Makes the block, and gives back the object that it is bound to.
unsafe extern "C" fn allocate(bound: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    if let Some(maker) = maker().as_mut() {
        // SAFETY: called by the interpreter, so its lock is held.
        maker.made = unsafe { maker.family.malloc(maker.size) }.expose_provenance();
        // SAFETY: an object that stays; the caller gets a reference.
        unsafe { (maker.keep)(bound) };
    }
    bound
}

fn maker() -> MutexGuard<'static, Option<Maker>> {
    MAKER.lock().unwrap_or_else(PoisonError::into_inner)
}
