//! Text for people.

/// Lines of at most `width` characters, unless a single word is longer.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `1 clause`, `2 clauses`.
pub fn plural(count: usize, noun: &str) -> String {
    let ending = match count {
        1 => "",
        _ if noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{count} {noun}{ending}")
}

/// With nothing in it that steers a terminal.
pub fn escape(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping() {
        assert_eq!(wrap("a bb ccc dddddd e", 5), ["a bb", "ccc", "dddddd", "e"]);
        assert_eq!(wrap("aa bb", 5), ["aa bb"]);
        assert!(wrap(" ", 5).is_empty());
    }

    #[test]
    fn what_steers_a_terminal_is_spelt_out() {
        assert_eq!(escape("é ✓\x1b[31m\n"), "é ✓\\u{1b}[31m\\n");
    }
}
