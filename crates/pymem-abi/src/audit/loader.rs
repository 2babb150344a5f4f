//! Where the loader finds a library that an executable needs: by `DT_RPATH`, `LD_LIBRARY_PATH`, `DT_RUNPATH`,
//! ldconfig's cache and the default folders, in this order. Folders of variants for newer processors are left out,
//! for nobody puts a Python there.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use object::elf;

use super::format;
use super::image::Image;
use super::surroundings::Surroundings;
use crate::install;

mod cache;

pub(super) use cache::listed;

/// An executable that needs a library.
pub(super) struct Needing<'a> {
    pub(super) image: &'a Image<'a>,
    /// Its file, links resolved: its folder is `$ORIGIN`.
    pub(super) executable: &'a Path,
    /// As it is started.
    pub(super) program: &'a Path,
}

/// The library `name` for `needing`; where the loader finds none, that which its makers meant it to have.
pub(super) fn find(name: &str, needing: &Needing<'_>, around: &Surroundings<'_>) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(around.folder.join(name)).filter(|path| is_loadable(path));
    }
    let origin = needing.executable.parent()?;
    let inherited = around.set("LD_LIBRARY_PATH").unwrap_or_default();
    let inherited = folders(inherited.as_bytes(), b":;", origin);
    let listed = || listed(&around.loader_cache).into_iter().filter(|(listed, _)| listed == name);
    first(name, run_path(needing.image, elf::DT_RPATH, origin).into_iter().chain(inherited), around)
        .or_else(|| first(name, run_path(needing.image, elf::DT_RUNPATH, origin), around))
        .or_else(|| listed().map(|(_, path)| path).find(|path| is_loadable(path)))
        .or_else(|| first(name, default_folders(), around))
        .or_else(|| first(name, meant(needing, origin), around))
}

/// Folders for an executable that was moved away from its library, or not installed yet.
fn meant(needing: &Needing<'_>, origin: &Path) -> Vec<PathBuf> {
    let mut folders = vec![origin.join("../lib")];
    if install::is_build_tree(origin) {
        folders.push(origin.to_owned());
    }
    // A copy in a virtual environment has the run path of the original.
    if let Some(home) = install::home_of_virtual_environment(needing.program) {
        folders.extend(run_path(needing.image, elf::DT_RPATH, &home));
        folders.extend(run_path(needing.image, elf::DT_RUNPATH, &home));
        folders.extend([home.join("../lib"), home]);
    }
    folders
}

/// The folders of `tag`; none of `DT_RPATH` where a `DT_RUNPATH` stands beside it.
fn run_path(image: &Image<'_>, tag: elf::DynamicTag, origin: &Path) -> Vec<PathBuf> {
    if tag == elf::DT_RPATH && image.text(elf::DT_RUNPATH).is_some() {
        return vec![];
    }
    folders(image.text(tag).unwrap_or_default(), b":", origin)
}

/// An empty entry is the current folder, as the loader has it; an empty list has none.
fn folders(list: &[u8], separators: &[u8], origin: &Path) -> Vec<PathBuf> {
    if list.is_empty() {
        return vec![];
    }
    list.split(|byte| separators.contains(byte)).map(|entry| expanded(entry, origin)).collect()
}

/// With the folder in the place of `$ORIGIN`.
fn expanded(entry: &[u8], origin: &Path) -> PathBuf {
    let mut path = Vec::new();
    let mut rest = entry;
    while let Some((&first, after)) = rest.split_first() {
        let token = ["${ORIGIN}", "$ORIGIN"].into_iter().find(|token| rest.starts_with(token.as_bytes()));
        if let Some(token) = token {
            path.extend(origin.as_os_str().as_bytes());
            rest = &rest[token.len()..];
        } else {
            path.push(first);
            rest = after;
        }
    }
    OsString::from_vec(path).into()
}

fn default_folders() -> impl Iterator<Item = PathBuf> {
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let debian = ["/lib", "/usr/lib"].map(|folder| Path::new(folder).join(&multiarch));
    debian.into_iter().chain(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(PathBuf::from))
}

fn first(name: &str, folders: impl IntoIterator<Item = PathBuf>, around: &Surroundings<'_>) -> Option<PathBuf> {
    folders.into_iter().map(|folder| around.folder.join(folder).join(name)).find(|path| is_loadable(path))
}

/// Whether the loader stops its search there: it goes on where a file is for another machine.
fn is_loadable(path: &Path) -> bool {
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let mut head = [0; 64];
    is_file
        && match File::open(path).and_then(|mut file| file.read(&mut head)) {
            Ok(len) => !head[..len].starts_with(&elf::ELFMAG) || format::refuse_other_platforms(&head[..len]).is_ok(),
            Err(_) => true,
        }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("$ORIGIN/../lib", "/a b/bin/../lib")]
    #[case("${ORIGIN}", "/a b/bin")]
    #[case("/x/$ORIGIN/${ORIGIN}y", "/x//a b/bin//a b/biny")]
    #[case("/plain", "/plain")]
    #[case("$LIB/${", "$LIB/${")]
    fn the_origin_is_put_in(#[case] entry: &str, #[case] expected: &str) {
        assert_eq!(expanded(entry.as_bytes(), Path::new("/a b/bin")).as_os_str(), OsStr::new(expected));
    }

    #[rstest]
    #[case("", &[])]
    #[case("/a", &["/a"])]
    #[case("/a::/b", &["/a", "", "/b"])]
    fn an_empty_entry_counts(#[case] list: &str, #[case] expected: &[&str]) {
        let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
        assert_eq!(folders(list.as_bytes(), b":", Path::new("/")), expected);
    }
}
