//! What came close, where nothing fits: the next thing the user would ask.

use pymem_spec::Domain;

use super::super::image::Image;
use super::super::{Untestable, python};
use crate::symbols::{Function, MALLOC_PREFIXES};
use crate::text::excerpt;

/// More would be a list, not a hint.
const MOST: usize = 4;

/// Why `image` offers nothing under `prefix`.
pub(super) fn nothing_found(image: &Image<'_>, prefix: Option<&str>) -> Untestable {
    if prefix.is_none()
        && let Some(stub) = stub(image)
    {
        return stub;
    }
    let mut seen: Vec<String> = partial_python(image)
        .into_iter()
        .chain(partial_families(image))
        .chain(prefixed_pythons(image))
        .chain(prefixed_families(image))
        .chain(operator_new(image))
        .collect();
    seen.truncate(MOST);
    match prefix {
        Some(prefix) => Untestable::NoFamily { prefix: excerpt(prefix.as_bytes()), seen },
        None => Untestable::NoAllocator { seen },
    }
}

/// A file without a Python API of its own that needs a Python's library.
pub(super) fn stub(image: &Image<'_>) -> Option<Untestable> {
    let library = image.needed().find(|name| python::line_of(name).is_some())?;
    Some(Untestable::Stub { library: excerpt(library.as_bytes()) })
}

fn partial_python(image: &Image<'_>) -> Option<String> {
    let names = Domain::ALL.iter().flat_map(|&domain| Function::ALL.map(|function| function.python_name(domain)));
    let found = names.filter(|name| image.is_function(name)).count();
    (found > 0).then(|| format!("{found} of the twelve functions of Python, without PyMem_RawMalloc"))
}

fn partial_families(image: &Image<'_>) -> impl Iterator<Item = String> {
    [""].into_iter().chain(MALLOC_PREFIXES).filter_map(|prefix| {
        let names = Function::ALL.map(|function| format!("{prefix}{}", function.as_str()));
        let (found, missing): (Vec<_>, Vec<_>) = names.iter().partition(|name| image.is_function(name));
        let joined = |names: Vec<&String>| names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" and ");
        (!found.is_empty() && !missing.is_empty()).then(|| format!("{} without {}", joined(found), joined(missing)))
    })
}

/// Whole families under other prefixes. Their signatures are unknown, so the user has to vouch for them.
fn prefixed_families(image: &Image<'_>) -> Vec<String> {
    let whole = |prefix: &str| Function::ALL.iter().all(|f| image.is_function(&format!("{prefix}{}", f.as_str())));
    prefixes(image, Function::Malloc.as_str(), whole)
}

/// Python APIs under another name than `Py`.
fn prefixed_pythons(image: &Image<'_>) -> Vec<String> {
    prefixes(image, "Mem_RawMalloc", |prefix| prefix != "Py")
}

fn prefixes(image: &Image<'_>, suffix: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = image
        .symbols()
        .filter(|(_, symbol)| symbol.is_function)
        .filter_map(|(name, _)| name.strip_suffix(suffix))
        .filter(|prefix| !prefix.is_empty() && wanted(prefix))
        .map(|prefix| format!("a family for `--prefix {}`", excerpt(prefix.as_bytes())))
        .collect();
    found.sort();
    found
}

/// `operator new(unsigned long)`, as C++ spells it for the linker.
fn operator_new(image: &Image<'_>) -> Option<String> {
    image.is_function("_Znwm").then(|| "C++'s operator new, which CPython does not use".to_owned())
}
