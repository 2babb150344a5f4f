//! The command that runs again only what failed.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};

use pymem_spec::Area;

use super::assemble::is_violation;
use super::{ClauseResult, Report, Verdict};

/// The command line, quoted for a shell; none where nothing failed. `command`
/// holds the words that run everything again; empty, they are made from the report.
pub(super) fn command(report: &Report, command: &[OsString], strict: bool) -> Option<String> {
    let wanted = |result: &&ClauseResult| result.verdict == Verdict::Fail || is_violation(result, strict);
    let failed: BTreeSet<_> = report.results.iter().filter(wanted).map(|result| result.clause.as_str()).collect();
    if failed.is_empty() {
        return None;
    }
    let all = report.results.iter().map(|result| result.clause.as_str()).collect();
    let words = match command {
        [] => from_report(report, strict),
        words => words.to_vec(),
    };
    let globs = globs(&failed, &all).into_iter().flat_map(|glob| ["--only".into(), glob.into()]);
    // A target that begins with a dash stands behind `--`, which ends the options.
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let (options, rest) = words.split_at(end);
    let words: Vec<_> = options.iter().cloned().chain(globs).chain(rest.iter().cloned()).collect();
    Some(words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" "))
}

/// One word of a command line as a POSIX shell reads it; what a terminal would
/// obey is written with `$'...'`, which bash, zsh and ksh read.
pub fn quote(word: &OsStr) -> String {
    let bytes = word.as_encoded_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./:=,+@%".contains(byte);
    if !bytes.is_empty() && bytes.iter().all(is_plain) {
        return super::escape_bytes(bytes);
    }
    match word.to_str() {
        Some(text) if super::escape(text) == text => format!("'{}'", text.replace('\'', r"'\''")),
        _ => bytes.iter().fold("$'".to_owned(), |out, &byte| out + &ansi_c(byte)) + "'",
    }
}

fn ansi_c(byte: u8) -> String {
    match byte {
        b'\n' => "\\n".into(),
        b'\\' | b'\'' => format!("\\{}", char::from(byte)),
        0x20..0x7f => char::from(byte).into(),
        // Always three digits: a fourth would belong to the text that follows.
        _ => format!("\\{byte:03o}"),
    }
}

fn from_report(report: &Report, strict: bool) -> Vec<OsString> {
    let name = &report.target.name;
    let mut words = vec!["pymem-conform".into(), "--spec".into(), report.spec.to_string(), "--seed".into()];
    words.push(report.seed.to_string());
    words.extend(strict.then(|| "--strict".into()));
    words.extend(name.starts_with('-').then(|| "--".into()));
    words.push(name.clone());
    words.into_iter().map(OsString::from).collect()
}

/// A short list of globs that selects of `all` exactly the `failed` ones: an area
/// of which every clause failed stands as its name, a smaller group as `group.*`.
fn globs(failed: &BTreeSet<&str>, all: &BTreeSet<&str>) -> Vec<String> {
    let mut globs: Vec<String> = Vec::new();
    let is_whole = |group: &str| {
        let mut members = all.iter().filter(|id| id.starts_with(group));
        members.clone().count() > 1 && members.all(|id| failed.contains(id))
    };
    let mut told = "";
    for clause in failed {
        if !told.is_empty() && clause.starts_with(told) {
            continue;
        }
        told = clause.match_indices('.').map(|(dot, _)| &clause[..=dot]).find(|group| is_whole(group)).unwrap_or("");
        globs.push(match (told, told.trim_end_matches('.')) {
            ("", _) => (*clause).to_owned(),
            (_, area) if area.parse::<Area>().is_ok() => area.to_owned(),
            (group, _) => format!("{group}*"),
        });
    }
    globs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &'static str) -> BTreeSet<&'static str> {
        ids.split(' ').collect()
    }

    #[test]
    fn globs_select_what_failed_and_nothing_else() {
        let all = set("calloc.zeroed calloc.dirty zero-size.calloc.a zero-size.malloc.a zero-size.malloc.b free.null");
        let check = |failed, expected: &str| assert_eq!(globs(&set(failed), &all).join(" "), expected);
        check("free.null", "free.null");
        check("calloc.zeroed", "calloc.zeroed");
        check("calloc.zeroed calloc.dirty", "calloc");
        check("zero-size.malloc.a zero-size.malloc.b free.null", "free.null zero-size.malloc.*");
        check("zero-size.calloc.a zero-size.malloc.a zero-size.malloc.b", "zero-size");
        assert_eq!(globs(&all, &all), ["calloc", "free.null", "zero-size"]);
    }

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        let check = |word: &str, expected: &str| assert_eq!(quote(OsStr::new(word)), expected);
        check("./lib-a_1.so", "./lib-a_1.so");
        check("", "''");
        check("zero-size.*", "'zero-size.*'");
        check("it's $HOME", r"'it'\''s $HOME'");
        check("a\nb\\'\x1b1", r"$'a\nb\\\'\0331'");
        check("\u{202e}", r"$'\342\200\256'");
        check("~/lib", "'~/lib'");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_can_be_pasted() {
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(quote(OsStr::from_bytes(b"\xff.so")), r"$'\377.so'");
    }
}
