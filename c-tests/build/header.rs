//! The first comment of a C file, which says what the library is:
//!
//! ```c
//! /*
//!  * about:  the third resize of a block loses its last byte
//!  * kind:   pymem
//!  * breaks: realloc.chain
//!  */
//! ```

use std::fs;
use std::path::Path;

/// The kinds of target that a C file can be.
const KINDS: [&str; 3] = ["pymem", "malloc", "vtable"];

/// What a C file says of itself.
pub struct Header {
    /// One sentence without its full stop.
    pub about: String,
    /// One of [`KINDS`].
    pub kind: String,
    /// The id of the clause that a mutant breaks.
    pub breaks: Option<String>,
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

    let (mut about, mut kind, mut breaks) = (None, None, None);
    for line in comment.lines() {
        let (key, value) = line
            .strip_prefix(" * ")
            .and_then(|line| line.split_once(':'))
            .ok_or_else(|| format!("not ` * key: value`: `{line}`"))?;
        let field = match key {
            "about" => &mut about,
            "kind" => &mut kind,
            "breaks" => &mut breaks,
            _ => return Err(format!("unknown key `{key}`")),
        };
        if field.replace(value.trim().to_owned()).is_some() {
            return Err(format!("`{key}` is written twice"));
        }
    }

    let kind = kind.ok_or("has no `kind`")?;
    if !KINDS.contains(&kind.as_str()) {
        return Err(format!("unknown kind `{kind}`; known: {}", KINDS.join(", ")));
    }
    Ok(Header { about: about.ok_or("has no `about`")?, kind, breaks })
}
