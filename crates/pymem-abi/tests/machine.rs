//! The real libraries of this machine, whatever they are.

mod common;

use std::ffi::CStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Lab, not_run, system_library};
use pymem_abi::{Audit, Loaded, Request, audit, program_of, pythons, resolve, shared_pythons, shortest_names};
use pymem_spec::{Build, Domain, Kind};
use rstest::rstest;

const NO_PYTHON: &str =
    "apt-get install -y libpython3-dev, or PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install 3.13";

fn audited(path: &Path) -> Audit {
    audit(&Request::new(path)).unwrap_or_else(|reason| panic!("{}: {reason}", path.display()))
}

#[test]
fn every_python_is_audited() {
    let found = pythons();
    if found.is_empty() {
        return not_run("the audit of real Pythons", NO_PYTHON);
    }
    for found in found {
        let audit = audited(&found.path);
        println!("{} {} {:?}", found.path.display(), found.version, found.builds);
        assert_eq!(audit.kind, Kind::Cpython);
        assert_eq!((&audit.path, audit.is_executable), (&found.path, !found.is_shared));
        let python = audit.python.as_ref().expect("a CPython has a version");
        assert_eq!((python.version, &python.builds), (found.version, &found.builds));
        assert!(["PyMem_RawMalloc", "PyObject_Free", "Py_InitializeEx"].iter().all(|name| audit.has(name)));
        assert!(audit.variables.contains("Py_NoSiteFlag") && !audit.has("Py_NoSiteFlag"));
    }
}

#[test]
fn the_program_of_a_python_uses_it() {
    for found in pythons() {
        let program = program_of(&audited(&found.path));
        println!("{} {program:?}", found.path.display());
        // An executable may use a library that does not lie beside it.
        assert!(program.is_none() || program == found.program || !found.is_shared, "{found:?}");
        let Some(program) = found.program else { continue };
        let reached = audited(&program);
        assert_eq!((reached.path, reached.program), (found.path, Some(program)));
    }
}

#[test]
fn the_shortest_name_of_a_python_is_resolved_to_it() {
    let all = pythons();
    let names = shortest_names(&all);
    for is_shared in [true, false] {
        let mut named = all.iter().zip(&names).filter_map(|(found, name)| Some((found, name.as_ref()?)));
        let Some((found, name)) = named.rfind(|(found, _)| found.is_shared == is_shared) else { continue };
        assert_eq!(resolve(name).as_ref(), Ok(&found.path), "{name}");
    }
}

/// What `xtask/build-pythons` makes is what it is made to be, by its data alone.
#[rstest]
#[case("3.13t", &[Build::Release, Build::FreeThreaded])]
#[case("3.13d", &[Build::Debug, Build::Gil])]
#[case("3.13np", &[Build::Release, Build::Gil, Build::NoPymalloc])]
#[case("3.11s", &[Build::Release, Build::Gil, Build::NoMimalloc, Build::SerialNumber])]
fn a_build_made_here_is_known_for_what_it_is(#[case] name: &str, #[case] expected: &[Build]) {
    let folder = Path::new("pymem-conform/pythons").join(name).join("lib");
    let is_it = |found: &pymem_abi::Found| found.path.parent().is_some_and(|parent| parent.ends_with(&folder));
    let Some(found) = pythons().into_iter().find(is_it) else {
        // Its sources are not to be had everywhere, so nobody demands it.
        return println!("not run: the audit of {name}: xtask/build-pythons {name}");
    };
    // Its name tells a part of it, which must be seen without the name as well.
    let mut bytes = fs::read(&found.path).expect("it was just read");
    let names: Vec<usize> = memchr::memmem::find_iter(&bytes, b"\0libpython").collect();
    names.into_iter().for_each(|at| bytes[at + 1..][..9].copy_from_slice(b"libnobody"));
    let lab = Lab::new();
    let nameless = lab.file("libnobody.so", bytes);
    for path in [&found.path, &nameless] {
        assert_eq!(audited(path).python.expect("a CPython has a version").builds, expected, "{}", path.display());
    }
}

