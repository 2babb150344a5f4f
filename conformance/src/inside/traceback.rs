//! The line of Python that is being run in this thread.
//!
//! Asked for when something is wrong, in the midst of an allocation. What writes frames without memory is used where the
//! library exports it, else the function of `faulthandler`, which does the same.

use std::ptr;
use std::sync::OnceLock;
use std::time::Duration;

use pymem_abi::load::PythonApi;

use crate::sandbox::provoke::provoke_unnoticed;

/// How long it may take to tell.
const LIMIT: Duration = Duration::from_millis(500);

static API: OnceLock<Api> = OnceLock::new();

struct Api(PythonApi);

// SAFETY: addresses of a library's functions and variables, which are the same in every thread.
unsafe impl Send for Api {}
// SAFETY: as above.
unsafe impl Sync for Api {}

/// Says which interpreter runs. The first call counts.
pub fn of(api: &PythonApi) {
    API.get_or_init(|| Api(*api));
}

/// `File "x.py", line 3, in f`, as a traceback has it; none where no line is known.
pub(super) fn line() -> Option<String> {
    let Api(api) = API.get()?;
    // SAFETY: may be asked at any moment.
    if unsafe { api.Py_IsInitialized?() } == 0 {
        return None;
    }
    // The interpreter may be in the midst of anything: what it does of this, a fork of the process does, of which the
    // program learns nothing.
    // SAFETY: the copy of this thread goes on alone, and has what it needs of the interpreter.
    let death = unsafe { provoke_unnoticed(LIMIT, || _ = dump(api, libc::STDERR_FILENO)) }.ok()?;
    innermost(&String::from_utf8_lossy(&death.said))
}

/// Writes the frames of this thread to a descriptor.
fn dump(api: &PythonApi, file: i32) -> Option<()> {
    // SAFETY: may be asked at any moment after the start.
    let state = unsafe { api.PyGILState_GetThisThreadState?() };
    if state.is_null() {
        return None;
    }
    if let Some(dump) = api._Py_DumpTraceback {
        // SAFETY: the state of this thread.
        unsafe { dump(file, state) };
        return Some(());
    }
    // SAFETY: may be asked at any moment after the start.
    if unsafe { api.PyGILState_Check?() } == 0 {
        return None;
    }
    call_faulthandler(api, file)
}

/// `faulthandler.dump_traceback(file, False)`.
fn call_faulthandler(api: &PythonApi, file: i32) -> Option<()> {
    // SAFETY: this thread has the interpreter. References are not given back: this happens once or twice.
    unsafe {
        let module = api.PyImport_ImportModule?(c"faulthandler".as_ptr());
        if module.is_null() {
            return None;
        }
        let dump = api.PyObject_GetAttrString?(module, c"dump_traceback".as_ptr());
        let arguments = api.PyTuple_New?(2);
        let (descriptor, all_threads) = (api.PyLong_FromSsize_t?(file as isize), api.PyLong_FromSsize_t?(0));
        if [dump, arguments, descriptor, all_threads].contains(&ptr::null_mut()) {
            return None;
        }
        api.PyTuple_SetItem?(arguments, 0, descriptor);
        api.PyTuple_SetItem?(arguments, 1, all_threads);
        if api.PyObject_CallObject?(dump, arguments).is_null() {
            api.PyErr_Clear?();
            return None;
        }
    }
    Some(())
}

/// The first frame that a traceback tells, but for those of what is run without a file.
fn innermost(text: &str) -> Option<String> {
    let mut frames = text.lines().map(str::trim).filter(|line| line.starts_with("File "));
    frames.find(|line| !line.starts_with("File \"<string>\"")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_frame_is_the_innermost() {
        let text =
            "Stack (most recent call first):\n  File \"a.py\", line 3 in f\n  File \"b.py\", line 9 in <module>\n";
        assert_eq!(innermost(text).as_deref(), Some("File \"a.py\", line 3 in f"));
        assert_eq!(innermost("Stack (most recent call first):\n  <no Python frame>\n"), None);
    }
}
