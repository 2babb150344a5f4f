//! What tests need beyond a Rust toolchain, and how a machine gets it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something that a machine has or has not.
pub struct Component {
    /// What it is.
    pub name: &'static str,
    /// What cannot be tested without it.
    pub serves: &'static str,
    /// The Debian package that brings it.
    package: &'static str,
    found: fn() -> bool,
}

impl Component {
    /// Whether this machine has it.
    pub fn is_here(&self) -> bool {
        (self.found)()
    }

    /// The command that brings it.
    pub fn remedy(&self) -> String {
        format!("apt-get install -y {}", self.package)
    }

    /// One line for a machine that lacks it.
    pub fn missing(&self) -> String {
        format!("not here: {}, for {}; get it with: {}", self.name, self.serves, self.remedy())
    }
}

/// What compiles the C of `c-tests`.
pub const C_COMPILER: Component = Component {
    name: "a C compiler",
    serves: "the header, and every allocator that tests are made with",
    package: "gcc libc6-dev",
    found: c_compiler,
};

/// What reads C headers for bindgen.
pub const LIBCLANG: Component =
    Component { name: "libclang", serves: "the bindings of pymem-abi", package: "libclang1", found: libclang };

/// What watches every access to memory.
pub const VALGRIND: Component = Component {
    name: "valgrind",
    serves: "the reference's tests with every access to memory watched",
    package: "valgrind",
    found: || answers("valgrind".as_ref()),
};

/// All of them.
pub const COMPONENTS: &[Component] = &[
    C_COMPILER,
    LIBCLANG,
    VALGRIND,
    Component {
        name: "a Python.h",
        serves: "the comparison of the header with Python's own",
        package: "libpython3-dev",
        found: python_header,
    },
    Component {
        name: "a shared CPython",
        serves: "runs on a real interpreter",
        package: "libpython3-dev",
        found: || !pymem_abi::shared_pythons().is_empty(),
    },
    Component {
        name: "a shared CPython, a debug build",
        serves: "runs with the debug hooks compiled in",
        package: "libpython3.11-dbg",
        found: || pymem_abi::pythons().iter().any(|found| found.builds.contains(&pymem_spec::Build::Debug)),
    },
    Component {
        name: "a CPython that is one executable",
        serves: "runs on what is entered before its main",
        package: "python3",
        found: || pymem_abi::pythons().iter().any(|found| !found.is_shared),
    },
    Component {
        name: "musl",
        serves: "the refusal of another C library",
        package: "musl",
        found: || Path::new("/lib/ld-musl-x86_64.so.1").exists(),
    },
    library("libjemalloc.so.2", "libjemalloc2", || is_library_here("libjemalloc.so.2")),
    library("libmimalloc.so.2", "libmimalloc2.0", || is_library_here("libmimalloc.so.2")),
    library("libtcmalloc_minimal.so.4", "libtcmalloc-minimal4", || is_library_here("libtcmalloc_minimal.so.4")),
    library("libtbbmalloc.so.2", "libtbbmalloc2", || is_library_here("libtbbmalloc.so.2")),
    library("libmemkind.so.0", "libmemkind0", || is_library_here("libmemkind.so.0")),
    library("libdmalloc.so.5", "libdmalloc5", || is_library_here("libdmalloc.so.5")),
    library("scudo", "libclang-rt-14-dev", scudo),
    Component {
        name: "PyPy",
        serves: "runs on an interpreter that is not CPython's",
        package: "pypy3",
        found: || library_folders().iter().any(|folder| entries(folder).any(|path| is_pypy(&file_name(&path)))),
    },
];

const fn library(name: &'static str, package: &'static str, found: fn() -> bool) -> Component {
    Component { name, serves: "runs on a real malloc", package, found }
}

/// Those that this machine lacks.
pub fn missing() -> Vec<&'static Component> {
    COMPONENTS.iter().filter(|component| !component.is_here()).collect()
}

fn c_compiler() -> bool {
    let name = std::env::var_os("CC").filter(|name| !name.is_empty()).unwrap_or_else(|| "cc".into());
    answers(&name)
}

/// Whether a program can be run and tells its version.
fn answers(program: &OsStr) -> bool {
    let run = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

/// Looks where bindgen looks.
fn libclang() -> bool {
    let named = std::env::var_os("LIBCLANG_PATH").map(PathBuf::from);
    if named.as_deref().is_some_and(Path::is_file) {
        return true;
    }
    let llvms = entries(Path::new("/usr/lib")).filter(|path| file_name(path).starts_with("llvm"));
    let folders = named.into_iter().chain(library_folders()).chain(llvms.map(|llvm| llvm.join("lib")));
    folders.into_iter().any(|folder| entries(&folder).any(|path| is_libclang(&file_name(&path))))
}

/// `libclang.so`, `libclang-14.so.1`; not the C++ library `libclang-cpp.so.14`.
fn is_libclang(name: &str) -> bool {
    let rest = name.strip_prefix("libclang").filter(|rest| !rest.starts_with("-cpp"));
    rest.is_some_and(|rest| rest.starts_with(".so") || (rest.starts_with('-') && rest.contains(".so")))
}

/// The runtimes of clang have a folder for each version.
fn scudo() -> bool {
    let versions = entries(Path::new("/usr/lib/clang"));
    let llvms = entries(Path::new("/usr/lib")).filter(|path| file_name(path).starts_with("llvm-"));
    let versions = versions.chain(llvms.flat_map(|llvm| entries(&llvm.join("lib/clang"))));
    versions.flat_map(|version| entries(&version.join("lib"))).any(|folder| folder.join(SCUDO).is_file())
}

const SCUDO: &str = "libclang_rt.scudo_standalone-x86_64.so";

/// `libpypy3.9-c.so`.
fn is_pypy(name: &str) -> bool {
    name.starts_with("libpypy3") && name.ends_with("-c.so")
}

fn python_header() -> bool {
    let above =
        pymem_abi::shared_pythons().into_iter().filter_map(|found| Some(found.path.parent()?.parent()?.to_owned()));
    let mut prefixes = above.chain(["/usr".into(), "/usr/local".into()]);
    prefixes.any(|prefix| entries(&prefix.join("include")).any(|folder| folder.join("Python.h").is_file()))
}

fn is_library_here(name: &str) -> bool {
    library_file(name).is_some()
}

/// A library of the system, by its file's name.
pub fn library_file(name: &str) -> Option<PathBuf> {
    library_folders().into_iter().map(|folder| folder.join(name)).find(|file| file.exists())
}

fn library_folders() -> Vec<PathBuf> {
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    [multiarch.as_str(), "/usr/lib64", "/usr/lib", "/usr/local/lib"].map(PathBuf::from).into()
}

/// Nothing for a folder that cannot be read.
fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_command_that_brings_it() {
        let lines: Vec<_> = COMPONENTS.iter().map(Component::missing).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[rstest::rstest]
    #[case("libclang.so", true)]
    #[case("libclang.so.1", true)]
    #[case("libclang-14.so.1", true)]
    #[case("libclang-14.so.14.0.6", true)]
    #[case("libclang-cpp.so.14", false)]
    #[case("libclang-cpp14.so", false)]
    #[case("libclangBasic.a", false)]
    #[case("libclang.a", false)]
    fn libraries_that_bindgen_can_load(#[case] name: &str, #[case] expected: bool) {
        assert_eq!(is_libclang(name), expected);
    }

    #[test]
    fn a_library_that_nobody_has_is_not_here() {
        assert!(!is_library_here("libpymem-no-such-thing.so.0"));
        assert!(is_library_here("libc.so.6"), "tests run under glibc");
    }
}
