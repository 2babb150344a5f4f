//! Clauses that are judged from the names that a file defines.

use pymem_spec::{Clause, Domain, Kind, Registry, Version};

use crate::journal::{Function, Names};
use crate::target::Target;

/// The names that a clause of the area `symbols` demands and the target lacks;
/// `None` for other clauses.
pub fn missing(clause: &Clause, domain: Option<Domain>, target: &Target, version: &Version) -> Option<Vec<String>> {
    let mut names = demanded(clause, domain, target, version)?;
    names.retain(|name| !target.exports(name));
    Some(names)
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
        "symbols.gc-extra-data" => &["PyUnstable_Object_GC_NewWithExtraData"],
        "symbols.gc-queries" => &["PyObject_GC_IsTracked", "PyObject_GC_IsFinalized"],
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
