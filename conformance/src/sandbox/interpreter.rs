//! Starting an interpreter in this process.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use pymem_abi::load::PythonApi;

/// Initialises the interpreter, without signal handlers and without `site`,
/// which would import half of the standard library. It takes itself for `program`, where that is known: an executable
/// finds its modules from there.
///
/// # Errors
/// If it exports too little, or is not there afterwards.
pub fn initialise(api: &PythonApi, program: Option<&Path>) -> Result<(), String> {
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
