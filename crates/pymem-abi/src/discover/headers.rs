//! Folders with a `Python.h`.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use pymem_spec::{Build, Version};

use super::{Found, places};

/// Each once: beside the folders in which libraries are looked for.
pub fn headers() -> BTreeSet<PathBuf> {
    let places = places::here(|name| env::var_os(name));
    let beside = |place: PathBuf| ["../include", "../../include"].map(|include| place.join(include));
    let includes = places.libraries.into_iter().flat_map(beside);
    let folders = includes.flat_map(|include| places::folders(&include).collect::<Vec<_>>());
    folders.filter(|folder| is_python_3(folder)).filter_map(|folder| fs::canonicalize(folder).ok()).collect()
}

impl Found {
    /// The folder of its own `Python.h`, if that is installed.
    pub fn headers(&self) -> Option<PathBuf> {
        let above = self.path.ancestors().skip(2).take(3);
        let mut folders = above.flat_map(|root| places::folders(&root.join("include")).collect::<Vec<_>>());
        folders.find(|folder| is_python_3(folder) && is_of(folder, &self.version, &self.builds))
    }
}

fn is_python_3(folder: &Path) -> bool {
    name_of(folder).starts_with("python3") && folder.join("Python.h").is_file()
}

/// Whether a folder such as `python3.7m` or `python3.13td` is for this version and build.
fn is_of(folder: &Path, version: &Version, builds: &[Build]) -> bool {
    let line = format!("python{}.{}", version.major, version.minor);
    let name = name_of(folder);
    let Some(flags) = name.strip_prefix(&line).filter(|flags| flags.chars().all(|flag| "dmtu".contains(flag))) else {
        return false;
    };
    let agrees = |flag, build| flags.contains(flag) == builds.contains(&build);
    agrees('t', Build::FreeThreaded) && agrees('d', Build::Debug)
}

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("python3.7m", (3, 7), &[Build::Release, Build::Gil], true)]
    #[case("python3.13", (3, 13), &[Build::Release, Build::Gil], true)]
    #[case("python3.13t", (3, 13), &[Build::Release, Build::Gil], false)]
    #[case("python3.13t", (3, 13), &[Build::Release, Build::FreeThreaded], true)]
    #[case("python3.13td", (3, 13), &[Build::Debug, Build::FreeThreaded], true)]
    #[case("python3.1", (3, 13), &[Build::Release], false)]
    #[case("python3.13", (3, 1), &[Build::Release], false)]
    fn a_folder_is_for_one_build(
        #[case] name: &str,
        #[case] line: (u16, u16),
        #[case] builds: &[Build],
        #[case] is: bool,
    ) {
        assert_eq!(is_of(Path::new(name), &Version::new(line.0, line.1, 0), builds), is);
    }
}
