//! The Pythons of a machine for programs.

use std::path::Path;

use pymem_abi::text::name_of;
use pymem_spec::{Build, Version};
use serde::Serialize;

use super::Python;

/// An array of objects, with a newline.
pub fn render(pythons: &[Python]) -> String {
    let entries: Vec<Entry<'_>> = pythons.iter().map(Entry::of).collect();
    serde_json::to_string_pretty(&entries).expect("texts and lists become JSON") + "\n"
}

#[derive(Serialize)]
struct Entry<'p> {
    target: Option<&'p str>,
    version: Version,
    build: &'p [Build],
    is_shared: bool,
    path: String,
    program: Option<String>,
}

impl<'p> Entry<'p> {
    fn of(python: &'p Python) -> Self {
        let text = |path: &Path| name_of(path.as_os_str());
        Self {
            target: python.name.as_deref(),
            version: python.found.version,
            build: &python.found.builds,
            is_shared: python.found.is_shared,
            path: text(&python.found.path),
            program: python.found.program.as_deref().map(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn some_of_each_kind() {
        insta::assert_snapshot!("json", render(&samples::pythons()[1..3]));
        assert_eq!(render(&[]), "[]\n");
    }
}
