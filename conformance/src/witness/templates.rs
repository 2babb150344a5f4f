//! What the witness of a clause does, for clauses that are not shown by the operations that failed.
//!
//! A file for each area holds what several of its clauses need, then a part for each clause, which begins with
//! `/* == CLAUSE... == */` and defines `static int defect(void)`. In all of it `MALLOC(...)`, `CALLOC`, `REALLOC` and
//! `FREE` are the functions of the domain, `DOMAIN` is its number, `LETTER` its letter under debug hooks, and `@name@`
//! the value of a parameter. What stands between `#if EMBEDDED`, `#else` and `#endif` is for targets with an interpreter
//! in this process, or for those without.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pymem_spec::Mode;

use super::c_text::{items, needed};

/// The files.
const AREAS: &[&str] = &[
    include_str!("c/arenas.c"),
    include_str!("c/customize.c"),
    include_str!("c/debug_detects.c"),
    include_str!("c/debug_hooks.c"),
    include_str!("c/debug_lock.c"),
    include_str!("c/debug_reports.c"),
    include_str!("c/defaults.c"),
    include_str!("c/environment.c"),
    include_str!("c/failures.c"),
    include_str!("c/lifecycle.c"),
    include_str!("c/limits.c"),
    include_str!("c/mimalloc.c"),
    include_str!("c/objects.c"),
    include_str!("c/pymalloc.c"),
    include_str!("c/resources.c"),
    include_str!("c/threads.c"),
    include_str!("c/tracemalloc.c"),
    include_str!("c/blocks.c"),
];

/// The body of each clause that has one.
type Bodies = BTreeMap<&'static str, String>;

static EMBEDDED: LazyLock<Bodies> = LazyLock::new(|| bodies(true));
static BARE: LazyLock<Bodies> = LazyLock::new(|| bodies(false));

fn bodies(is_embedded: bool) -> Bodies {
    let mut bodies = BTreeMap::new();
    for area in AREAS {
        let mut parts = area.split("/* == ");
        let shared = items(&decided(parts.next().unwrap_or_default(), is_embedded));
        for part in parts {
            let (clauses, text) = part.split_once(" == */\n").expect("the head of a part ends in ` == */`");
            let text = &decided(text, is_embedded);
            let own: String = needed(&shared, text).iter().map(|item| format!("{}\n", item.text)).collect();
            for clause in clauses.split_whitespace() {
                let twice = bodies.insert(clause, format!("{own}{}\n", text.trim_matches('\n')));
                assert!(twice.is_none(), "two witnesses of {clause}");
            }
        }
    }
    bodies
}

/// The text without what is for the other mode.
pub(super) fn decided(text: &str, is_embedded: bool) -> String {
    let mut wanted = true;
    let mut out = String::new();
    for line in text.lines() {
        match line {
            "#if EMBEDDED" => wanted = is_embedded,
            "#else" => wanted = !wanted,
            "#endif" => wanted = true,
            _ if wanted => out.extend([line, "\n"]),
            _ => {}
        }
    }
    out
}

/// What the witness of a clause does: items of C that end in `static int defect(void)`.
pub fn of(clause: &str, mode: Mode) -> Option<&'static str> {
    let bodies = if mode == Mode::Embedded { &EMBEDDED } else { &BARE };
    bodies.get(clause).map(String::as_str)
}

/// The clauses that have one.
#[cfg(test)]
pub(super) fn clauses() -> impl Iterator<Item = &'static str> {
    BARE.keys().copied()
}

#[cfg(test)]
mod tests {
    use pymem_spec::Registry;

    use super::*;

    #[test]
    fn every_template_is_of_a_clause() {
        let unknown: Vec<_> = clauses().filter(|clause| Registry::embedded().get(clause).is_none()).collect();
        assert_eq!(unknown, [""; 0]);
    }

    #[test]
    fn every_template_says_when_the_defect_shows() {
        for clause in clauses() {
            for mode in [Mode::Bare, Mode::Embedded] {
                let body = of(clause, mode).expect("both have the same");
                assert!(body.contains("static int defect(void)\n{\n"), "{clause} {mode}");
            }
        }
    }
}
