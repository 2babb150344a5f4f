//! What is wrong with a file of `spec/`.

use std::fmt;

/// One fault, displayed as `spec/zero-size.toml:12: unknown field …; did you mean …?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecError {
    /// The file as it is called in the repository.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// Every fault that was found, one a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecErrors(pub Vec<SpecError>);

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl fmt::Display for SpecErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(SpecError::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for SpecError {}
impl std::error::Error for SpecErrors {}
