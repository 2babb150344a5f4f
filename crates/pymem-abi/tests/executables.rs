//! Executables lead to what is tested: to themselves, or to the library of Python that they need.

mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use common::{Lab, World, cpython, family, not_run};
use pymem_abi::{Audit, Request, program_of};
use pymem_spec::{Build, Kind, Version};
use rstest::rstest;

const SONAME: &str = "libpython3.13.so.1.0";

/// A Python as it is installed: `NAME/bin/python3.13` that needs `NAME/lib/libpython3.13.so.1.0`.
fn installed(lab: &Lab, name: &str, run_path: &[&str]) -> (PathBuf, PathBuf) {
    for folder in ["bin", "lib"] {
        fs::create_dir_all(lab.path(name).join(folder)).expect("the folder is writable");
    }
    let library = lab.library_in(&format!("{name}/lib"), SONAME, &cpython());
    let program = lab.program_needing(&format!("{name}/bin/python3.13"), &library, run_path);
    (program, fs::canonicalize(library).expect("it was just made"))
}

fn linked_in(lab: &Lab, name: &str, arguments: &[&str]) -> PathBuf {
    let source = cpython() + "int main(void) { return 0; }";
    lab.compile(name, &source, arguments)
}

#[track_caller]
fn leads_to(audit: &Audit, library: &Path, program: &Path) {
    assert_eq!((audit.path.as_path(), audit.program.as_deref()), (library, Some(program)));
    assert_eq!((audit.kind, audit.is_executable), (Kind::Cpython, false));
}

#[rstest]
#[case::with_a_fixed_address(&["-rdynamic", "-no-pie"])]
#[case::position_independent(&["-rdynamic", "-fPIE", "-pie"])]
fn one_that_python_is_linked_into_is_the_target(#[case] arguments: &[&str]) {
    let lab = Lab::new();
    let real = linked_in(&lab, "python3.13", arguments);
    let link = lab.path("python3");
    symlink(&real, &link).expect("the folder is writable");
    let audit = World::new(&lab).audit(&link).expect("it exports the API");
    assert!(audit.is_executable && !audit.preload);
    assert_eq!((audit.kind, audit.path, audit.program), (Kind::Cpython, lab.real("python3.13"), Some(link)));
    let python = audit.python.expect("a CPython has a version");
    assert_eq!(python.version, Version::new(3, 13, 0));
    assert!(python.builds.contains(&Build::Release));
}

#[test]
fn a_relative_path_is_told_from_the_root() {
    let lab = Lab::new();
    linked_in(&lab, "python3.13", &["-rdynamic"]);
    // Where the tests run is no secret of theirs, so the path goes up from there.
    let here = std::env::current_dir().expect("tests run somewhere");
    let up: PathBuf = here.components().skip(1).map(|_| "..").collect();
    let relative = up.join(lab.path("python3.13").strip_prefix("/").expect("it is absolute"));
    let world = World { folder: here, ..World::new(&lab) };
    let audit = world.audit(&relative).expect("it exports the API");
    assert!(audit.program.is_some_and(|program| program.is_absolute()));
}

#[rstest]
#[case::statically(&["-static"])]
#[case::statically_at_any_address(&["-static-pie", "-fPIE"])]
fn one_that_is_linked_statically_as_a_whole_cannot_be_entered(#[case] arguments: &[&str]) {
    let lab = Lab::new();
    // Some text that the linker keeps.
    let source = cpython() + "int puts(const char *); int main(void) { puts(\"x\"); return puts(\"PYTHONHASHSEED\"); }";
    let program = lab.compile("python3", &source, arguments);
    assert_eq!(
        World::new(&lab).refused(&program),
        "it is a Python that is linked statically as a whole, so that nothing can be put into it; name another"
    );
}

#[test]
fn one_that_exports_nothing_cannot_be_entered() {
    let lab = Lab::new();
    let source = cpython() + "int puts(const char *); int main(void) { puts(\"x\"); return puts(\"PYTHONHASHSEED\"); }";
    let program = lab.compile("python3", &source, &[]);
    assert_eq!(
        World::new(&lab).refused(&program),
        "it is a Python whose executable exports no function of the memory API; link it with -rdynamic"
    );
}

#[rstest]
#[case::set_uid(
    0o4755,
    "it is a Python that runs with rights of its own (set-uid or set-gid); test a copy without these"
)]
#[case::set_gid(
    0o2755,
    "it is a Python that runs with rights of its own (set-uid or set-gid); test a copy without these"
)]
#[case::data(0o644, "it is a Python that nobody may execute; give it the permission (chmod +x)")]
fn one_that_cannot_be_started_as_it_is(#[case] mode: u32, #[case] expected: &str) {
    let lab = Lab::new();
    let program = linked_in(&lab, "python3", &["-rdynamic"]);
    fs::set_permissions(&program, fs::Permissions::from_mode(mode)).expect("the file is ours");
    assert_eq!(World::new(&lab).refused(&program), expected);
}

