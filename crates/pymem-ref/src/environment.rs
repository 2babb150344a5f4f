//! What environment variables choose: `PYTHONMALLOC`, `PYTHONMALLOCSTATS`, `PYTHONTRACEMALLOC`, and the version whose
//! hooks to have, `PYMEM_REF_VERSION`.

use std::ffi::CStr;
use std::fmt::Write;

use crate::hooks::{self, Style};
use crate::stderr::Stderr;
use crate::table::{DOMAINS, PyMemAllocatorEx, SMALL, SYSTEM};
use crate::{api, stats, trace};

/// What a name puts below the debug hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allocators {
    /// The C library in raw, the small-object allocator in mem and obj.
    Pymalloc,
    /// The C library in all domains.
    Malloc,
    /// The C library in raw, mimalloc in mem and obj.
    #[cfg(feature = "mimalloc")]
    Mimalloc,
}

/// Puts the allocators of a `PYTHONMALLOC` name in place, afresh: what was installed before is gone. `None`, and nothing
/// changed, for an unknown name.
///
/// To be called before the first allocation.
pub fn choose(name: &[u8]) -> Option<()> {
    let (allocators, debug) = parse(name)?;
    let others = match allocators {
        Allocators::Pymalloc => SMALL,
        Allocators::Malloc => SYSTEM,
        #[cfg(feature = "mimalloc")]
        Allocators::Mimalloc => crate::mimalloc::TABLE,
    };
    let tables: [PyMemAllocatorEx; DOMAINS] = [SYSTEM, others, others];
    tables.iter().enumerate().for_each(|(domain, table)| api::install(domain, table));
    if debug {
        hooks::setup();
    }
    Some(())
}

fn parse(name: &[u8]) -> Option<(Allocators, bool)> {
    let (name, debug) = match name {
        b"default" => return Some((Allocators::Pymalloc, false)),
        b"debug" => return Some((Allocators::Pymalloc, true)),
        name => name.strip_suffix(b"_debug").map_or((name, false), |name| (name, true)),
    };
    match name {
        b"pymalloc" => Some((Allocators::Pymalloc, debug)),
        b"malloc" => Some((Allocators::Malloc, debug)),
        #[cfg(feature = "mimalloc")]
        b"mimalloc" => Some((Allocators::Mimalloc, debug)),
        _ => None,
    }
}

/// Does what the environment says. An unknown allocator ends the process with status 1 and a message.
///
/// To be called before the first allocation. The shared library does so itself when it is loaded.
pub fn apply() {
    if let Some(version) = variable(c"PYMEM_REF_VERSION") {
        match parse_version(version) {
            Some(version) => Style::choose(version),
            None => fail("PYMEM_REF_VERSION: no version, such as 3.7.4"),
        }
    }
    if let Some(name) = variable(c"PYTHONMALLOC")
        && choose(name).is_none()
    {
        fail("PYTHONMALLOC: unknown allocator");
    }
    let is_pymalloc = |name| matches!(parse(name), Some((Allocators::Pymalloc, _)));
    if variable(c"PYTHONMALLOCSTATS").is_some() && variable(c"PYTHONMALLOC").is_none_or(is_pymalloc) {
        stats::turn_on();
    }
    if variable(c"PYTHONTRACEMALLOC").is_some_and(|text| text != b"0") {
        trace::start();
    }
}

/// A variable's value; the empty one counts as none.
fn variable(name: &CStr) -> Option<&'static [u8]> {
    // SAFETY: a C string; the environment is not changed while a library is loaded.
    let value = unsafe { libc::getenv(name.as_ptr()) };
    if value.is_null() {
        return None;
    }
    // SAFETY: the value of a variable is a C string.
    Some(unsafe { CStr::from_ptr(value) }.to_bytes()).filter(|value| !value.is_empty())
}

/// `3.7.4` as `0x030704`; what is left out is zero.
fn parse_version(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    let mut parts = [0_u8; 3];
    for (index, part) in text.split('.').enumerate() {
        *parts.get_mut(index)? = part.parse().ok()?;
    }
    Some(u32::from_be_bytes([0, parts[0], parts[1], parts[2]]))
}

fn fail(message: &str) -> ! {
    let mut out = Stderr::new();
    // Nobody is left to tell of an error.
    let _ = writeln!(out, "Fatal Python error: {message}");
    out.flush();
    // SAFETY: ends the process.
    unsafe { libc::_exit(1) }
}

/// Reads the environment when the shared library is loaded.
#[cfg(feature = "c-names")]
mod at_load {
    extern "C" fn read() {
        crate::thread::watch_forks();
        super::apply();
    }

    #[used]
    // SAFETY: the loader calls what stands in this section once, with arguments that are not used.
    #[unsafe(link_section = ".init_array")]
    static READ: extern "C" fn() = read;
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("default", Some((Allocators::Pymalloc, false)))]
    #[case("debug", Some((Allocators::Pymalloc, true)))]
    #[case("pymalloc", Some((Allocators::Pymalloc, false)))]
    #[case("pymalloc_debug", Some((Allocators::Pymalloc, true)))]
    #[case("malloc", Some((Allocators::Malloc, false)))]
    #[case("malloc_debug", Some((Allocators::Malloc, true)))]
    #[case("", None)]
    #[case("Debug", None)]
    #[case("default_debug", None)]
    #[case("debug_debug", None)]
    #[case(" malloc", None)]
    #[case("malloc,debug", None)]
    fn names(#[case] name: &str, #[case] expected: Option<(Allocators, bool)>) {
        assert_eq!(parse(name.as_bytes()), expected);
    }

    #[rstest]
    #[case("3.7.4", Some(0x03_07_04))]
    #[case("3.13", Some(0x03_0d_00))]
    #[case("3", Some(0x03_00_00))]
    #[case("3.7.4.1", None)]
    #[case("3.x", None)]
    #[case("", None)]
    fn versions(#[case] text: &str, #[case] expected: Option<u32>) {
        assert_eq!(parse_version(text.as_bytes()), expected);
    }
}
