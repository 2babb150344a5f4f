//! The running interpreter: its modules, its objects, its exceptions.
//!
//! References to objects are not given back: the process of a check ends soon.

use std::ffi::CStr;
use std::ptr::NonNull;

use pymem_abi::bindings::PyObject;
use pymem_abi::load::PythonApi;

use super::{Harness, Stop};

/// An object that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object(pub(super) NonNull<PyObject>);

/// A running interpreter whose lock this thread holds.
#[derive(Clone, Copy)]
pub struct Interpreter<'a>(&'a PythonApi);

/// The class of an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// There is no memory.
    MemoryError,
    /// The interpreter was called wrongly.
    SystemError,
    /// Another one.
    Other,
}

impl<'a> Harness<'a> {
    /// The interpreter.
    ///
    /// # Errors
    /// If there is none.
    pub fn interpreter(&self) -> Result<Interpreter<'a>, Stop> {
        let api = self.subject.python.as_ref().filter(|_| self.embedded());
        api.map(Interpreter).ok_or_else(|| Stop::Skip("there is no interpreter".into()))
    }

    /// A function beside the allocators.
    ///
    /// # Errors
    /// If the target does not export it.
    pub(super) fn function<F>(&self, name: &str, of: impl FnOnce(&PythonApi) -> Option<F>) -> Result<F, Stop> {
        here(name, self.subject.python.as_ref().and_then(of))
    }
}

/// A function of the interpreter by its name in C.
macro_rules! call {
    ($interpreter:expr, $name:ident($($argument:expr),*)) => {{
        let function = here(stringify!($name), $interpreter.0.$name)?;
        // SAFETY: the interpreter runs, this thread holds its lock, and the arguments are of the types that the
        // function takes: texts that end in NUL, objects that stay.
        unsafe { function($($argument),*) }
    }};
}