#[test]
fn what_is_no_python_is_not_tested_as_something_else() {
    let lab = Lab::new();
    let source = family("je_") + "int main(void) { return 0; }";
    let program = lab.compile("program", &source, &["-rdynamic"]);
    assert_eq!(World::new(&lab).refused(&program), "it is an executable, but no Python; name a shared library");
    let python = linked_in(&lab, "python3", &["-rdynamic"]);
    let malloc = Request { kind: Some(Kind::Malloc), ..Request::new(&python) };
    let reason = World::new(&lab).audit_request(&malloc).expect_err("it is an executable");
    assert_eq!(reason.to_string(), "it is not of kind malloc: an executable is tested only as a Python");
}

#[rstest]
#[case::by_origin(&["-Wl,--enable-new-dtags,-rpath,$ORIGIN/../lib"])]
#[case::by_origin_in_brackets(&["-Wl,--enable-new-dtags,-rpath,/nowhere:${ORIGIN}/../lib"])]
#[case::by_the_older_run_path(&["-Wl,--disable-new-dtags,-rpath,$ORIGIN/../lib"])]
#[case::beside_it(&[])]
fn one_that_needs_a_library_leads_there(#[case] run_path: &[&str], #[values("py", "a b", "メ$(x)'\"")] name: &str) {
    let lab = Lab::new();
    let (program, library) = installed(&lab, name, run_path);
    let audit = World::new(&lab).audit(&program).expect("the library is there");
    leads_to(&audit, &library, &program);
    // `$ORIGIN` is the folder of the file, not of the link to it.
    let link = lab.path("python");
    symlink(&program, &link).expect("the folder is writable");
    leads_to(&World::new(&lab).audit(&link).expect("the library is there"), &library, &link);
}

/// Between two libraries of the same name, the loader takes that of the older run path before the environment's,
/// and that before the newer run path's.
#[rstest]
#[case("--disable-new-dtags", "py")]
#[case("--enable-new-dtags", "other")]
fn the_environment_comes_between_the_run_paths(#[case] tags: &str, #[case] first: &str) {
    let lab = Lab::new();
    let (program, _) = installed(&lab, "py", &[&format!("-Wl,{tags},-rpath,$ORIGIN/../lib")]);
    installed(&lab, "other", &[]);
    let world = World::new(&lab).with("LD_LIBRARY_PATH", format!("/nowhere;{}", lab.path("other/lib").display()));
    let audit = world.audit(&program).expect("the library is there");
    assert_eq!(audit.path, lab.real(&format!("{first}/lib/{SONAME}")));
}

/// What is for another machine does not end the search.
#[test]
fn the_loader_goes_on_past_another_machines_library() {
    let lab = Lab::new();
    let (program, library) = installed(&lab, "py", &["-Wl,-rpath,$ORIGIN/../lib"]);
    let mut foreign = fs::read(&library).expect("it was just made");
    // `e_machine`.
    foreign[18..20].copy_from_slice(&[8, 0]);
    lab.file(&format!("foreign/{SONAME}"), foreign);
    let world = World::new(&lab).with("LD_LIBRARY_PATH", lab.path("foreign"));
    leads_to(&world.audit(&program).expect("the library is there"), &library, &program);
}

#[test]
fn what_ldconfig_lists_is_found() {
    let lab = Lab::new();
    let (program, library) = installed(&lab, "py", &[]);
    fs::rename(lab.path("py/bin"), lab.path("bin")).expect("the folder is writable");
    let program = lab.path("bin").join(program.file_name().expect("it has a name"));
    assert!(World::new(&lab).refused(&program).contains("the loader does not find"));

    let path = library.to_str().expect("names here are UTF-8");
    let mut cache = b"glibc-ld.so.cache1.1\x01\0\0\0".to_vec();
    cache.resize(48, 0);
    let flags: u32 = if cfg!(target_arch = "aarch64") { 0x0a03 } else { 0x0303 };
    cache.extend([flags, 72, 72 + SONAME.len() as u32 + 1].map(u32::to_le_bytes).concat());
    cache.resize(72, 0);
    cache.extend(format!("{SONAME}\0{path}\0").bytes());
    let world = World { loader_cache: lab.file("ld.so.cache", cache), ..World::new(&lab) };
    leads_to(&world.audit(&program).expect("the cache lists it"), &library, &program);
}

#[test]
fn a_library_that_is_missing_is_named() {
    let lab = Lab::new();
    let library = lab.named_library("libpython3.99.so.1.0", "int x(void) { return 0; }");
    let program = lab.program_needing("bin-python3", &library, &[]);
    let refused = World::new(&lab).refused(&program);
    assert_eq!(
        refused,
        "it needs `libpython3.99.so.1.0`, which the loader does not find; name that library, or set LD_LIBRARY_PATH"
    );
    assert!(!World::new(&lab).audit(&program).expect_err("as before").is_bad_use());
}

