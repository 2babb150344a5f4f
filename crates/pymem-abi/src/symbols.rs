//! The names of the API's functions, and how a prefix changes them.

use pymem_spec::Domain;
use serde::{Deserialize, Serialize};

/// The four functions of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Function {
    /// A fresh block.
    Malloc = 0,
    /// A fresh block of zero bytes.
    Calloc = 1,
    /// A block with another size.
    Realloc = 2,
    /// Gives a block back.
    Free = 3,
}

impl Function {
    /// All four, in the order of `PyMemAllocatorEx`.
    pub const ALL: [Self; 4] = [Self::Malloc, Self::Calloc, Self::Realloc, Self::Free];

    /// Its bit in a set of functions.
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }

    /// The name in the C library and in `PyMemAllocatorEx`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malloc => "malloc",
            Self::Calloc => "calloc",
            Self::Realloc => "realloc",
            Self::Free => "free",
        }
    }

    /// The name in the Python API: `PyMem_RawMalloc` and its like.
    pub const fn python_name(self, domain: Domain) -> &'static str {
        match (domain, self) {
            (Domain::Raw, Self::Malloc) => "PyMem_RawMalloc",
            (Domain::Raw, Self::Calloc) => "PyMem_RawCalloc",
            (Domain::Raw, Self::Realloc) => "PyMem_RawRealloc",
            (Domain::Raw, Self::Free) => "PyMem_RawFree",
            (Domain::Mem, Self::Malloc) => "PyMem_Malloc",
            (Domain::Mem, Self::Calloc) => "PyMem_Calloc",
            (Domain::Mem, Self::Realloc) => "PyMem_Realloc",
            (Domain::Mem, Self::Free) => "PyMem_Free",
            (Domain::Obj, Self::Malloc) => "PyObject_Malloc",
            (Domain::Obj, Self::Calloc) => "PyObject_Calloc",
            (Domain::Obj, Self::Realloc) => "PyObject_Realloc",
            (Domain::Obj, Self::Free) => "PyObject_Free",
        }
    }
}

/// The prefixes under which a whole `malloc` family is known to keep the
/// signatures of C. Others are used only where the user names them.
pub const MALLOC_PREFIXES: [&str; 8] = ["je_", "_rjem_", "mi_", "tc_", "scalable_", "rp", "dl", "hbw_"];

/// The entry of a `vtable` target where no other is named.
pub const VTABLE_SYMBOL: &str = "pymem_get_allocator";

/// What starts a PyPy, under these names whatever stands for `Py` in the others.
pub const PYPY_START: [&str; 4] =
    ["rpython_startup_code", "pypy_setup_home", "pypy_execute_source", "pypy_init_threads"];

/// `name` of the Python API as a library spells it that uses `prefix` for `Py`:
/// `_PyObject_New` under `PyPy` is `_PyPyObject_New`. Other names stay.
pub fn with_python_prefix(name: &str, prefix: &str) -> String {
    let (underscore, rest) = match name.strip_prefix('_') {
        Some(rest) => ("_", rest),
        None => ("", name),
    };
    match rest.strip_prefix("Py") {
        Some(rest) => format!("{underscore}{prefix}{rest}"),
        None => name.to_owned(),
    }
}

/// The name of the Python API that a library with `prefix` spells `name`; none
/// where `name` is no name of the API.
pub(crate) fn without_python_prefix(name: &str, prefix: &str) -> Option<String> {
    if let Some(rest) = name.strip_prefix(prefix) {
        return Some(format!("Py{rest}"));
    }
    name.strip_prefix('_')?.strip_prefix(prefix).map(|rest| format!("_Py{rest}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("PyMem_Free", "PyPy", "PyPyMem_Free")]
    #[case("_PyObject_New", "PyPy", "_PyPyObject_New")]
    #[case("PyMem_Free", "Py", "PyMem_Free")]
    #[case("Py_InitializeEx", "My", "My_InitializeEx")]
    #[case("PyMem_Free", "x_", "x_Mem_Free")]
    fn a_prefix_goes_on_and_off(#[case] name: &str, #[case] prefix: &str, #[case] spelt: &str) {
        assert_eq!(with_python_prefix(name, prefix), spelt);
        assert_eq!(without_python_prefix(spelt, prefix).as_deref(), Some(name));
    }

    #[test]
    fn a_foreign_name_is_no_name_of_the_api() {
        assert_eq!(without_python_prefix("free", "Py"), None);
        assert_eq!(without_python_prefix("_init", "Py"), None);
    }
}
