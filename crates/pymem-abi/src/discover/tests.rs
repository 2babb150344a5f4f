//! Choosing among libraries, and the folders they are looked for in.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;

use rstest::rstest;

use super::*;

fn found(path: &str, version: &str, builds: &[Build]) -> Found {
    let version = version.parse().expect("a version");
    Found { path: path.into(), is_shared: true, version, builds: builds.to_vec(), program: None }
}

fn linked_in(path: &str, version: &str) -> Found {
    Found { is_shared: false, ..found(path, version, &[Build::Release, Build::Gil]) }
}

/// A machine with something of everything, in the order of [`pythons`].
fn machine() -> Vec<Found> {
    vec![
        found("/a", "3.9.18", &[Build::Release, Build::Gil]),
        linked_in("/n", "3.12.7"),
        found("/b", "3.13.0", &[Build::Release, Build::Gil]),
        found("/c", "3.13.0", &[Build::Release, Build::FreeThreaded]),
        found("/d", "3.13.2", &[Build::Release, Build::Gil]),
        found("/e", "3.13.2", &[Build::Release, Build::Gil]),
        linked_in("/o", "3.13.2"),
        found("/f", "3.13.3", &[Build::Debug, Build::Gil]),
        found("/g", "3.13.4", &[Build::Release, Build::FreeThreaded]),
        found("/h", "3.13.5", &[Build::Debug, Build::FreeThreaded]),
        found("/k", "3.13.6", &[Build::Release, Build::Gil, Build::NoPymalloc]),
        found("/l", "3.13.7", &[Build::Release, Build::Gil, Build::NoPymalloc, Build::NoMimalloc]),
        found("/m", "3.13.7", &[Build::Debug, Build::Gil, Build::SerialNumber]),
        linked_in("/p", "3.13.9"),
        found("/i", "3.14.0a2", &[Build::Release, Build::Gil]),
        found("/j", "3.14.0rc1", &[Build::Release, Build::Gil]),
    ]
}

#[rstest]
#[case::newest_with_the_gil("3.13", Some("/d"))]
#[case::free_threaded("3.13t", Some("/g"))]
#[case::debug("3.13d", Some("/f"))]
#[case::both("3.13td", Some("/h"))]
#[case::exact("3.13.0", Some("/b"))]
#[case::exact_free_threaded("3.13.0t", Some("/c"))]
#[case::only_pre_releases("3.14", Some("/j"))]
#[case::exact_pre_release("3.14.0a2", Some("/i"))]
#[case::without_pymalloc("3.13-no-pymalloc", Some("/k"))]
#[case::exact_without_pymalloc("3.13.7-no-pymalloc", Some("/l"))]
#[case::with_serial_numbers("3.13d-serial-number", Some("/m"))]
#[case::only_one_with_more_words("3.13.6", Some("/k"))]
#[case::word_not_there("3.13-serial-number", None)]
#[case::linked_in_where_none_is_shared("3.12", Some("/n"))]
#[case::exactly_one_that_is_linked_in("3.13.9", Some("/p"))]
#[case::not_there("3.13.8", None)]
#[case::build_not_there("3.9d", None)]
fn the_best_is_chosen(#[case] text: &str, #[case] path: Option<&str>) {
    let wanted: Wanted = text.parse().expect("a version");
    let machine = machine();
    assert_eq!(wanted.best_of(&machine).map(|found| found.path.as_path()), path.map(Path::new));
}

#[test]
fn a_release_comes_before_a_newer_pre_release() {
    let machine =
        [found("/a", "3.14.0", &[Build::Release, Build::Gil]), found("/b", "3.14.1rc1", &[Build::Release, Build::Gil])];
    let wanted: Wanted = "3.14".parse().expect("a version");
    assert_eq!(wanted.best_of(&machine), Some(&machine[0]));
}

#[rstest]
#[case("")]
#[case("3")]
#[case("x")]
#[case("3.13x")]
#[case("3.13dt")]
#[case("3.13tt")]
#[case("t")]
#[case("3.13-")]
#[case("3.13-gil")]
#[case("3.13-no-pymalloc-serial-number")]
fn what_is_no_version_is_refused(#[case] text: &str) {
    let error = text.parse::<Wanted>().expect_err("this is no version");
    assert!(error.starts_with(&format!("`{text}` is no version of Python")), "{error}");
}

#[test]
fn what_is_missing_is_said_with_what_there_is() {
    let wanted: Wanted = "3.99t".parse().expect("a version");
    assert_eq!(
        wanted.missing(&machine()),
        "there is no Python 3.99t on this machine; found: 3.9.18, 3.12.7, 3.13.0, 3.13.0t, 3.13.2, \
         3.13.3d, 3.13.4t, 3.13.5td, 3.13.6-no-pymalloc, 3.13.7-no-pymalloc, 3.13.7d-serial-number, 3.13.9, 3.14.0a2, \
         3.14.0rc1; name one by its path"
    );
    assert_eq!(
        wanted.missing(&[]),
        "there is no Python 3.99t on this machine; found: none at all; name one by its path"
    );
}

