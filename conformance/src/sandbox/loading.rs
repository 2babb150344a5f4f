//! The only place where a stranger's code comes into a process of ours.

use pymem_abi::audit::Audit;
use pymem_abi::family::Family;
use pymem_abi::load::Loaded;
use pymem_spec::{Domain, Kind};

use crate::inside::order::Inside;
use crate::reference;

/// Loads the target, or finds the one with which this process was started.
///
/// # Errors
/// Why it cannot be loaded, in the loader's words.
pub fn target(audit: &Audit) -> Result<Loaded, String> {
    if audit.is_executable {
        // This process is the target.
        return Loaded::running(audit);
    }
    if audit.preload { Loaded::preloaded(audit) } else { Loaded::open(audit) }
}

/// The Python that runs in this process.
///
/// # Errors
/// If it is not this one.
pub fn running(audit: &Audit) -> Result<Loaded, String> {
    Loaded::running(audit)
}

/// Loads an allocator beside an interpreter; what it offers, by domain.
///
/// # Errors
/// Why it cannot be loaded, in the loader's words.
pub fn candidate(order: &Inside) -> Result<[Option<Family>; 3], String> {
    let domains = [Domain::Raw, Domain::Mem, Domain::Obj];
    let Some(audit) = &order.candidate else { return Ok(domains.map(|domain| Some(reference::family(domain)))) };
    let loaded = if audit.preload { Loaded::preloaded(audit)? } else { Loaded::open_beside(audit)? };
    // A malloc library has one domain, and can serve each.
    let families = match audit.kind {
        Kind::Malloc => [loaded.family(Domain::Raw); 3],
        _ => domains.map(|domain| loaded.family(domain)),
    };
    std::mem::forget(loaded);
    Ok(families)
}
