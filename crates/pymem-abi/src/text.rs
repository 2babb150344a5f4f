//! Texts of the target, of file names and of arguments made safe to show.
//!
//! A terminal obeys control characters and a reader is misled by invisible or
//! direction-changing ones, so none of them is printed as it came.

use std::ffi::OsStr;

/// `text` on one line, with everything that a terminal would obey or hide
/// written as `\n`, `\r`, `\t`, `\xNN` or `\u{NNNN}`. A backslash stays as it
/// is, so escaping twice is the same as escaping once.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut out, c));
    out
}

/// As [`escape`], for bytes: what is not UTF-8 becomes `\xNN`.
pub fn escape_bytes(bytes: &[u8]) -> String {
    escape(&lossless(bytes))
}

/// As [`escape_bytes`], cut: a hostile file may hold a name of megabytes.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    /// Bytes that are shown.
    const LONGEST: usize = 120;
    let mut text = escape_bytes(&bytes[..bytes.len().min(LONGEST)]);
    if bytes.len() > LONGEST {
        text.push_str("...");
    }
    text
}

/// An argument as a report names it: as given, with bytes that are not UTF-8 as
/// `\xNN`. Not yet safe for a terminal.
pub fn name_of(argument: &OsStr) -> String {
    lossless(argument.as_encoded_bytes())
}

fn lossless(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
        c if c.is_control() || is_invisible(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        c => out.push(c),
    }
}

/// Formatting characters without a glyph of their own: direction marks and
/// overrides, joiners, separators, variation selectors, language tags.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        assert_eq!(escape("a\nb\r\tc\0\x07\x1b[31m\x7f\u{9b}1m"), "a\\nb\\r\\tc\\x00\\x07\\x1b[31m\\x7f\\u{9b}1m");
        assert_eq!(escape("lib\u{202e}os.\u{2066}x\u{200b}"), "lib\\u{202e}os.\\u{2066}x\\u{200b}");
    }

    #[test]
    fn what_a_reader_can_see_stays() {
        let text = "b3 \\x41 é 日本 \u{1f40d} `q` \"q\"";
        assert_eq!(escape(text), text);
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(excerpt(&[b'a'; 120]), "a".repeat(120));
        assert_eq!(excerpt(&[b'a'; 200]), "a".repeat(120) + "...");
    }

    #[test]
    fn twice_is_once() {
        let once = escape_bytes(b"\xff\x1b\n\\");
        assert_eq!(once, "\\xff\\x1b\\n\\");
        assert_eq!(escape(&once), once);
    }

    #[test]
    fn a_name_keeps_all_but_invalid_bytes() {
        assert_eq!(lossless(b"a\nb\xffc\xc3\xa9\xe2\x82"), "a\nb\\xffcé\\xe2\\x82");
    }
}