#[test]
fn the_shortest_name_leads_back() {
    let machine = machine();
    let names = shortest_names(&machine);
    let of = |path: &str| {
        let index = machine.iter().position(|found| found.path == Path::new(path)).expect("it is there");
        names[index].as_deref()
    };
    let expected = [
        ("/a", Some("3.9")),
        ("/n", Some("3.12")),
        ("/b", Some("3.13.0")),
        ("/c", Some("3.13.0t")),
        ("/d", Some("3.13")),
        // The first of two that are alike, and the shared one, are preferred.
        ("/e", None),
        ("/o", None),
        ("/f", Some("3.13d")),
        ("/g", Some("3.13t")),
        ("/k", Some("3.13.6")),
        ("/l", Some("3.13.7")),
        ("/m", Some("3.13.7d")),
        ("/p", Some("3.13.9")),
        ("/j", Some("3.14")),
    ];
    for (path, name) in expected {
        assert_eq!(of(path), name, "{path}");
        if let Some(name) = name {
            let wanted: Wanted = name.parse().expect("a version");
            assert_eq!(wanted.best_of(&machine).map(|found| found.path.as_path()), Some(Path::new(path)));
        }
    }
}

#[rstest]
#[case("python", true)]
#[case("python3", true)]
#[case("python3.13td", true)]
#[case("python3.6m", true)]
#[case("python3-config", false)]
#[case("python3.13-gdb.py", false)]
#[case("pythonw", false)]
#[case("ipython3", false)]
fn the_name_of_a_python(#[case] name: &str, #[case] expected: bool) {
    assert_eq!(places::is_python(name), expected);
}

#[rstest]
#[case("libpython3.13.so", Some((3, 13)))]
#[case("libpython3.6m.so.1.0", Some((3, 6)))]
#[case("libpython3.13td.so.1.0", Some((3, 13)))]
#[case("libpython3.so", None)]
#[case("libpython3.13.a", None)]
#[case("libpython3.11-pic.a", None)]
#[case("libpypy3.9-c.so", None)]
fn the_line_is_in_the_name(#[case] name: &str, #[case] line: Option<(u16, u16)>) {
    assert_eq!(line_of_file(OsStr::new(name)), line);
}

/// A folder for temporary files, and where it really lies.
fn lab() -> (tempfile::TempDir, PathBuf) {
    let lab = tempfile::tempdir().expect("a folder for temporary files is writable");
    let root = fs::canonicalize(lab.path()).expect("it was just made");
    (lab, root)
}

#[test]
fn folders_come_from_the_environment() {
    let (_lab, root) = lab();
    let made = "home/.cache/pymem-conform/pythons/3.13t";
    let roots = ["home/.pyenv/versions/cpython-3.8.1", made, "uv/cpython-3.14", "opt/py", "shimmed/versions/3.9"];
    for (root, part) in
        roots.iter().map(|name| root.join(name)).flat_map(|root| ["bin", "lib"].map(|p| (root.clone(), p)))
    {
        fs::create_dir_all(root.join(part)).expect("the folder is writable");
    }
    for folder in ["bin", "shimmed/shims", "venv/bin"] {
        fs::create_dir_all(root.join(folder)).expect("the folder is writable");
    }
    fs::write(root.join("opt/py/bin/python3.9"), "").expect("the folder is writable");
    symlink(root.join("opt/py/bin/python3.9"), root.join("bin/python3")).expect("the folder is writable");
    let settings = format!("home = {}", root.join("opt/py/bin").display());
    fs::write(root.join("venv/pyvenv.cfg"), settings).expect("the folder is writable");
    let path = env::join_paths([root.join("bin"), root.join("shimmed/shims")]).expect("no colons here");
    let variables: HashMap<&str, OsString> = HashMap::from([
        ("HOME", root.join("home").into()),
        ("UV_PYTHON_INSTALL_DIR", root.join("uv").into()),
        ("VIRTUAL_ENV", root.join("venv").into()),
        ("PATH", path),
    ]);
    let places = places::here(|name| variables.get(name).cloned());
    let real = |folders: &[PathBuf]| folders.iter().filter_map(|f| fs::canonicalize(f).ok()).collect::<Vec<_>>();
    let (libraries, programs) = (real(&places.libraries), real(&places.programs));
    for expected in roots.map(|name| root.join(name)) {
        assert!(libraries.contains(&expected.join("lib")), "{expected:?} is not among {places:?}");
        assert!(programs.contains(&expected.join("bin")), "{expected:?} is not among {places:?}");
    }
    assert!(!programs.contains(&root.join("venv/bin")), "a virtual environment has no Python of its own");
}

#[test]
fn what_cannot_be_tested_is_left_out() {
    let (_lab, root) = lab();
    fs::write(root.join("libpython3.13.so.1.0"), "\x7fELF").expect("the folder is writable");
    fs::write(root.join("python3.13"), "#!/bin/sh\n").expect("the folder is writable");
    let folders = vec![root.clone(), "/no/such/folder".into()];
    let places = Places { libraries: folders.clone(), programs: folders };
    let around = Surroundings { loader_cache: "/no/such/file".into(), ..Surroundings::here() };
    assert_eq!(pythons_in(&places, &around, |_| true), []);
}
