//! How a command fails.

use std::fmt;

/// Why a command did not succeed.
#[derive(Debug)]
pub struct Failure {
    status: u8,
    sentence: String,
}

impl Failure {
    /// The command was called in a way that it does not know: status 2.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { status: 2, sentence: sentence.into() }
    }

    /// What the command was to do, or to find in order, is not: status 1.
    pub fn failed(sentence: impl Into<String>) -> Self {
        Self { status: 1, sentence: sentence.into() }
    }

    /// The suite could not be run at all: status 4, which is what it says itself
    /// of failures of its own.
    pub fn no_suite(sentence: impl Into<String>) -> Self {
        Self { status: 4, sentence: sentence.into() }
    }

    /// Something to test is not there, or cannot be tested: status 3.
    pub fn untestable(sentence: impl Into<String>) -> Self {
        Self { status: 3, sentence: sentence.into() }
    }

    /// The user ended it: status 130.
    pub fn interrupted() -> Self {
        Self { status: 130, sentence: "interrupted".into() }
    }

    /// What the suite ended with, told by its own status.
    pub fn of_suite(status: u8, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        self.status
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
