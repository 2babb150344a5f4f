//! Every lint, in the order in which it is told.

mod clause_words;
mod dependency_comments;
mod directions;
mod file_length;
mod foreign_code;
mod lint_table;
mod loading;
mod oracle;
mod processes;
mod spec;
mod unfinished;
mod whereabouts;

use super::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint { rule: "a file has at most 600 lines", check: file_length::check },
    Lint { rule: "crates depend on those read before them, never back", check: directions::check },
    Lint { rule: "every package takes the workspace's lints", check: lint_table::check },
    Lint { rule: "each dependency earns its line with a few words beside it", check: dependency_comments::check },
    Lint { rule: "only the sandbox forks, executes or signals", check: processes::check },
    Lint { rule: "only pymem-abi, pymem-ref and the worker call foreign code", check: foreign_code::check },
    Lint { rule: "only the worker loads the target", check: loading::check },
    Lint { rule: "the oracle judges what was recorded and never calls the target", check: oracle::check },
    Lint { rule: "pymem-spec knows no target and does no input or output", check: spec::check },
    Lint { rule: "a check's doc comment is its clause, not a place in a list", check: clause_words::check },
    Lint { rule: "nothing is left unfinished, and no test is left out", check: unfinished::check },
    Lint { rule: "the text says what is, not where or how it came about", check: whereabouts::check },
];

/// Whether a source is compiled for tests only, going by its place.
fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.contains("/benches/") || path.contains("/examples/")
}

/// A place that a rule excepts, and why.
struct Exception {
    /// A file, or a folder that ends in `/`.
    path: &'static str,
    #[expect(dead_code, reason = "for the reader")]
    because: &'static str,
}

impl Exception {
    const fn new(path: &'static str, because: &'static str) -> Self {
        Self { path, because }
    }

    fn covers(&self, path: &str) -> bool {
        if self.path.ends_with('/') { path.starts_with(self.path) } else { path == self.path }
    }
}
