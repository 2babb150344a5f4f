//! Which kind of target a file is, by the functions that it defines.

use std::collections::BTreeSet;

use pymem_spec::{Domain, Kind};

use super::image::Image;
use super::{Request, Untestable};
use crate::symbols::{Function, MALLOC_PREFIXES, PYPY_START, VTABLE_SYMBOL, with_python_prefix, without_python_prefix};

mod hints;

/// What a file offers, in the API's own names.
pub(super) struct Offer {
    pub(super) kind: Kind,
    pub(super) prefix: Option<String>,
    pub(super) vtable_symbol: Option<String>,
    pub(super) exports: BTreeSet<String>,
    pub(super) variables: BTreeSet<String>,
}

/// The kind asked for, or else the first that fits, in the order in which the kinds
/// are listed: a Python that also has a `malloc` of its own is a Python.
pub(super) fn detect(image: &Image<'_>, request: &Request<'_>) -> Result<Offer, Untestable> {
    if let Some(symbol) = request.vtable_symbol {
        return table(image, symbol)
            .ok_or_else(|| Untestable::NoTable { symbol: crate::text::excerpt(symbol.as_bytes()) });
    }
    match request.kind {
        Some(kind) => forced(image, request, kind),
        None => python(image, request.prefix)
            .filter(|offer| offer.exports.contains(RAW_MALLOC))
            .or_else(|| request.prefix.is_none().then(|| table(image, VTABLE_SYMBOL)).flatten())
            .or_else(|| malloc(image, request.prefix))
            .ok_or_else(|| hints::nothing_found(image, request.prefix)),
    }
}

/// A user who insists may bring a Python API with holes: the holes are what the
/// checks then find.
fn forced(image: &Image<'_>, request: &Request<'_>, kind: Kind) -> Result<Offer, Untestable> {
    let missing = |missing| Untestable::NotOfKind { kind, missing };
    match kind {
        Kind::Cpython => python(image, request.prefix).filter(|offer| offer.kind == Kind::Cpython).ok_or_else(|| {
            hints::stub(image).unwrap_or_else(|| missing("it would export Py_InitializeEx and the memory API"))
        }),
        Kind::Pymem => python(image, request.prefix)
            .map(|offer| Offer { kind, ..offer })
            .ok_or_else(|| hints::stub(image).unwrap_or_else(|| missing("it exports none of the twelve functions"))),
        Kind::Vtable => {
            table(image, VTABLE_SYMBOL).ok_or_else(|| Untestable::NoTable { symbol: VTABLE_SYMBOL.to_owned() })
        }
        Kind::Malloc => malloc(image, request.prefix).ok_or_else(|| hints::nothing_found(image, request.prefix)),
    }
}

/// Whether any of the twelve functions is there, under `prefix` for `Py`.
pub(super) fn is_python(image: &Image<'_>, prefix: Option<&str>) -> bool {
    twelve().any(|name| match prefix {
        Some(prefix) => image.is_function(&with_python_prefix(name, prefix)),
        None => image.is_function(name),
    })
}

fn twelve() -> impl Iterator<Item = &'static str> {
    Domain::ALL.iter().flat_map(|&domain| Function::ALL.map(|function| function.python_name(domain)))
}

const RAW_MALLOC: &str = Function::Malloc.python_name(Domain::Raw);

/// The Python API, if at least one of the twelve functions is there.
fn python(image: &Image<'_>, prefix: Option<&str>) -> Option<Offer> {
    let mut offer = Offer {
        kind: Kind::Pymem,
        prefix: prefix.map(str::to_owned),
        vtable_symbol: None,
        exports: BTreeSet::new(),
        variables: BTreeSet::new(),
    };
    for (name, symbol) in image.symbols() {
        if let Some(name) = without_python_prefix(name, prefix.unwrap_or("Py")) {
            if symbol.is_function {
                offer.exports.insert(name)
            } else {
                offer.variables.insert(name)
            };
        }
    }
    if offer.exports.contains("Py_InitializeEx") {
        offer.kind = Kind::Cpython;
    }
    offer.exports.extend(PYPY_START.iter().filter(|name| image.is_function(name)).map(|name| (*name).to_owned()));
    twelve().any(|name| offer.exports.contains(name)).then_some(offer)
}

fn table(image: &Image<'_>, symbol: &str) -> Option<Offer> {
    image.is_function(symbol).then(|| Offer {
        kind: Kind::Vtable,
        prefix: None,
        vtable_symbol: Some(symbol.to_owned()),
        exports: BTreeSet::from([symbol.to_owned()]),
        variables: BTreeSet::new(),
    })
}

/// The first whole family: the plain names, then the known prefixes; or that of `prefix` alone.
fn malloc(image: &Image<'_>, prefix: Option<&str>) -> Option<Offer> {
    let known = [""].into_iter().chain(MALLOC_PREFIXES);
    let mut candidates: Vec<&str> = prefix.map_or_else(|| known.collect(), |prefix| vec![prefix]);
    candidates.retain(|prefix| {
        Function::ALL.iter().all(|function| image.is_function(&format!("{prefix}{}", function.as_str())))
    });
    let prefix = candidates.first()?;
    Some(Offer {
        kind: Kind::Malloc,
        prefix: (!prefix.is_empty()).then(|| (*prefix).to_owned()),
        vtable_symbol: None,
        exports: Function::ALL.iter().map(|function| function.as_str().to_owned()).collect(),
        variables: BTreeSet::new(),
    })
}
