//! The real allocators of this machine, which nobody may accuse.

use std::ffi::OsString;

use super::trial::Subject;
use crate::components::library_file;

/// The malloc families that people run Python on.
const MALLOCS: [&str; 5] =
    ["libc.so.6", "libjemalloc.so.2", "libmimalloc.so.2", "libtcmalloc_minimal.so.4", "libtbbmalloc.so.2"];

/// The reference, every shared CPython, and the well-known malloc libraries.
pub fn of_this_machine() -> Vec<Subject> {
    let real = |name: String, target: OsString| Subject::Real { name, target };
    let mut panel = vec![real("reference".to_owned(), "reference".into())];
    panel.extend(pymem_abi::shared_pythons().into_iter().map(|found| {
        let special =
            found.builds.iter().map(|build| build.as_str()).filter(|build| !["gil", "release"].contains(build));
        let words: Vec<&str> = std::iter::once("CPython").chain(special).collect();
        real(format!("{} {}", words.join(" "), found.version), found.path.into())
    }));
    let mallocs = MALLOCS.iter().filter_map(|name| Some((*name, library_file(name)?)));
    panel.extend(mallocs.map(|(name, path)| {
        let mut target = OsString::from("malloc:");
        target.push(path);
        real(name.to_owned(), target)
    }));
    panel
}
