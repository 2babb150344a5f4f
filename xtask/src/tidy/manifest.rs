//! A manifest line by line: comments matter, and no parser keeps them.

/// A line of a manifest that is neither empty nor a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'m> {
    /// From 1.
    pub line: usize,
    /// The table it stands in, such as `dependencies`.
    pub table: &'m str,
    /// What stands before the first `=`, without what follows a dot.
    pub key: &'m str,
    /// Whether a comment stands on its line, right above it, or above the one
    /// other entry between.
    pub explained: bool,
}

impl Entry<'_> {
    /// Whether it is a dependency: for the program, its tests or its build.
    pub fn is_dependency(&self) -> bool {
        self.table.ends_with("dependencies")
    }
}

/// The entries of a manifest; lines that only go on with a value are left out.
pub fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let (mut table, mut since_comment) = ("", usize::MAX);
    for (index, line) in text.lines().enumerate() {
        let content = line.trim();
        if content.is_empty() {
            since_comment = usize::MAX;
        } else if content.starts_with('#') {
            since_comment = 0;
        } else if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            (table, since_comment) = (name, usize::MAX);
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with([' ', '\t'])) {
            since_comment = since_comment.saturating_add(1);
            let key = key.trim().split('.').next().unwrap_or_default();
            let beside = value.rsplit(['"', ']', '}']).next().is_some_and(|rest| rest.contains('#'));
            entries.push(Entry { line: index + 1, table, key, explained: beside || since_comment <= 2 });
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_explained_from_above_or_beside() {
        let text = "[package]\nname = \"a#b\"\n\n[dependencies]\n# Why.\na.workspace = true\nb = \"1\"\nc = \"1\"\n\
                    d = { version = \"1#\" }\ne = \"1\" # why\n\nf = [\n  \"x=y\",\n]\n[target.'cfg(x)'.dev-dependencies]\ng = \"1\"\n";
        let all = entries(text);
        let explained: Vec<_> = all.iter().filter(|entry| entry.explained).map(|entry| entry.key).collect();
        assert_eq!(explained, ["a", "b", "e"]);
        let dependencies: Vec<_> = all.iter().filter(|entry| entry.is_dependency()).map(|entry| entry.key).collect();
        assert_eq!(dependencies, ["a", "b", "c", "d", "e", "f", "g"]);
        assert_eq!((all[1].line, all[1].table), (6, "dependencies"));
    }
}
