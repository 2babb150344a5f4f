//! Clauses that are judged from the names that a file defines.

use pymem_spec::{Clause, Domain, Kind, Registry, Version};

use crate::journal::{Function, Names};
use crate::target::Target;

/// What a clause's names lack in a target.
pub enum Missing {
    /// None of them is there; the first is named.
    All(String),
    /// Some are not there; perhaps none, and the clause holds.
    Some(Vec<String>),
}

/// The names that a clause of the area `symbols` demands and the target lacks;
/// none for other clauses.
pub fn missing(clause: &Clause, domain: Option<Domain>, target: &Target, version: &Version) -> Option<Missing> {
    let names = demanded(clause, domain, target, version)?;
    let absent: Vec<String> = names.iter().filter(|name| !target.exports(name)).cloned().collect();
    match absent.first() {
        Some(first) if absent.len() == names.len() => Some(Missing::All(first.clone())),
        _ => Some(Missing::Some(absent)),
    }
}

fn demanded(clause: &Clause, domain: Option<Domain>, target: &Target, version: &Version) -> Option<Vec<String>> {
    let fixed: &[&str] = match clause.id.as_str() {
        "symbols.functions" => return Some(functions(domain?, target.kind, version)),
        "symbols.customize" => &["PyMem_GetAllocator", "PyMem_SetAllocator", "PyMem_SetupDebugHooks"],
        "symbols.arenas" => &["PyObject_GetArenaAllocator", "PyObject_SetArenaAllocator"],
        "symbols.tracemalloc" => &["PyTraceMalloc_Track", "PyTraceMalloc_Untrack"],
        "symbols.objects" => &["_PyObject_New", "_PyObject_NewVar", "PyObject_Init", "PyObject_InitVar"],
        "symbols.gc" => &[
            "_PyObject_GC_New",
            "_PyObject_GC_NewVar",
            "_PyObject_GC_Resize",
            "PyObject_GC_Del",
            "PyObject_GC_Track",
            "PyObject_GC_UnTrack",
        ],
        _ => return None,
    };
    Some(fixed.iter().map(|name| (*name).to_owned()).collect())
}

/// The four functions of a domain, or three where the version has no calloc.
fn functions(domain: Domain, kind: Kind, version: &Version) -> Vec<String> {
    let names = Names::new(kind, None);
    let has_calloc = Registry::embedded().driving(version, &[]).calloc;
    let functions = Function::ALL.into_iter().filter(|function| has_calloc || *function != Function::Calloc);
    functions.map(|function| names.function(domain, function)).collect()
}
