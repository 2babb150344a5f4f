//! The Pythons of a machine for people: a line each.

use pymem_abi::text::escape_bytes;
use pymem_spec::Build;

use super::Python;

const TITLES: [&str; 6] = ["target", "version", "build", "form", "file", "program"];

/// What is not said where all is as usual.
const USUAL: [Build; 3] = [Build::Release, Build::Gil, Build::NoMimalloc];

/// A table with a line of titles; nothing where there is no Python.
pub fn render(pythons: &[Python]) -> String {
    if pythons.is_empty() {
        return String::new();
    }
    let rows: Vec<_> = [TITLES.map(str::to_owned)].into_iter().chain(pythons.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn row(python: &Python) -> [String; 6] {
    let found = &python.found;
    let path = escape_bytes(found.path.as_os_str().as_encoded_bytes());
    let program = found.program.as_ref().map(|program| escape_bytes(program.as_os_str().as_encoded_bytes()));
    let is_same = program.as_ref() == Some(&path);
    [
        python.name.clone().unwrap_or_else(|| "by its file".to_owned()),
        found.version.to_string(),
        builds(&found.builds),
        if found.is_shared { "shared" } else { "static" }.to_owned(),
        path,
        program.filter(|_| !is_same).unwrap_or_else(|| if is_same { "itself" } else { "none" }.to_owned()),
    ]
}

fn builds(builds: &[Build]) -> String {
    let words: Vec<_> = builds.iter().filter(|build| !USUAL.contains(build)).map(|build| build.as_str()).collect();
    if words.is_empty() { "release".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn some_of_each_kind() {
        insta::assert_snapshot!("human", render(&samples::pythons()));
        assert_eq!(render(&[]), "");
    }
}
