//! A report reaches its file whole, or the file stays as it was.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use pymem_conform::report::destination::{Delivery, Destination};
use tempfile::TempDir;

#[test]
fn a_new_file_appears_with_the_report_and_not_before() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("new\n\u{1b}.json");
    let destination = Destination::file(&path).unwrap();
    assert!(!path.exists());
    assert_eq!(destination.write("report\n").unwrap(), Delivery::Complete);
    assert_eq!(fs::read_to_string(&path).unwrap(), "report\n");
    assert_eq!(names(&folder), 1);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o600, 0o600);
}

#[test]
fn an_old_file_keeps_its_contents_until_the_report_is_there() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "old.txt", "an older and longer report\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    drop(Destination::file(&path).unwrap());
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(&folder)), ("an older and longer report\n", 1));
    Destination::file(&path).unwrap().write("report\n").unwrap();
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(&folder)), ("report\n", 1));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_link_stays_a_link() {
    let folder = TempDir::new().unwrap();
    let old = file(&folder, "old.txt", "old\n");
    for (name, target) in [("live", old), ("dangling", folder.path().join("fresh.txt"))] {
        let link = folder.path().join(name);
        symlink(&target, &link).unwrap();
        Destination::file(&link).unwrap().write("report\n").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "report\n");
    }
}

#[test]
fn what_cannot_be_written_is_told_before_the_run() {
    let folder = TempDir::new().unwrap();
    let plain = file(&folder, "plain.txt", "");
    let cases = [
        (folder.path().join("no/such/report.txt"), "No such file or directory"),
        (folder.path().to_owned(), "Is a directory"),
        (plain.join("report.txt"), "Not a directory"),
        (Path::new("..").to_owned(), "Is a directory"),
        (folder.path().join("new/"), "is a directory"),
    ];
    for (path, cause) in cases {
        let error = Destination::file(&path).unwrap_err().to_string();
        assert!(error.starts_with(&format!("the report cannot be written to `{}`: ", path.display())), "{error}");
        assert!(error.contains(cause), "{error}");
    }
}

#[test]
fn names_are_escaped_in_errors() {
    let error = Destination::file(Path::new("/no\u{1b}[31m/such\nfile")).unwrap_err().to_string();
    assert!(error.contains("`/no\\x1b[31m/such\\nfile`"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_in_shared_memory_is_a_file() {
    let folder = TempDir::new_in("/dev/shm").unwrap();
    let path = file(&folder, "old.txt", "old\n");
    Destination::file(&path).unwrap().write("report\n").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "report\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_at_the_end() {
    let full = Destination::file(Path::new("/dev/full")).unwrap();
    let error = full.write("report\n").unwrap_err().to_string();
    assert!(error.starts_with("the report cannot be written to `/dev/full`: No space left"), "{error}");
    assert_eq!(Destination::file(Path::new("/dev/null")).unwrap().write("report\n").unwrap(), Delivery::Complete);
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_went_away_is_no_error() {
    use std::os::fd::AsRawFd as _;
    let (reader, writer) = std::io::pipe().unwrap();
    let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
    let destination = Destination::file(Path::new(&path)).unwrap();
    drop(reader);
    assert_eq!(destination.write("report\n").unwrap(), Delivery::ReaderGone);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_the_shell_holds_open_is_added_to() {
    use std::os::fd::AsRawFd as _;
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "redirected.txt", "before\n");
    let held = fs::File::options().append(true).open(&path).unwrap();
    let through = format!("/proc/self/fd/{}", held.as_raw_fd());
    Destination::file(Path::new(&through)).unwrap().write("report\n").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "before\nreport\n");
}

fn file(folder: &TempDir, name: &str, contents: &str) -> std::path::PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, contents).unwrap();
    path
}

fn names(folder: &TempDir) -> usize {
    fs::read_dir(folder).unwrap().count()
}