/// Loads each Python in a process of its own: two in one would share their names.
#[test]
fn every_python_says_the_version_that_was_read() {
    const TARGET: &str = "PYMEM_ABI_TEST_PYTHON";
    if let Some(target) = std::env::var_os(TARGET) {
        return compare_versions(Path::new(&target));
    }
    let found = shared_pythons();
    if found.is_empty() {
        return not_run("the versions of real Pythons", NO_PYTHON);
    }
    for found in found {
        let run = Command::new(std::env::current_exe().expect("a test has a file"))
            .args(["--exact", "every_python_says_the_version_that_was_read", "--nocapture"])
            .env(TARGET, &found.path)
            .output()
            .expect("the test binary runs");
        let stdout = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && stdout.contains("compared"), "{}: {run:?}", found.path.display());
    }
}

fn compare_versions(path: &Path) {
    let audit = audited(path);
    let loaded = Loaded::open(&audit).expect("a Python finds all that it needs");
    let version = loaded.python().and_then(|python| python.Py_GetVersion).expect("every Python has it");
    // SAFETY: callable before initialisation; a text that ends in NUL and is never freed.
    let spoken = unsafe { CStr::from_ptr(version()) }.to_string_lossy();
    let read = audit.python.expect("a CPython has a version").version.to_string();
    let said = spoken.split(' ').next().unwrap_or_default().trim_end_matches('+');
    // A `.0` release is written with it, so the texts agree.
    assert_eq!(said, read);
    let raw = loaded.family(Domain::Raw).expect("every Python has the raw family");
    // SAFETY: the raw family may be called before initialisation.
    let block = unsafe { raw.malloc(0) };
    assert!(!block.is_null());
    // SAFETY: a live block of this family.
    unsafe { raw.free(block) };
    println!("compared");
}

#[test]
fn the_newest_of_a_line_is_resolved() {
    let ordinary = |found: &&pymem_abi::Found| {
        let words = [Build::FreeThreaded, Build::Debug, Build::NoPymalloc, Build::SerialNumber];
        found.version.pre.is_none() && !words.iter().any(|word| found.builds.contains(word))
    };
    let all = shared_pythons();
    let Some(newest) = all.iter().rfind(ordinary) else {
        return not_run("resolving a version", NO_PYTHON);
    };
    let version = |text: &str| audited(&resolve(text).expect("it was just found")).python.map(|python| python.version);
    assert_eq!(version(&newest.version.line()), Some(newest.version));
    assert_eq!(version(&newest.version.to_string()), Some(newest.version));
}

#[test]
fn a_version_that_is_not_here_names_those_that_are() {
    let error = resolve("3.99").expect_err("nobody has it");
    assert!(error.starts_with("there is no Python 3.99 on this machine; found: "), "{error}");
    for found in pythons() {
        assert!(error.contains(&found.version.to_string()), "{error}");
    }
}

#[rstest]
#[case("libjemalloc.so.2", "libjemalloc2", None)]
#[case("libmimalloc.so.2", "libmimalloc2.0", None)]
#[case("libtcmalloc_minimal.so.4", "libtcmalloc-minimal4", None)]
#[case("libtbbmalloc.so.2", "libtbbmalloc2", Some("scalable_"))]
#[case("libtbbmalloc_proxy.so.2", "libtbbmalloc2", None)]
#[case("libmemkind.so.0", "libmemkind0", Some("hbw_"))]
fn a_malloc_library(#[case] file: &str, #[case] package: &str, #[case] prefix: Option<&str>) {
    let Some(path) = system_library(file) else {
        return not_run(&format!("the audit of {file}"), &format!("apt-get install -y {package}"));
    };
    let audit = audited(&path);
    assert_eq!((audit.kind, audit.prefix.as_deref(), audit.preload), (Kind::Malloc, prefix, prefix.is_none()));
    assert_eq!(Vec::from_iter(audit.exports), ["calloc", "free", "malloc", "realloc"]);
}

#[test]
fn the_c_library_itself_is_a_malloc_library() {
    let path = system_library("libc.so.6").or_else(|| Some("/lib/x86_64-linux-gnu/libc.so.6".into()));
    let audit = audited(&path.expect("tests run under glibc"));
    assert!(audit.preload && audit.kind == Kind::Malloc);
    // Preloaded it is already.
    assert!(Loaded::preloaded(&audit).is_ok());
}
