//! Patterns over clause ids.

/// Whether `pattern` matches the whole of `text`: `*` stands for any run of
/// characters, the empty one included, and `?` for exactly one. Nothing is escaped.
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Only the last star can need another try: whatever an earlier one could swallow
    // more, the last one can swallow too.
    let mut last_star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                last_star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star, swallowed)) = last_star else { return false };
                last_star = Some((star, swallowed + 1));
                p = star + 1;
                t = swallowed + 1;
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("malloc.large", "malloc.large", true)]
    #[case("malloc.*", "malloc.large", true)]
    #[case("malloc.*", "malloc", false)]
    #[case("*.large", "calloc.large", true)]
    #[case("?alloc.large", "malloc.large", true)]
    #[case("?alloc.large", "realloc.large", false)]
    #[case("*", "", true)]
    #[case("?", "", false)]
    #[case("", "x", false)]
    #[case("*a*b", "xaxxb", true)]
    #[case("*a*b", "xaxxbc", false)]
    #[case("free", "free.null", false)]
    fn table(#[case] pattern: &str, #[case] text: &str, #[case] expected: bool) {
        assert_eq!(glob_matches(pattern, text), expected);
    }

    /// The definition, without regard to cost.
    fn model(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|skip| model(rest, &text[skip..])),
            ['?', rest @ ..] => !text.is_empty() && model(rest, &text[1..]),
            [c, rest @ ..] => text.first() == Some(c) && model(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?]{0,7}", text in "[ab]{0,9}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            prop_assert_eq!(glob_matches(&pattern, &text), model(&chars(&pattern), &chars(&text)));
        }
    }
}
