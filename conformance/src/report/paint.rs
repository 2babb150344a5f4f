//! The few colours of the human report.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// A violation.
    Fail,
    /// A warning.
    Warn,
    /// A note.
    Note,
    /// All is well.
    Good,
    /// A heading or a clause's id.
    Strong,
    /// Less important than what stands around it.
    Faint,
}

/// Colours text where that is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    pub(super) color: bool,
}

impl Paint {
    /// `text`, coloured or not. Pad before painting: the codes have a length.
    pub(super) fn on(self, ink: Ink, text: impl Display) -> String {
        if !self.color {
            return text.to_string();
        }
        let style = match ink {
            Ink::Fail => AnsiColor::Red.on_default().bold(),
            Ink::Warn => AnsiColor::Yellow.on_default().bold(),
            Ink::Note => AnsiColor::Cyan.on_default().bold(),
            Ink::Good => AnsiColor::Green.on_default(),
            Ink::Strong => Style::new().bold(),
            Ink::Faint => Style::new().dimmed(),
        };
        format!("{style}{text}{style:#}")
    }
}

/// Breaks `text` into lines of at most `width` characters, at spaces where there are any.
/// Text of any shape becomes at least one line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push(String::new());
            used = 0;
        }
        let line = lines.last_mut().expect("starts with one line and only grows");
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("", 10, &[""])]
    #[case("  ", 10, &[""])]
    #[case("aa bb cc", 5, &["aa bb", "cc"])]
    #[case("aa bb cc", 4, &["aa", "bb", "cc"])]
    #[case("aa  bb", 5, &["aa bb"])]
    #[case("a b c d e", 3, &["a b", "c d", "e"])]
    #[case("too-long a b", 3, &["too-long", "a b"])]
    #[case("a too-long b", 3, &["a", "too-long", "b"])]
    #[case("a b", 0, &["a", "b"])]
    // Characters count, not bytes.
    #[case("ää ää", 5, &["ää ää"])]
    fn lines_break_at_spaces_and_are_as_long_as_may_be(
        #[case] text: &str,
        #[case] width: usize,
        #[case] expected: &[&str],
    ) {
        assert_eq!(wrap(text, width), expected);
    }

    #[test]
    fn each_meaning_has_its_own_colour_where_there_are_colours() {
        let inks = [Ink::Fail, Ink::Warn, Ink::Note, Ink::Good, Ink::Strong, Ink::Faint];
        let painted = |color| inks.map(|ink| Paint { color }.on(ink, "x"));
        assert_eq!(painted(false), ["x"; 6]);
        let coloured: std::collections::BTreeSet<_> = painted(true).into_iter().collect();
        assert_eq!(coloured.len(), 6);
        assert!(coloured.iter().all(|text| text.starts_with('\u{1b}') && text.ends_with("\u{1b}[0m")));
    }
}