impl Interpreter<'_> {
    /// A module.
    ///
    /// # Errors
    /// If it cannot be imported.
    pub fn module(&self, name: &CStr) -> Result<Object, Stop> {
        self.made("an import", call!(self, PyImport_ImportModule(name.as_ptr())))
    }

    /// An attribute of an object.
    ///
    /// # Errors
    /// If it has none of that name.
    pub fn attribute(&self, of: Object, name: &CStr) -> Result<Object, Stop> {
        self.made("an attribute", call!(self, PyObject_GetAttrString(of.pointer(), name.as_ptr())))
    }

    /// What a function of a module gives for these arguments.
    ///
    /// # Errors
    /// If it raises an exception.
    pub fn call(&self, module: &CStr, function: &CStr, arguments: &[Object]) -> Result<Object, Stop> {
        let function = self.attribute(self.module(module)?, function)?;
        let tuple = self.made("a tuple", call!(self, PyTuple_New(arguments.len() as isize)))?;
        for (index, argument) in arguments.iter().enumerate() {
            // The tuple takes a reference, and the caller keeps its own.
            call!(self, Py_IncRef(argument.pointer()));
            call!(self, PyTuple_SetItem(tuple.pointer(), index as isize, argument.pointer()));
        }
        let result = self.made("a call", call!(self, PyObject_CallObject(function.pointer(), tuple.pointer())));
        // The tuple goes: what it refers to may be released by other means than the last reference.
        call!(self, Py_DecRef(tuple.pointer()));
        result
    }

    /// An int.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn int(&self, number: isize) -> Result<Object, Stop> {
        self.made("an int", call!(self, PyLong_FromSsize_t(number)))
    }

    /// The number that an int or a bool stands for.
    ///
    /// # Errors
    /// If the target lacks what it takes.
    pub fn number(&self, int: Object) -> Result<isize, Stop> {
        Ok(call!(self, PyLong_AsSsize_t(int.pointer())))
    }

    /// The items of a sequence.
    ///
    /// # Errors
    /// If it is none.
    pub fn items(&self, sequence: Object) -> Result<Vec<Object>, Stop> {
        let count = call!(self, PySequence_Size(sequence.pointer()));
        (0..count).map(|at| self.made("an item", call!(self, PySequence_GetItem(sequence.pointer(), at)))).collect()
    }

    /// A bytes object made of a text.
    ///
    /// # Errors
    /// If there is no memory.
    ///
    /// # Panics
    /// If the text has no end.
    pub fn bytes(&self, text: &[u8]) -> Result<Object, Stop> {
        let text = CStr::from_bytes_with_nul(text).expect("a text that ends in NUL");
        self.made("a bytes object", call!(self, PyBytes_FromString(text.as_ptr())))
    }

    /// The text in a bytes object.
    ///
    /// # Errors
    /// If the target lacks what it takes.
    pub fn text_of(&self, bytes: Object) -> Result<Vec<u8>, Stop> {
        let text = call!(self, PyBytes_AsString(bytes.pointer()));
        // SAFETY: the bytes of an object that stays, with a NUL behind them.
        Ok(unsafe { CStr::from_ptr(text) }.to_bytes().to_vec())
    }

    /// Takes a reference and gives it back.
    ///
    /// # Errors
    /// If the target lacks what it takes.
    pub fn touch(&self, object: Object) -> Result<(), Stop> {
        call!(self, Py_IncRef(object.pointer()));
        call!(self, Py_DecRef(object.pointer()));
        Ok(())
    }

    /// Runs source text in `__main__`.
    ///
    /// # Errors
    /// If it raises an exception.
    pub fn run(&self, source: &CStr) -> Result<(), Stop> {
        match call!(self, PyRun_SimpleString(source.as_ptr())) {
            0 => Ok(()),
            _ => Err(Stop::Skip("the interpreter raised an exception in a program of the check".into())),
        }
    }

    /// Puts an object into `__main__`.
    ///
    /// # Errors
    /// If it raises an exception.
    pub fn define(&self, name: &CStr, object: Object) -> Result<(), Stop> {
        let main = self.module(c"__main__")?;
        match call!(self, PyObject_SetAttrString(main.pointer(), name.as_ptr(), object.pointer())) {
            0 => Ok(()),
            _ => Err(self.raised("a definition")),
        }
    }

    /// The class of the pending exception, which is dropped; `None` where there is none.
    ///
    /// # Errors
    /// If the target lacks what it takes.
    pub fn take_exception(&self) -> Result<Option<Exception>, Stop> {
        if call!(self, PyErr_Occurred()).is_null() {
            return Ok(None);
        }
        let known = [
            (Exception::MemoryError, here("PyExc_MemoryError", self.0.PyExc_MemoryError)?),
            (Exception::SystemError, here("PyExc_SystemError", self.0.PyExc_SystemError)?),
        ];
        let mut raised = Exception::Other;
        for (exception, class) in known {
            // SAFETY: the variable of the library, which refers to a class for as long as the interpreter runs.
            let class = unsafe { class.read() };
            if call!(self, PyErr_ExceptionMatches(class)) != 0 {
                raised = exception;
            }
        }
        call!(self, PyErr_Clear());
        Ok(Some(raised))
    }

    /// What a call gave, which may be NULL after an exception.
    fn made(&self, what: &str, object: *mut PyObject) -> Result<Object, Stop> {
        NonNull::new(object).map(Object).ok_or_else(|| self.raised(what))
    }

    fn raised(&self, what: &str) -> Stop {
        match self.take_exception() {
            Ok(Some(Exception::MemoryError)) => Stop::OutOfMemory,
            _ => Stop::Skip(format!("{what} in the interpreter raised an exception")),
        }
    }
}

impl Object {
    pub(super) fn pointer(self) -> *mut PyObject {
        self.0.as_ptr()
    }
}

/// What a target exports under a name, or that it does not.
pub(super) fn here<T>(name: &str, found: Option<T>) -> Result<T, Stop> {
    found.ok_or_else(|| Stop::Skip(format!("symbol absent: {name}")))
}
