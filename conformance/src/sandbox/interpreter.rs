//! Starting an interpreter in this process.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use pymem_abi::load::PythonApi;

use super::launch::Launch;

/// Initialises the interpreter, and takes its lock.
///
/// # Errors
/// If it exports too little, or is not there afterwards.
pub fn initialise(api: &PythonApi, launch: &Launch) -> Result<(), String> {
    if api.rpython_startup_code.is_some() {
        start_pypy(api, launch.home.as_deref())
    } else {
        start_cpython(api, launch.program())
    }
}

/// Without signal handlers and without `site`, which would import half of the standard library. It takes itself for
/// `program`, where that is known: an executable finds its modules from there.
fn start_cpython(api: &PythonApi, program: Option<&Path>) -> Result<(), String> {
    let initialise = api.Py_InitializeEx.ok_or("the target does not export Py_InitializeEx")?;
    if let Some(no_site) = api.Py_NoSiteFlag {
        // SAFETY: the variable is an int of the library, read at initialisation.
        unsafe { no_site.write(1) };
    }
    if let (Some(name), Some(set_name)) = (program, api.Py_SetProgramName) {
        // SAFETY: a text that ends in NUL and stays for good, before the interpreter starts.
        unsafe { set_name(Vec::leak(wide(name)).as_ptr()) };
    }
    // SAFETY: called while no interpreter runs, by the only thread.
    unsafe { initialise(0) };
    let initialised = api.Py_IsInitialized.ok_or("the target does not export Py_IsInitialized")?;
    // SAFETY: may be called at any moment.
    if unsafe { initialised() } == 0 { Err("Py_InitializeEx returned without an interpreter".into()) } else { Ok(()) }
}

/// A PyPy, whose C API comes to life when the module behind it is first imported.
fn start_pypy(api: &PythonApi, home: Option<&Path>) -> Result<(), String> {
    let startup = api.rpython_startup_code.ok_or("the target does not export rpython_startup_code")?;
    let setup_home = api.pypy_setup_home.ok_or("the target does not export pypy_setup_home")?;
    let execute = api.pypy_execute_source.ok_or("the target does not export pypy_execute_source")?;
    let init_threads = api.pypy_init_threads.ok_or("the target does not export pypy_init_threads")?;
    let ensure = api.PyGILState_Ensure.ok_or("the target does not export PyGILState_Ensure")?;
    let home = home.map(|home| CString::new(home.as_os_str().as_bytes())).transpose();
    let home = home.map_err(|_| "the home has a NUL in its name")?;
    // SAFETY: called once, before all else, by the only thread.
    unsafe { startup() };
    // SAFETY: a C string, or NULL for where the library lies.
    if unsafe { setup_home(home.as_ref().map_or(ptr::null(), |home| home.as_ptr()), 1) } != 0 {
        return Err("pypy_setup_home finds no standard library; name its folder with --home".into());
    }
    // SAFETY: a C string; the home is set up.
    if unsafe { execute(c"import cpyext".as_ptr()) } != 0 {
        return Err("its C API cannot be imported".into());
    }
    // SAFETY: the home is set up, and no other thread is there.
    unsafe { init_threads() };
    // What runs source lets the interpreter go at its end.
    // SAFETY: the C API is there.
    unsafe { ensure() };
    Ok(())
}

/// A path in wide characters, with a NUL behind it; a byte that is no UTF-8 as Python escapes it.
fn wide(path: &Path) -> Vec<i32> {
    let mut wide = Vec::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        wide.extend(chunk.valid().chars().map(|letter| u32::from(letter) as i32));
        wide.extend(chunk.invalid().iter().map(|byte| 0xdc00 + i32::from(*byte)));
    }
    wide.push(0);
    wide
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn a_path_is_spelt_as_python_spells_it() {
        assert_eq!(wide(Path::new("/\u{e9}")), [0x2f, 0xe9, 0]);
        assert_eq!(wide(OsStr::from_bytes(b"a\xff").as_ref()), [0x61, 0xdcff, 0]);
    }
}
