//! `cargo xtask readme [--check]`: README.md shows what its commands print.
//!
//! A block is marked by a comment with a command, `<!-- output: COMMAND -->`, on the
//! line before a fenced block. The command runs in a shell, in the repository's
//! folder; the block holds it and what it prints to standard output.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::{only_flag, repository};

const OPENING: &str = "<!-- output: ";
const CLOSING: &str = " -->";
const FENCE: &str = "```";

/// Writes README.md anew, or with `--check` compares only.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    if only_flag("readme", Some("--check"), args)? {
        return check();
    }
    let (file, text) = read()?;
    let new = render(&text, shell)?;
    if is_same(&text, &new) {
        eprintln!("README.md shows what its commands print");
        return Ok(());
    }
    std::fs::write(&file, new).map_err(|error| Failure::failed(format!("README.md cannot be written: {error}")))
}

/// Compares, times aside.
///
/// # Errors
///
/// With the first line that differs.
pub fn check() -> Result<(), Failure> {
    let (_, text) = read()?;
    let mut new = render(&text, shell)?;
    if !is_same(&text, &new) {
        // A check that ran out of time on a busy machine is no reason to fail.
        new = render(&text, shell)?;
    }
    match first_difference(&text, &new) {
        None => Ok(()),
        Some((old, new)) => Err(Failure::failed(format!(
            "README.md says {old:?} where its command prints {new:?}; `cargo xtask readme` writes it anew"
        ))),
    }
}

fn read() -> Result<(std::path::PathBuf, String), Failure> {
    let file = repository::root().join("README.md");
    let text = std::fs::read_to_string(&file);
    text.map(|text| (file, text)).map_err(|error| Failure::failed(format!("README.md cannot be read: {error}")))
}

/// The text with every marked block made anew by `run`.
fn render(text: &str, mut run: impl FnMut(&str) -> Result<String, Failure>) -> Result<String, Failure> {
    let mut out = String::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        out += &format!("{line}\n");
        let Some(command) = line.strip_prefix(OPENING).and_then(|rest| rest.strip_suffix(CLOSING)) else { continue };
        let broken = |what: &str| Failure::failed(format!("README.md:{}: {what}", number + 1));
        let (_, fence) =
            lines.next().filter(|(_, next)| next.starts_with(FENCE)).ok_or_else(|| broken("no block follows"))?;
        lines.by_ref().find(|(_, line)| *line == FENCE).ok_or_else(|| broken("the block does not end"))?;
        let shown = command.replace(" && ", "\n$ ");
        out += &format!("{fence}\n$ {shown}\n{}\n{FENCE}\n", run(command)?.trim_end());
    }
    Ok(out)
}

/// Standard output of a command, whatever its status: README shows failures too.
fn shell(command: &str) -> Result<String, Failure> {
    let mut shell = Command::new("sh");
    // Reports tell what they took out of the environment, which differs from
    // machine to machine.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PYTHON") {
            shell.env_remove(name);
        }
    }
    let run = shell
        .args(["-euc", command])
        .current_dir(repository::root())
        .env("PATH", with_our_cargo())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::failed(format!("no shell: {error}")))?;
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    if text.is_empty() { Err(Failure::failed(format!("`{command}` prints nothing: {}", run.status))) } else { Ok(text) }
}

/// PATH, with the cargo that runs us before any other.
fn with_our_cargo() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cargo = std::env::var_os("CARGO").and_then(|cargo| Some(Path::new(&cargo).parent()?.to_owned()));
    std::env::join_paths(cargo.into_iter().chain(std::env::split_paths(&path))).unwrap_or(path)
}

fn is_same(old: &str, new: &str) -> bool {
    first_difference(old, new).is_none()
}

/// The first two lines that differ in more than seconds.
fn first_difference<'t>(old: &'t str, new: &'t str) -> Option<(&'t str, &'t str)> {
    let (mut old, mut new) = (old.lines(), new.lines());
    loop {
        match (old.next(), new.next()) {
            (None, None) => return None,
            (old, new) if old.map(timeless) == new.map(timeless) => {}
            (old, new) => return Some((old.unwrap_or(""), new.unwrap_or(""))),
        }
    }
}

/// A line with `N s` for `0.98 s`.
fn timeless(line: &str) -> String {
    let mut words: Vec<&str> = line.split(' ').collect();
    for index in 1..words.len() {
        if words[index].trim_end_matches([';', ',', '.']) == "s" && words[index - 1].parse::<f64>().is_ok() {
            words[index - 1] = "N";
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# T\n<!-- output: a && b -->\n```console\nold\n```\nrest\n<!-- output: c -->\n```\n```\n";

    #[test]
    fn marked_blocks_are_made_anew() {
        let new = render(TEXT, |command| Ok(format!("ran {command}\n"))).unwrap();
        let expected = "# T\n<!-- output: a && b -->\n```console\n$ a\n$ b\nran a && b\n```\nrest\n\
                        <!-- output: c -->\n```\n$ c\nran c\n```\n";
        assert_eq!(new, expected);
        assert_eq!(render(&new, |command| Ok(format!("ran {command}\n"))).unwrap(), new);
    }

    #[rstest::rstest]
    #[case("<!-- output: a -->\ntext\n")]
    #[case("<!-- output: a -->\n")]
    #[case("<!-- output: a -->\n```\nnever ends\n")]
    fn a_marker_without_a_block_is_a_mistake(#[case] text: &str) {
        let failure = render(text, |_| Ok("x".to_owned())).expect_err("a mistake");
        assert!(failure.to_string().starts_with("README.md:1: "), "{failure}");
    }

    #[rstest::rstest]
    #[case("conforms: 72 clauses in 1.17 s", "conforms: 72 clauses in 0.98 s", true)]
    #[case("in 1.17 s; rerun: x", "in 2 s; rerun: x", true)]
    #[case("72 clauses in 1.17 s", "73 clauses in 1.17 s", false)]
    #[case("a s", "b s", false)]
    #[case("one line", "one line\nand another", false)]
    fn only_times_may_differ(#[case] old: &str, #[case] new: &str, #[case] same: bool) {
        assert_eq!(is_same(old, new), same);
    }
}
