//! The files of `spec/`, by name.

/// A macro only so that name and path cannot drift apart.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../", $name)))),+]
    };
}

/// Every file of `spec/`; a test holds this table against the directory.
pub(crate) const FILES: &[(&str, &str)] = files![
    "spec/releases.toml",
    "spec/driving.toml",
    "spec/params.toml",
    "spec/symbols.toml",
    "spec/zero-size.toml",
    "spec/alignment.toml",
    "spec/limits.toml",
    "spec/malloc.toml",
    "spec/calloc.toml",
    "spec/realloc.toml",
    "spec/free.toml",
    "spec/integrity.toml",
    "spec/domains.toml",
    "spec/callers.toml",
    "spec/defaults.toml",
    "spec/customize.toml",
    "spec/inside.toml",
    "spec/debug-hooks.toml",
    "spec/debug-reports.toml",
    "spec/debug-edges.toml",
    "spec/arenas.toml",
    "spec/pymalloc.toml",
    "spec/mimalloc.toml",
    "spec/tracemalloc.toml",
    "spec/objects.toml",
    "spec/macros.toml",
    "spec/threads.toml",
    "spec/resources.toml",
    "spec/environment.toml",
    "spec/lifecycle.toml",
    "spec/robustness.toml",
];

#[cfg(test)]
mod tests {
    use super::FILES;

    #[test]
    fn every_file_of_the_directory_is_embedded() {
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
        let mut found: Vec<_> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| format!("spec/{}", entry.unwrap().file_name().into_string().unwrap()))
            .filter(|name| name.ends_with(".toml"))
            .collect();
        found.sort();
        let mut embedded: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
        embedded.sort();
        assert_eq!(embedded, found);
    }
}
