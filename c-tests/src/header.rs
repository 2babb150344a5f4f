//! The first comment of a C file, which says what is made of it:
//!
//! ```c
//! /*
//!  * about:  the third resize of a block loses its last byte
//!  * kind:   pymem
//!  * breaks: realloc.chain
//!  */
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What such a comment can say:
///
/// - `about`: one sentence without its full stop;
/// - `kind`: one of [`KINDS`]; a part of a Python has none;
/// - `breaks`: the id of the clause that a mutant breaks;
/// - `dies`: why the process that calls a mutant dies, where that is how its defect shows;
/// - `control`: what a sound one is held against the mutants for;
/// - `judged`: globs of the clauses that are judged of an allocator too slow for all of them;
/// - `asked`: clauses that the probe asks about an allocator too slow for all its questions;
/// - `replaces`: the functions that a part of a Python takes the place of;
/// - `hides`: the functions that such a Python has, but does not export;
/// - `python`: the Python that a part is for, as `python:` names one; the newest where it says nothing.
const KEYS: [&str; 10] =
    ["about", "kind", "breaks", "dies", "control", "judged", "asked", "replaces", "hides", "python"];

/// The kinds of target that a C file can be.
const KINDS: [&str; 3] = ["pymem", "malloc", "vtable"];

/// What a C file says of itself.
pub struct Header(BTreeMap<String, String>);

impl Header {
    /// What it says of `key`.
    pub fn of(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The words that it says of `key`.
    pub fn words(&self, key: &str) -> Vec<String> {
        self.of(key).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    }
}

/// Reads the header of `source`.
///
/// # Errors
///
/// A sentence on what is missing, unknown or written twice.
pub fn read(source: &Path) -> Result<Header, String> {
    let text = fs::read_to_string(source).map_err(|error| error.to_string())?;
    let (comment, _) = text
        .strip_prefix("/*\n")
        .and_then(|rest| rest.split_once(" */\n"))
        .ok_or("does not start with a header comment")?;

    let mut header = Header(BTreeMap::new());
    for line in comment.lines() {
        let (key, value) = line
            .strip_prefix(" * ")
            .and_then(|line| line.split_once(':'))
            .ok_or_else(|| format!("not ` * key: value`: `{line}`"))?;
        if !KEYS.contains(&key) {
            return Err(format!("unknown key `{key}`"));
        }
        if header.0.insert(key.to_owned(), value.trim().to_owned()).is_some() {
            return Err(format!("`{key}` is written twice"));
        }
    }

    header.of("about").ok_or("has no `about`")?;
    match (header.of("kind"), header.of("replaces").or(header.of("hides"))) {
        (Some(kind), None) if KINDS.contains(&kind) => Ok(header),
        (Some(kind), None) => Err(format!("unknown kind `{kind}`; known: {}", KINDS.join(", "))),
        (None, Some(_)) => Ok(header),
        _ => Err("an allocator has a `kind`, a part of a Python `replaces` or `hides` something".to_owned()),
    }
}
