//! The files that lints look at.

use std::path::Path;

use super::rust;

/// Folders that hold what was built, or belong to version control.
const NOT_OURS: [&str; 3] = ["target", ".git", "pymem-conform-witnesses"];

/// Text files of a repository, by path.
pub struct Tree {
    files: Vec<File>,
}

/// A text file.
pub struct File {
    /// From the repository's folder, with `/`.
    pub path: String,
    /// Its text; what is not UTF-8 in it is replaced.
    pub text: String,
}

impl Tree {
    /// The files below `root`.
    ///
    /// # Errors
    ///
    /// A sentence that names what cannot be read.
    pub fn read(root: &Path) -> Result<Self, String> {
        let mut files = Vec::new();
        walk(root, root, &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    /// A tree made up for a test.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        Self { files: files.iter().map(file).collect() }
    }

    /// All of them.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// The Rust sources below a folder, `""` for all.
    pub fn sources<'t>(&'t self, folder: &'t str) -> impl Iterator<Item = &'t File> {
        self.files().filter(move |file| file.path.starts_with(folder) && file.path.ends_with(".rs"))
    }

    /// The manifests of all packages, and of the workspace.
    pub fn manifests(&self) -> impl Iterator<Item = &File> {
        self.files().filter(|file| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml"))
    }
}

impl File {
    /// Number, from 1, and text of each line.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The same of its code: without comments, texts and unit tests.
    pub fn code_lines(&self) -> Vec<(usize, String)> {
        rust::code(&self.text).lines().enumerate().map(|(index, line)| (index + 1, line.to_owned())).collect()
    }
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<(), String> {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let entry = entry.map_err(|error| failed(folder, error))?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let kind = entry.file_type().map_err(|error| failed(&path, error))?;
        if kind.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                walk(root, &path, files)?;
            }
        } else if kind.is_file() && !name.ends_with(".snap.new") {
            let bytes = std::fs::read(&path).map_err(|error| failed(&path, error))?;
            let path = path.strip_prefix(root).expect("it lies below").to_string_lossy().into_owned();
            files.push(File { path, text: String::from_utf8_lossy(&bytes).into_owned() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_read_without_what_was_built() {
        let tree = Tree::read(crate::repository::root()).unwrap();
        let has = |path: &str| tree.files().any(|file| file.path == path);
        assert!(has("Cargo.toml") && has("xtask/src/tidy/tree.rs") && has(".cargo/config.toml"));
        assert!(!tree.files().any(|file| file.path.starts_with("target/") || file.path.starts_with(".git/")));
        assert!(tree.manifests().count() > 6);
    }
}
