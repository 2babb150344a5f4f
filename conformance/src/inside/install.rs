//! Puts a candidate into an interpreter, between pre-initialisation and initialisation.

use std::mem::MaybeUninit;

use pymem_abi::bindings::PyMemAllocatorEx;
use pymem_abi::family::Family;
use pymem_abi::load::PythonApi;
use pymem_spec::Domain;

use super::order::{How, Inside};
use super::{guard, tables, traceback};

/// How the sentence begins that says why.
pub const NOT_PUT_IN: &str = "the allocator cannot be put in";

/// Installs what `order` says, of `families` by domain; debug hooks that are there stay on top, and come on top where
/// `hooks` says so.
///
/// # Errors
/// If the interpreter exports too little, or the candidate offers none of the domains.
pub fn install(
    api: &PythonApi,
    families: [Option<Family>; 3],
    order: &Inside,
    cap: impl Fn(Domain) -> usize,
    hooks: bool,
) -> Result<(), String> {
    let hooks = hooks || has_hooks(api)?;
    traceback::of(api);
    let raw = current(api, Domain::Raw)?;
    let mut served = false;
    for domain in &order.domains {
        let before = current(api, *domain)?;
        let below = match (order.how, families[*domain as usize]) {
            (How::Set, Some(family)) => tables::of(family),
            (How::Set, None) => {
                return Err(format!("{NOT_PUT_IN}: it offers nothing for {domain}; `--domains` names what it serves"));
            }
            // What stands on raw, as pymalloc does, is no work of the candidate's, and its large blocks are raw's too.
            (How::Preload, _) if !is_same(&before, &raw) => continue,
            (How::Preload, _) => before,
        };
        served = true;
        let table = if order.guarded { guard::over(below, before, *domain, cap(*domain)) } else { below };
        set(api, *domain, table)?;
    }
    if !served {
        return Err(format!("{NOT_PUT_IN}: the interpreter's own allocator serves these domains, not the C library"));
    }
    if hooks {
        let setup = api.PyMem_SetupDebugHooks.ok_or("the interpreter does not export PyMem_SetupDebugHooks")?;
        // SAFETY: may be called at any moment before blocks exist.
        unsafe { setup() };
    }
    Ok(())
}

/// Settles what is settled before the start, where a version has such a thing.
///
/// # Errors
/// If that is refused.
pub fn pre_initialise(api: &PythonApi) -> Result<(), String> {
    let (Some(fill), Some(start)) = (api.PyPreConfig_InitPythonConfig, api.Py_PreInitialize) else { return Ok(()) };
    let mut config = MaybeUninit::uninit();
    // SAFETY: room for a struct, which the call fills.
    unsafe { fill(config.as_mut_ptr()) };
    // SAFETY: just filled, before anything is initialised.
    let status = unsafe { start(config.as_ptr()) };
    if status._type == 0 { Ok(()) } else { Err("pre-initialisation is refused".into()) }
}

/// Whether the debug hooks lie over raw: they alone have a `ctx` before anybody has installed anything. To lay them once
/// more would tell too, but a free-threaded build remembers that, and looks for objects behind what hooks add.
fn has_hooks(api: &PythonApi) -> Result<bool, String> {
    Ok(!current(api, Domain::Raw)?.ctx.is_null())
}

/// Whether two structs lead to the same allocator.
fn is_same(one: &PyMemAllocatorEx, other: &PyMemAllocatorEx) -> bool {
    one.ctx == other.ctx && one.malloc.map(|malloc| malloc as usize) == other.malloc.map(|malloc| malloc as usize)
}

fn current(api: &PythonApi, domain: Domain) -> Result<PyMemAllocatorEx, String> {
    let get = api.PyMem_GetAllocator.ok_or("the interpreter does not export PyMem_GetAllocator")?;
    let mut table =
        PyMemAllocatorEx { ctx: std::ptr::null_mut(), malloc: None, calloc: None, realloc: None, free: None };
    // SAFETY: room for a struct.
    unsafe { get(domain as _, &raw mut table) };
    Ok(table)
}

fn set(api: &PythonApi, domain: Domain, mut table: PyMemAllocatorEx) -> Result<(), String> {
    let set = api.PyMem_SetAllocator.ok_or("the interpreter does not export PyMem_SetAllocator")?;
    // SAFETY: functions that serve for the life of the process.
    unsafe { set(domain as _, &raw mut table) };
    Ok(())
}
