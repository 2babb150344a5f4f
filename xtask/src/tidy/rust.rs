//! Rust source reduced to what is compiled into a program.

/// The source with comments, the contents of texts, and items under
/// `#[cfg(test)]` turned into spaces; lines and columns stay.
pub fn code(source: &str) -> String {
    without_tests(&without_words(source))
}

/// Without comments and the contents of texts.
fn without_words(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (kept, blank) = piece(rest, first, out.chars().next_back());
        out += &rest[..kept];
        out.extend(rest[kept..blank].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[blank..];
    }
    out
}

/// How much of the text stays, and up to where it is then blanked.
fn piece(rest: &str, first: char, before: Option<char>) -> (usize, usize) {
    let after =
        |pattern: &str, from: usize| rest[from..].find(pattern).map_or(rest.len(), |at| from + at + pattern.len());
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return (0, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (0, block_comment(rest));
    }
    if let Some(hashes) = raw_text(rest).filter(|_| !in_word) {
        return (0, after(&format!("\"{}", "#".repeat(hashes)), rest.find('"').unwrap_or(0) + 1));
    }
    match first {
        '"' => (0, quoted(rest, '"')),
        // A lifetime has no closing quote behind its first character.
        '\'' if rest[1..].starts_with('\\') || rest[1..].chars().nth(1) == Some('\'') => (0, quoted(rest, '\'')),
        _ => (first.len_utf8(), first.len_utf8()),
    }
}

/// The end of a comment that may hold others.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The number of `#` if a raw text begins here.
fn raw_text(rest: &str) -> Option<usize> {
    let rest = rest.strip_prefix(['b', 'c']).unwrap_or(rest).strip_prefix('r')?;
    let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// The end of a text or a character, whose first byte is the quote.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Without items under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let Some(start) = code.find(MARK) else { return code.to_owned() };
    let mut depth = 0;
    let mut end = code.len();
    for (at, c) in code[start + MARK.len()..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (c == '}' || c == ';') && depth == 0 {
            end = start + MARK.len() + at + 1;
            break;
        }
    }
    let blank: String = code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    format!("{}{blank}{}", &code[..start], without_tests(&code[end..]))
}

/// The number of each line that holds one of `words`, with the word. A word
/// that begins or ends with a letter stands by itself: `kill` is not in `skill`.
pub fn uses<'w>(lines: &[(usize, String)], words: &'w [&'w str]) -> Vec<(usize, &'w str)> {
    let all = |(number, line): &(usize, String)| {
        let found = words.iter().filter(|word| holds(line, word)).map(|word| (*number, *word));
        found.collect::<Vec<_>>()
    };
    lines.iter().flat_map(all).collect()
}

fn holds(line: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let begins = !(is_letter(word.chars().next()) && is_letter(before.chars().next_back()));
        let ends = !(is_letter(word.chars().next_back()) && is_letter(after.chars().next()));
        begins && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezed(source: &str) -> String {
        code(source).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[rstest::rstest]
    #[case("a // b\nc", "a c")]
    #[case("a /* b /* c */ d */ e", "a e")]
    #[case(r#"a("b \" c"); d"#, "a( ); d")]
    #[case(r##"a(r#"b " c"#, br"d") e"##, "a( , ) e")]
    #[case(r"a('b', '\'', '\u{1}') c", "a( , , ) c")]
    #[case("fn a<'b>(c: &'b str)", "fn a<'b>(c: &'b str)")]
    #[case("a\n#[cfg(test)]\nmod tests { { unsafe } }\nb", "a b")]
    #[case("#[cfg(test)]\nmod tests;\nb", "b")]
    #[case("\"// no comment\" a", "a")]
    #[case("'\"' a '\"'", "a")]
    #[case("for r in x {} \"a\"", "for r in x {}")]
    fn only_code_is_left(#[case] source: &str, #[case] expected: &str) {
        assert_eq!(squeezed(source), expected);
    }

    #[test]
    fn lines_stay() {
        let source = "/* a\nb */ c\n\"d\ne\"\nf";
        assert_eq!(code(source).lines().count(), source.lines().count());
        assert_eq!(code(source).lines().last(), Some("f"));
    }

    #[rstest::rstest]
    #[case("sys::kill(1)", "sys::kill", true)]
    #[case("sys::killer(1)", "sys::kill", false)]
    #[case("skill", "kill", false)]
    #[case("libc::malloc(1)", "libc::", true)]
    #[case("mylibc::malloc(1)", "libc::", false)]
    fn words_stand_by_themselves(#[case] line: &str, #[case] word: &str, #[case] expected: bool) {
        assert_eq!(holds(line, word), expected);
    }
}
