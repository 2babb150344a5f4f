//! Bytes of a foreign file as text for a person.

use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Longer names are cut: a hostile file may hold one of megabytes.
const LONGEST: usize = 120;

/// `bytes` with everything escaped that a terminal or a report could trip over:
/// control characters and what is not UTF-8, as `\xNN`.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    let cut = &bytes[..bytes.len().min(LONGEST)];
    let mut text = escape_all(cut);
    if cut.len() < bytes.len() {
        text.push_str("...");
    }
    text
}

/// A path for a message, whole and escaped.
pub(crate) fn escaped_path(path: &Path) -> String {
    escape_all(path.as_os_str().as_bytes())
}

/// A text of the system's that may quote names of the file.
pub(crate) fn escaped_whole(text: &str) -> String {
    escape_all(text.as_bytes())
}

fn escape_all(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_harmless(c) { text.push(c) } else { c.to_string().bytes().for_each(|byte| escape(&mut text, byte)) }
        }
        chunk.invalid().iter().for_each(|&byte| escape(&mut text, byte));
    }
    text
}

/// Controls move the cursor; the bidirectional and invisible characters make a
/// line read as another.
fn is_harmless(c: char) -> bool {
    let invisible =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !c.is_control() && !invisible
}

fn escape(text: &mut String, byte: u8) {
    write!(text, "\\x{byte:02x}").expect("writing to a String does not fail");
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"libfoo.so.1", "libfoo.so.1")]
    #[case("größe".as_bytes(), "größe")]
    #[case(b"\x1b[31m", "\\x1b[31m")]
    #[case(b"a\xffb", "a\\xffb")]
    #[case("a\u{202e}b".as_bytes(), "a\\xe2\\x80\\xaeb")]
    #[case(&[b'a'; 200], &("a".repeat(120) + "..."))]
    fn escapes_what_a_terminal_trips_over(#[case] bytes: &[u8], #[case] expected: &str) {
        assert_eq!(escaped(bytes), expected);
    }
}
