//! Which Python a library is, by its data alone.
//!
//! | fact | evidence |
//! | --- | --- |
//! | version | the variable `Py_Version` (3.11 and later); before, the text that `Py_GetVersion` begins with |
//! | debug | the name of the method `sys.gettotalrefcount`, compiled in under `Py_REF_DEBUG` alone |
//! | free-threaded | `_Py_DecRefShared`, which only such a build has, or `t` in the library's own name |
//! | no-pymalloc | no heading of pymalloc's statistics. Not said of free-threaded builds, which never use pymalloc |
//! | no-mimalloc | no allocator named `mimalloc_debug`, or before 3.13 |
//! | serial-number | from 3.8 on, the line of the debug hooks that tells the number |
//! | trace-refs | the name of the method `sys.getobjects` |

use memchr::memmem;
use pymem_spec::{Build, Version};

use super::image::Image;
use crate::symbols::with_python_prefix;

/// The first version with `Py_Version` is far later than the first without mimalloc.
const FIRST_WITH_MIMALLOC: Version = Version::new(3, 13, 0);
/// Before, every build numbers its blocks and the word would say nothing.
const FIRST_WITHOUT_SERIAL_NUMBER: Version = Version::new(3, 8, 0);

/// The version, however it is found.
pub(super) fn version(image: &Image<'_>) -> Option<Version> {
    declared_version(image, "Py").or_else(|| spelt_version(image))
}

/// The version of a library with other ideas of what a Python is made of: none where
/// it has no function that tells it.
pub(super) fn version_of_api(image: &Image<'_>, prefix: &str) -> Option<Version> {
    let tells = || image.is_function(&with_python_prefix("Py_GetVersion", prefix));
    declared_version(image, prefix).or_else(|| tells().then(|| told_version(image)).flatten())
}

/// The version in the variable `Py_Version`: two digits each of major, minor and
/// patch, then the stage (a letter as a digit) and its number.
fn declared_version(image: &Image<'_>, prefix: &str) -> Option<Version> {
    let bytes = image.variable(&with_python_prefix("Py_Version", prefix))?.first_chunk::<8>()?;
    let number = u64::from_le_bytes(*bytes);
    let (major, minor, patch) = (number >> 24, number >> 16 & 0xff, number >> 8 & 0xff);
    let pre = match number >> 4 & 0xf {
        0xa => format!("a{}", number & 0xf),
        0xb => format!("b{}", number & 0xf),
        0xc => format!("rc{}", number & 0xf),
        0xf => String::new(),
        _ => return None,
    };
    format!("{major}.{minor}.{patch}{pre}").parse().ok()
}

/// How the library was built, in the order of [`Build::ALL`].
pub(super) fn builds(image: &Image<'_>, version: Version) -> Vec<Build> {
    let flags = image.soname().and_then(abi_flags).unwrap_or_default();
    let debug = holds(image, b"\0gettotalrefcount\0") || flags.contains('d');
    let free_threaded = image.is_function("_Py_DecRefShared") || flags.contains('t');
    let pymalloc = free_threaded || holds(image, b"# arenas allocated total\0");
    let mimalloc = version.release() >= FIRST_WITH_MIMALLOC && holds(image, b"\0mimalloc_debug\0");
    let numbered = holds(image, b"to debug malloc/realloc.\n\0") && version.release() >= FIRST_WITHOUT_SERIAL_NUMBER;
    let traced = holds(image, b"\0getobjects\0");
    let has = |build: &Build| match build {
        Build::Release => !debug,
        Build::Debug => debug,
        Build::Gil => !free_threaded,
        Build::FreeThreaded => free_threaded,
        Build::NoPymalloc => !pymalloc,
        Build::NoMimalloc => !mimalloc,
        Build::SerialNumber => numbered,
        Build::TraceRefs => traced,
    };
    Build::ALL.iter().copied().filter(has).collect()
}

/// Major and minor of a library's name: 3 and 13 of `libpython3.13t.so.1.0`. None
/// for `libpython3.so`, which is of no version.
pub(crate) fn line_of(name: &str) -> Option<(u16, u16)> {
    let (major, rest) = name.strip_prefix("libpython")?.split_once('.')?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((major.parse().ok()?, rest[..digits].parse().ok()?))
}

/// The letters after the version: `td` of `libpython3.13td.so.1.0`.
fn abi_flags(name: &str) -> Option<&str> {
    line_of(name)?;
    let (_, rest) = name.strip_prefix("libpython")?.split_once('.')?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.split('.').next()
}

/// Whether these bytes stand among the constants.
pub(super) fn holds(image: &Image<'_>, needle: &[u8]) -> bool {
    image.constants().any(|constants| memmem::find(constants, needle).is_some())
}

/// The version among the constants: `3.9.18` with its end, of the line that the
/// library calls itself, or else of the line whose folder of modules it names.
fn spelt_version(image: &Image<'_>) -> Option<Version> {
    let (major, minor) = image.soname().and_then(line_of).or_else(|| line_of_modules(image))?;
    let line = format!("{major}.{minor}.");
    let mut whole = Vec::new();
    let mut ends = Vec::new();
    for constants in image.constants() {
        for at in memmem::find_iter(constants, line.as_bytes()) {
            let Some(version) = ended_version(&constants[at..]) else { continue };
            match at.checked_sub(1).map(|before| constants[before]) {
                None | Some(0) => whole.push(version),
                Some(before) if before.is_ascii_digit() || before == b'.' => {}
                _ => ends.push(version),
            }
        }
    }
    // The compiler lets a text share the end of a longer one: that of a library
    // installed in /opt/3.9.18 stands nowhere by itself.
    let found = if whole.is_empty() { ends } else { whole };
    found.into_iter().max()
}

/// The version with which a text begins that `Py_GetVersion` may give: `3.9.16 (7.3.11, ...`.
fn told_version(image: &Image<'_>) -> Option<Version> {
    const BEGIN: &[u8] = b"3.";
    const LONGEST: usize = 16;
    // Texts of PyPy's own are objects, which can be written.
    image.loaded().find_map(|bytes| {
        memmem::find_iter(bytes, BEGIN).find_map(|at| {
            if at > 0 && bytes[at - 1] != 0 {
                return None;
            }
            let text = &bytes[at..];
            let end = memmem::find(&text[..text.len().min(LONGEST)], b" (")?;
            let text = std::str::from_utf8(&text[..end]).ok()?;
            (text.split('.').count() == 3).then(|| text.parse().ok()).flatten()
        })
    })
}

/// The text up to its end as a version, whose number is complete (`3.9.`, the rest of
/// some sentence, is none). Builds from a repository add a `+`.
fn ended_version(text: &[u8]) -> Option<Version> {
    const LONGEST: usize = 16;
    let text = &text[..text.len().min(LONGEST)];
    let text = std::str::from_utf8(&text[..memchr::memchr(0, text)?]).ok()?;
    let text = text.strip_suffix('+').unwrap_or(text);
    (text.split('.').count() == 3).then(|| text.parse().ok()).flatten()
}

/// The line in `lib/python3.9`, where each Python looks for its modules.
fn line_of_modules(image: &Image<'_>) -> Option<(u16, u16)> {
    const MODULES: &[u8] = b"lib/python";
    image.constants().find_map(|constants| {
        memmem::find_iter(constants, MODULES).find_map(|at| {
            let rest = &constants[at + MODULES.len()..];
            let name = rest.split(|&byte| !byte.is_ascii_digit() && byte != b'.').next()?;
            let (major, minor) = std::str::from_utf8(name).ok()?.split_once('.')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        })
    })
}
