//! `cargo xtask panel`: what the suite finds of the real allocators of this machine, or what it is known to find.
//!
//! Reading order: [`listing`] (the members, as `c-tests` lists them), [`row`] (what is told of one), [`human`] and
//! [`markdown`].

mod human;
mod listing;
mod markdown;
mod row;

use std::ffi::OsString;

use pymem_abi::Found;

use crate::failure::Failure;
use crate::matrix::run as suite;
use crate::text::plural;
use crate::{conform, print, words};
use listing::Listed;
use row::Row;

const HELP: &str = "\
Usage: cargo xtask panel [OPTIONS]

Runs the suite on the real allocators that are found, and shows what passes and what fails of each.

  --known          what c-tests/panel.toml says of them instead; nothing runs, and CPythons are not in it
  --format FORMAT  human (the default), markdown or json

Exit status: 0 if each was judged, whatever the verdict; 3 if one cannot be tested.
";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Human,
    Markdown,
    Json,
}

/// Shows the panel.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    let Some((is_known, format)) = parse(&words(args)?).map_err(Failure::usage)? else { return print(HELP) };
    let listed = listing::list()?;
    let rows =
        if is_known { listed.iter().map(|listed| Row::known(&listed.member)).collect() } else { judge(&listed)? };
    print(&match format {
        Format::Human => human::render(&rows),
        Format::Markdown => markdown::render(&rows),
        Format::Json => serde_json::to_string_pretty(&rows).expect("rows are plain data") + "\n",
    })?;
    for listed in listed.iter().filter(|listed| !is_known && listed.arguments.is_none()) {
        eprintln!("not here: {}; get it with: {}", listed.member.name, listed.remedy);
    }
    let untested: Vec<&str> = rows.iter().filter(|row| row.untested.is_some()).map(|row| row.name.as_str()).collect();
    match untested.as_slice() {
        [] => Ok(()),
        names => Err(Failure::untestable(format!(
            "{} of {} cannot be tested: {}",
            names.len(),
            plural(rows.len(), "target"),
            names.join(", ")
        ))),
    }
}

/// Whether what is known is asked for, and in which form; none where only the use is.
fn parse(words: &[String]) -> Result<Option<(bool, Format)>, String> {
    let (mut is_known, mut format) = (false, None);
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let value = match word {
            "--help" | "-h" => return Ok(None),
            "--known" => {
                is_known = true;
                continue;
            }
            "--format" => words.next().ok_or("`--format` needs a value")?,
            _ => word.strip_prefix("--format=").ok_or_else(|| {
                format!("unknown argument `{}`; `cargo xtask panel --help` lists the options", word.escape_debug())
            })?,
        };
        let new = match value {
            "human" => Format::Human,
            "markdown" => Format::Markdown,
            "json" => Format::Json,
            _ => return Err(format!("unknown format `{}`; known: human, markdown, json", value.escape_debug())),
        };
        if format.replace(new).is_some() {
            return Err("`--format` can be given only once".into());
        }
    }
    Ok(Some((is_known, format.unwrap_or(Format::Human))))
}

/// Runs the suite on the reference, every shared CPython, and each member that is here.
fn judge(listed: &[Listed]) -> Result<Vec<Row>, Failure> {
    let program = conform::build()?;
    let pythons = pymem_abi::pythons();
    let here: Vec<_> = listed.iter().filter_map(|listed| Some((listed, listed.arguments.as_ref()?))).collect();
    let of = 1 + pythons.len() + here.len();
    let mut rows: Vec<Row> = Vec::with_capacity(of);
    let one = |rows: &mut Vec<Row>, mut row: Row, words: &[OsString]| {
        suite::show_progress(rows.len(), of, row.name.as_ref());
        let (target, options) = words.split_last().expect("a target is named");
        row.judged(suite::with(&program, options, target)?.found);
        rows.push(row);
        Ok::<(), Failure>(())
    };
    one(&mut rows, Row::of("reference", env!("CARGO_PKG_VERSION")), &["reference".into()])?;
    for python in &pythons {
        one(&mut rows, Row::of(&name_of(python), &python.version.to_string()), &[python.path.clone().into()])?;
    }
    for (listed, arguments) in here {
        let words: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        one(&mut rows, Row::of(&listed.member.name, &listing::installed_version(&listed.member)), &words)?;
    }
    suite::clear_progress();
    for row in &mut rows {
        row.explain(listed);
    }
    Ok(rows)
}

/// `CPython`, `CPython, debug`.
fn name_of(python: &Found) -> String {
    let usual = ["gil", "release", "no-mimalloc"];
    let special = python.builds.iter().map(|build| build.as_str()).filter(|build| !usual.contains(build));
    ["CPython"].into_iter().chain(special).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Option<(bool, Format)>, String> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn lines() {
        assert_eq!(parsed(""), Ok(Some((false, Format::Human))));
        assert_eq!(parsed("--known --format json"), Ok(Some((true, Format::Json))));
        assert_eq!(parsed("--format=markdown"), Ok(Some((false, Format::Markdown))));
        assert_eq!(parsed("--known -h"), Ok(None));
    }

    #[test]
    fn bad_use() {
        let told =
            ["x", "--format", "--format=html", "--format json --format=json"].map(|line| parsed(line).unwrap_err());
        insta::assert_snapshot!(told.join("\n"));
    }
}
