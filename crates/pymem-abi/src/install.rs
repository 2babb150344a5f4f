//! How the parts of a Python lie to each other: virtual environments and build trees.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Names of the executable in a folder `bin`.
pub(crate) const PROGRAMS: [&str; 2] = ["python", "python3"];

/// The folder of the executable that a virtual environment was made from: `home` in its `pyvenv.cfg`, which lies
/// beside `program` or above. None for a program in no virtual environment.
pub fn home_of_virtual_environment(program: &Path) -> Option<PathBuf> {
    let folders = program.ancestors().skip(1).take(2);
    let text = folders.map(|folder| folder.join("pyvenv.cfg")).find_map(|file| head(&file).ok())?;
    let home = text.split(|&byte| byte == b'\n').find_map(home_in)?;
    Some(PathBuf::from(OsStr::from_bytes(home))).filter(|home| home.is_absolute())
}

/// Whether CPython was built in this folder. What lies there is not installed: its modules are elsewhere.
pub fn is_build_tree(folder: &Path) -> bool {
    ["pybuilddir.txt", "Modules/Setup.local"].iter().any(|file| folder.join(file).is_file())
}

fn home_in(line: &[u8]) -> Option<&[u8]> {
    let (key, value) = line.split_at_checked(memchr::memchr(b'=', line)?)?;
    key.trim_ascii().eq_ignore_ascii_case(b"home").then(|| value[1..].trim_ascii())
}

/// The beginning of a regular file, more of which no file of settings has.
pub(crate) fn head(file: &Path) -> io::Result<Vec<u8>> {
    const LONGEST: u64 = 64 << 10;
    if !fs::metadata(file)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::open(file)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("home = /opt/py/bin\nversion = 3.13.0\n", Some("/opt/py/bin"))]
    #[case("version = 3\r\nHOME=/a = b/bin \r\n", Some("/a = b/bin"))]
    #[case("homes = /x\n", None)]
    #[case("home\n", None)]
    #[case("home = bin\n", None)]
    #[case("", None)]
    fn the_home_is_in_the_settings(
        #[case] text: &str,
        #[case] home: Option<&str>,
        #[values("pyvenv.cfg", "bin/pyvenv.cfg")] place: &str,
    ) {
        let folder = tempfile::tempdir().expect("a folder for temporary files is writable");
        fs::create_dir(folder.path().join("bin")).expect("the folder is writable");
        fs::write(folder.path().join(place), text).expect("the folder is writable");
        let program = folder.path().join("bin/python");
        assert_eq!(home_of_virtual_environment(&program), home.map(PathBuf::from));
    }
}
