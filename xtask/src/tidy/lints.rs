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

/// A lint of the module that is named, so that none comes without a fixture.
macro_rules! lint {
    ($module:ident: $rule:literal) => {
        Lint {
            rule: $rule,
            check: $module::check,
            #[cfg(test)]
            fixture: $module::fixture,
        }
    };
}

pub(super) const LINTS: &[Lint] = &[
    lint!(file_length: "a file has at most 600 lines"),
    lint!(directions: "crates depend on those read before them, never back"),
    lint!(lint_table: "every package takes the workspace's lints"),
    lint!(dependency_comments: "each dependency earns its line with a few words beside it"),
    lint!(processes: "only the sandbox forks, executes or signals"),
    lint!(foreign_code: "only pymem-abi, pymem-ref and the worker call foreign code"),
    lint!(loading: "one place loads what is under test"),
    lint!(oracle: "the oracle judges what was recorded and never calls the target"),
    lint!(spec: "pymem-spec knows no target and does no input or output"),
    lint!(clause_words: "a check's doc comment is its clause, not a place in a list"),
    lint!(unfinished: "nothing is left unfinished, and no test is left out"),
    lint!(whereabouts: "the text says what is, not where or how it came about"),
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

/// A text in which the words that nothing here may hold are in two halves, as
/// a snapshot needs them.
#[cfg(test)]
pub(super) fn apart(text: &str) -> String {
    let words = unfinished::MARKS.iter().chain(whereabouts::WORDS);
    words.fold(text.to_owned(), |text, (first, second)| {
        text.replace(&format!("{first}{second}"), &format!("{first}~{second}"))
    })
}
