//! Just enough of C to take the parts of a file that another one needs.
//!
//! What is read is ours: a header and helpers in a plain style, with each item at the left margin. A part that is not
//! understood would be missing in a witness, which then does not compile; `tests/witness_programs.rs` compiles all.

use std::collections::BTreeSet;

/// Something at the top level of a file: a type, a function, a variable, a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it defines.
    pub names: Vec<String>,
    /// Its text, with the comment above it.
    pub text: String,
}

/// The items of a file, in order. Includes and conditionals are none.
pub fn items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut chunk = String::new();
    let mut depth = 0_usize;
    for line in text.lines() {
        let code = without_comments(line);
        let directive = code.trim_start().starts_with('#');
        let is_none =
            line.trim().is_empty() || code.starts_with("extern \"C\"") || directive && !code.contains("define");
        if chunk.is_empty() && is_none {
            continue;
        }
        chunk.push_str(line);
        chunk.push('\n');
        depth = code.chars().fold(depth, |depth, character| match character {
            '{' => depth + 1,
            '}' => depth.saturating_sub(1),
            _ => depth,
        });
        let is_macro = without_comments(&chunk).trim_start().starts_with('#');
        let ends = if is_macro { !line.ends_with('\\') } else { code.trim_end().ends_with([';', '}']) };
        if depth == 0 && ends && !in_comment(&chunk) {
            let text = std::mem::take(&mut chunk);
            items.push(Item { names: names(&without_comments(&text)), text });
        }
    }
    items
}

/// The items that `text` needs, and those that these need, in their order.
pub fn needed<'i>(items: &'i [Item], text: &str) -> Vec<&'i Item> {
    let mut wanted: BTreeSet<String> = identifiers(text).map(str::to_owned).collect();
    let mut taken = vec![false; items.len()];
    loop {
        let is_wanted = |item: &Item| item.names.iter().any(|name| wanted.contains(name));
        let Some(next) = (0..items.len()).find(|index| !taken[*index] && is_wanted(&items[*index])) else { break };
        taken[next] = true;
        wanted.extend(identifiers(&items[next].text).map(str::to_owned));
    }
    items.iter().zip(taken).filter_map(|(item, taken)| taken.then_some(item)).collect()
}

/// The words of a text that may be names; those in comments and strings are none.
pub fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            let length = match first {
                '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
                '"' | '\'' => literal(rest, first),
                _ if is_of_name(first) => {
                    let (word, after) = rest.split_at(rest.find(|c| !is_of_name(c)).unwrap_or(rest.len()));
                    rest = after;
                    match first.is_ascii_digit() {
                        true => continue,
                        false => return Some(word),
                    }
                }
                _ => first.len_utf8(),
            };
            rest = &rest[length..];
        }
    })
}

/// A text without its comments.
pub fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    // A line in the middle of a comment.
    if rest.trim_start().starts_with("* ") || rest.trim_end().ends_with("*/") { out } else { out + rest }
}

/// What an item without comments defines.
fn names(item: &str) -> Vec<String> {
    let item = item.trim();
    if let Some(definition) = item.strip_prefix("#define ") {
        return identifiers(definition).take(1).map(str::to_owned).collect();
    }
    let mut names: Vec<String> = Vec::new();
    if let (Some(open), true) = (item.find('{'), item.contains("enum")) {
        let inner = &item[open + 1..item.rfind('}').unwrap_or(item.len())];
        names.extend(inner.split(',').filter_map(|one| identifiers(one).next()).map(str::to_owned));
    }
    // The name stands before what is assigned, called for or counted.
    let is_type = |open: usize| item.ends_with(';') && !item[..open].contains(['=', '(']);
    let head = match item.find('{') {
        Some(open) if is_type(open) => {
            let tag = identifiers(&item[..open]).last();
            names.extend(tag.filter(|tag| !["typedef", "struct", "enum", "static"].contains(tag)).map(str::to_owned));
            &item[item.rfind('}').map_or(0, |close| close + 1)..]
        }
        Some(open) => &item[..open],
        None => item,
    };
    let head = head.split(['=', '[']).next().unwrap_or_default();
    // A pointer to a function has its name in the first parentheses.
    let head = match head.split_once('(') {
        Some((_, rest)) if rest.starts_with('*') => rest.split(')').next().unwrap_or_default(),
        Some((before, _)) => before,
        None => head,
    };
    names.extend(identifiers(head).last().map(str::to_owned));
    names
}

/// The length of a string or a character that `text` begins with.
fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn in_comment(text: &str) -> bool {
    text.rfind("/*").is_some_and(|start| !text[start..].contains("*/"))
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
#include <stdio.h>

/* Pairs. */
typedef struct {
    int first; /* the first; not the last */
    int second;
} Pair;

enum { ONE = 1, TWO };

static Pair pairs[TWO];

/* Adds:
 * both; of one. */
static int sum(const Pair *pair)
{
    return pair->first + pair->second; /* ONE */
}

typedef int (*visitor)(void *);

#define FIRST(pair) \\
    ((pair).first)

struct tagged {
    Pair pair;
};

static struct {
    int status;
} fate;

static void call(void (*act)(void))
{
    act();
}
";

    fn needs(text: &str) -> Vec<String> {
        let items = items(FILE);
        needed(&items, text).into_iter().filter_map(|item| item.names.last().cloned()).collect()
    }

    #[test]
    fn each_item_has_its_names() {
        let names: Vec<_> = items(FILE).into_iter().map(|item| item.names.join(" ")).collect();
        assert_eq!(names, ["Pair", "ONE TWO", "pairs", "sum", "visitor", "FIRST", "tagged", "fate", "call"]);
    }

    #[test]
    fn items_are_taken_with_what_they_need() {
        assert_eq!(needs("return sum(&x);"), ["Pair", "sum"]);
        assert_eq!(needs("pairs[0]"), ["Pair", "TWO", "pairs"]);
        assert_eq!(needs("struct tagged t; FIRST(t.pair)"), ["Pair", "FIRST", "tagged"]);
        assert_eq!(needs("\"sum\" /* pairs */ 'ONE' sums"), [""; 0]);
    }

    #[test]
    fn comments_above_come_along() {
        assert!(items(FILE)[3].text.starts_with("/* Adds:\n * both; of one. */\nstatic int sum"));
    }
}
