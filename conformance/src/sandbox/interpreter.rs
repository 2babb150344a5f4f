//! Starting an interpreter in this process.

use pymem_abi::load::PythonApi;

/// Initialises the interpreter, without signal handlers and without `site`,
/// which would import half of the standard library.
///
/// # Errors
/// If it exports too little, or is not there afterwards.
pub fn initialise(api: &PythonApi) -> Result<(), String> {
    let initialise = api.Py_InitializeEx.ok_or("the target does not export Py_InitializeEx")?;
    if let Some(no_site) = api.Py_NoSiteFlag {
        // SAFETY: the variable is an int of the library, read at initialisation.
        unsafe { no_site.write(1) };
    }
    // SAFETY: called while no interpreter runs, by the only thread.
    unsafe { initialise(0) };
    let initialised = api.Py_IsInitialized.ok_or("the target does not export Py_IsInitialized")?;
    // SAFETY: may be called at any moment.
    if unsafe { initialised() } == 0 { Err("Py_InitializeEx returned without an interpreter".into()) } else { Ok(()) }
}
