//! Choosing among libraries, and the folders they are looked for in.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;

use rstest::rstest;

use super::*;

fn found(path: &str, version: &str, builds: &[Build]) -> Found {
    Found { path: path.into(), version: version.parse().expect("a version"), builds: builds.to_vec() }
}

/// A machine with something of everything, in the order of [`pythons`].
fn machine() -> Vec<Found> {
    vec![
        found("/a", "3.9.18", &[Build::Release, Build::Gil]),
        found("/b", "3.13.0", &[Build::Release, Build::Gil]),
        found("/c", "3.13.0", &[Build::Release, Build::FreeThreaded]),
        found("/d", "3.13.2", &[Build::Release, Build::Gil]),
        found("/e", "3.13.2", &[Build::Release, Build::Gil]),
        found("/f", "3.13.3", &[Build::Debug, Build::Gil]),
        found("/g", "3.13.4", &[Build::Release, Build::FreeThreaded]),
        found("/h", "3.13.5", &[Build::Debug, Build::FreeThreaded]),
        found("/k", "3.13.6", &[Build::Release, Build::Gil, Build::NoPymalloc]),
        found("/l", "3.13.7", &[Build::Release, Build::Gil, Build::NoPymalloc, Build::NoMimalloc]),
        found("/m", "3.13.7", &[Build::Debug, Build::Gil, Build::SerialNumber]),
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
        "there is no shared library of Python 3.99t on this machine; found: 3.9.18, 3.13.0, 3.13.0t, 3.13.2, 3.13.3d, \
         3.13.4t, 3.13.5td, 3.13.6-no-pymalloc, 3.13.7-no-pymalloc, 3.13.7d-serial-number, 3.14.0a2, 3.14.0rc1; name one by its path"
    );
    assert_eq!(
        wanted.missing(&[]),
        "there is no shared library of Python 3.99t on this machine; found: none at all; name one by its path"
    );
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

#[test]
fn folders_come_from_the_environment() {
    let root = tempfile::tempdir().expect("a folder for temporary files is writable");
    let root = fs::canonicalize(root.path()).expect("it was just made");
    let made = "home/.cache/pymem-conform/pythons/3.13t/lib";
    for folder in
        ["home/.pyenv/versions/cpython-3.8.1/lib", made, "uv/cpython-3.14/lib", "opt/py/bin", "opt/py/lib", "bin"]
    {
        fs::create_dir_all(root.join(folder)).expect("the folder is writable");
    }
    fs::write(root.join("opt/py/bin/python3.9"), "").expect("the folder is writable");
    symlink(root.join("opt/py/bin/python3.9"), root.join("bin/python3")).expect("the folder is writable");
    let variables: HashMap<&str, OsString> = HashMap::from([
        ("HOME", root.join("home").into()),
        ("UV_PYTHON_INSTALL_DIR", root.join("uv").into()),
        ("PATH", root.join("bin").into()),
    ]);
    let places = places::here(|name| variables.get(name).cloned());
    let real: Vec<PathBuf> = places.iter().filter_map(|place| fs::canonicalize(place).ok()).collect();
    for expected in ["home/.pyenv/versions/cpython-3.8.1/lib", made, "uv/cpython-3.14/lib", "opt/py/lib"] {
        assert!(real.contains(&root.join(expected)), "{expected} is not among {places:?}");
    }
}

#[test]
fn what_cannot_be_tested_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder for temporary files is writable");
    fs::write(folder.path().join("libpython3.13.so.1.0"), "\x7fELF").expect("the folder is writable");
    assert_eq!(pythons_in(&[folder.path().to_owned(), "/no/such/folder".into()], |_| true), []);
}
