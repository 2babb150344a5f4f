//! Suggestions for words that nobody knows.

/// The `candidates` that a typing error could have turned into `word`, nearest first.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut near: Vec<_> = candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= tolerance(word, candidate))
        .collect();
    near.sort();
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// One sentence fragment for an unknown `what`: the likely word, or else all of them.
pub(crate) fn unknown<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()).first() {
        Some(candidate) => format!("unknown {what} `{word}`; did you mean `{candidate}`?"),
        None => format!("unknown {what} `{word}`; known: {}", known.collect::<Vec<_>>().join(", ")),
    }
}

/// A third of the longer word: `titel` finds `title`, `raw` does not find `obj`.
fn tolerance(a: &str, b: &str) -> usize {
    a.len().max(b.len()) / 3
}

/// Single-character insertions, deletions and replacements from `a` to `b`; a swap
/// of neighbours, the commonest slip, counts one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if swapped { best.min(rows[i - 2][j - 2] + 1) } else { best }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", "", 0)]
    #[case("", "abc", 3)]
    #[case("titel", "title", 1)]
    #[case("kitten", "sitting", 3)]
    #[case("raw", "raw", 0)]
    fn distances(#[case] a: &str, #[case] b: &str, #[case] expected: usize) {
        assert_eq!(distance(a, b), expected);
        assert_eq!(distance(b, a), expected);
    }

    #[test]
    fn the_nearest_comes_first_and_the_far_not_at_all() {
        let known = ["malloc.large", "malloc.usable", "calloc.large", "free.null"];
        assert_eq!(nearest("malloc.larg", known), ["malloc.large", "calloc.large"]);
        assert!(nearest("xyzzy", known).is_empty());
    }

    #[test]
    fn an_unknown_word_names_the_likely_one_or_all() {
        let known = ["bare", "embedded"];
        assert_eq!(unknown("mode", "embeded", known.into_iter()), "unknown mode `embeded`; did you mean `embedded`?");
        assert_eq!(unknown("mode", "x", known.into_iter()), "unknown mode `x`; known: bare, embedded");
    }
}
