//! What is wrong with a block that an interpreter got, or gave back.

use std::fmt;

use pymem_abi::symbols::Function;
use pymem_spec::Domain;
use serde::{Deserialize, Serialize};

/// A call after which something does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The function that was called.
    pub function: Function,
    /// In which domain.
    pub domain: Domain,
    /// Bytes asked for; nothing of a free.
    pub size: usize,
    /// What does not hold.
    pub what: What,
    /// The innermost line of Python that was run, where that is known.
    pub line: Option<String>,
}

/// What does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// The address is not a multiple of what this size needs.
    Misaligned {
        /// What it needs, in bytes.
        needed: usize,
        /// The largest power of two that divides it.
        found: usize,
    },
    /// Some of its bytes belong to another live block.
    Overlaps,
    /// A byte of calloc's is not zero.
    NotZero {
        /// The first of them.
        at: usize,
    },
    /// The first bytes of a resized block are not what they were.
    Changed,
    /// They are not, though the request was refused.
    ChangedByRefusal,
    /// A request for no bytes was refused.
    NullForNothing,
    /// The block was given by another domain.
    OtherDomain {
        /// That domain.
        giver: Domain,
    },
    /// The block was given back before.
    FreedBefore,
}

impl What {
    /// Whether the program broke a rule, and not the allocator.
    pub fn is_the_programs(self) -> bool {
        matches!(self, Self::OtherDomain { .. } | Self::FreedBefore)
    }

    /// Its place among the kinds.
    pub(super) fn number(self) -> usize {
        match self {
            Self::Misaligned { .. } => 0,
            Self::Overlaps => 1,
            Self::NotZero { .. } => 2,
            Self::Changed => 3,
            Self::ChangedByRefusal => 4,
            Self::NullForNothing => 5,
            Self::OtherDomain { .. } => 6,
            Self::FreedBefore => 7,
        }
    }

    /// What had to hold.
    pub fn expected(self) -> String {
        match self {
            Self::Misaligned { needed, .. } => format!("an address that is a multiple of {needed}"),
            Self::Overlaps => "memory that belongs to no other live block".into(),
            Self::NotZero { .. } => "zeroed memory".into(),
            Self::Changed => "the contents that a block had before it was resized".into(),
            Self::ChangedByRefusal => "the contents that a block had before its resizing was refused".into(),
            Self::NullForNothing => "a block for a request for no bytes".into(),
            Self::OtherDomain { .. } => "a block of this domain".into(),
            Self::FreedBefore => "a block that was not given back before".into(),
        }
    }

    /// What was found.
    pub fn actual(self) -> String {
        match self {
            Self::Misaligned { found, .. } => format!("a multiple of {found} only"),
            Self::Overlaps => "it overlaps a live block".into(),
            Self::NotZero { at } => format!("byte {at} is not zero"),
            Self::Changed | Self::ChangedByRefusal => "they changed".into(),
            Self::NullForNothing => "NULL".into(),
            Self::OtherDomain { giver } => format!("{giver} gave it"),
            Self::FreedBefore => "it was given back before".into(),
        }
    }
}

impl Violation {
    /// The call, and the line of Python in which it was made.
    pub fn call(&self) -> String {
        let line = self.line.as_ref().map(|line| format!(" at {line}")).unwrap_or_default();
        match self.function {
            Function::Free => format!("{}.free(block){line}", self.domain),
            function => format!("{}.{}({}){line}", self.domain, function.as_str(), self.size),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}; {}", self.call(), self.what.expected(), self.what.actual())
    }
}