#[test]
fn what_is_wrong_with_the_library_is_told() {
    let lab = Lab::new();
    let (program, library) = installed(&lab, "py", &["-Wl,-rpath,$ORIGIN/../lib"]);
    let bytes = fs::read(&library).expect("it was just made");
    fs::write(&library, &bytes[..1000]).expect("the folder is writable");
    let refused = World::new(&lab).refused(&program);
    assert!(refused.starts_with("it needs `") && refused.contains("cannot be tested: it is truncated"), "{refused}");
}

#[test]
fn a_virtual_environment_of_links_keeps_its_own_name() {
    let lab = Lab::new();
    let (program, library) = installed(&lab, "py", &["-Wl,-rpath,$ORIGIN/../lib"]);
    fs::create_dir_all(lab.path("venv/bin")).expect("the folder is writable");
    symlink(&program, lab.path("venv/bin/python3")).expect("the folder is writable");
    symlink("python3", lab.path("venv/bin/python")).expect("the folder is writable");
    let python = lab.path("venv/bin/python");
    leads_to(&World::new(&lab).audit(&python).expect("the links lead there"), &library, &python);
}

/// `python -m venv --copies`: the run path leads nowhere from the copy.
#[rstest]
#[case::by_the_run_path("$ORIGIN/../private", "py/private")]
#[case::beside_the_original("$ORIGIN/../elsewhere", "py/lib")]
fn a_virtual_environment_of_copies_knows_its_home(
    #[case] run_path: &str,
    #[case] folder: &str,
    #[values("", "bin/")] place: &str,
) {
    let lab = Lab::new();
    let (program, _) = installed(&lab, "py", &[&format!("-Wl,-rpath,{run_path}")]);
    fs::rename(lab.path("py/lib"), lab.path(folder)).expect("the folder is writable");
    let library = lab.real(folder).join(SONAME);
    let settings = format!("home = {}\nversion = 3.13.0\n", lab.path("py/bin").display());
    lab.file(&format!("venv/{place}pyvenv.cfg"), settings);
    fs::create_dir_all(lab.path("venv/bin")).expect("the folder is writable");
    let copy = lab.path("venv/bin/python");
    fs::copy(program, &copy).expect("the folder is writable");
    leads_to(&World::new(&lab).audit(&copy).expect("the home leads there"), &library, &copy);
}

#[test]
fn a_build_tree_has_its_library_beside() {
    let lab = Lab::new();
    let library = lab.named_library(SONAME, &cpython());
    let program = lab.program_needing("python", &library, &[]);
    assert!(World::new(&lab).refused(&program).contains("the loader does not find"));
    lab.file("Modules/Setup.local", "");
    let found = World::new(&lab).audit(&program).expect("it lies beside");
    leads_to(&found, &lab.real(SONAME), &program);
}

#[test]
fn an_older_python_is_known_by_the_name_that_it_needs() {
    let lab = Lab::new();
    let library = lab.named_library("libpython2.7.so.1.0", "int x(void) { return 0; }");
    let program = lab.program_needing("python", &library, &[]);
    assert_eq!(World::new(&lab).refused(&program), "it is Python 2.7.0; the memory API that is tested began with 3.4");
}

#[test]
fn a_library_has_the_executable_that_uses_it() {
    let lab = Lab::new();
    let (program, library) = installed(&lab, "py", &["-Wl,-rpath,$ORIGIN/../lib"]);
    let audited = |path: &Path| World::new(&lab).audit(path).expect("it is a Python");
    let real = fs::canonicalize(&program).expect("it was just made");
    assert_eq!(program_of(&audited(&library)), Some(real));
    assert_eq!(program_of(&audited(&program)), Some(program.clone()));
    // One that uses another library is not its.
    let run_path = format!("-Wl,-rpath,{}", lab.path("other/lib").display());
    let (other, _) = installed(&lab, "other", &[&run_path]);
    fs::copy(other, &program).expect("the folder is writable");
    assert_eq!(program_of(&audited(&library)), None);
}

/// What distributions install, most of them with Python linked in.
#[test]
fn the_systems_own_python() {
    let path = Path::new("/usr/bin/python3");
    if !path.exists() {
        return not_run("the audit of the system's Python", "apt-get install -y python3");
    }
    let audit = pymem_abi::audit(&Request::new(path)).expect("it can be tested");
    assert_eq!((audit.kind, audit.program.as_deref()), (Kind::Cpython, Some(path)));
    let real = fs::canonicalize(path).expect("it exists");
    assert_eq!(audit.is_executable, audit.path == real);
    assert!(audit.python.is_some_and(|python| python.version >= Version::new(3, 4, 0)));
}
