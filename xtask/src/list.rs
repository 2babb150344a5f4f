//! `cargo xtask list [GLOB]...`: the clauses of the contract, one a line; with `--coverage` what judges them.

pub mod coverage;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use pymem_spec::{Area, Clause, Level, Registry};

use crate::failure::Failure;
use crate::print;
use crate::text::plural;

/// Prints the list, or with `--coverage` what there is of each clause.
///
/// # Errors
///
/// For a mistake in the arguments, and where nobody judges a `must` clause.
pub fn command(args: &[String]) -> Result<(), Failure> {
    let (flags, globs): (Vec<String>, Vec<String>) = args.iter().cloned().partition(|arg| FLAGS.contains(&&**arg));
    if flags.is_empty() {
        return print(&run(&globs).map_err(Failure::usage)?);
    }
    if !flags.iter().any(|flag| flag == COVERAGE) {
        return Err(Failure::usage("`--format=json` goes with `--coverage`"));
    }
    let clauses = select(Registry::embedded(), &globs).map_err(Failure::usage)?;
    let covered = coverage::of(&clauses, &coverage::Known::gather()?);
    let for_programs = flags.iter().any(|flag| flag == JSON);
    print(&if for_programs { coverage::json(&covered) } else { coverage::render(&covered) })?;
    match coverage::open(&covered) {
        open if open.is_empty() => Ok(()),
        open => Err(Failure::failed(coverage::sentence(&open))),
    }
}

const COVERAGE: &str = "--coverage";
const JSON: &str = "--format=json";
const FLAGS: [&str; 3] = [COVERAGE, JSON, "--format=human"];

/// The clauses that any of the patterns matches, all of them without a pattern.
///
/// # Errors
///
/// One sentence, for a flag or a pattern that matches nothing.
fn run(args: &[String]) -> Result<String, String> {
    let registry = Registry::embedded();
    let clauses = select(registry, args)?;
    Ok(format!("{}\n{}\n", table(&clauses), counts(&clauses)))
}

fn select<'a>(registry: &'a Registry, globs: &[String]) -> Result<Vec<&'a Clause>, String> {
    if globs.is_empty() {
        return Ok(registry.clauses().iter().collect());
    }
    let mut wanted = BTreeSet::new();
    for glob in globs {
        if glob.starts_with('-') {
            return Err(format!(
                "unknown flag `{glob}`; list takes patterns of clause ids, such as `zero-size.*`, and `--coverage`"
            ));
        }
        let matching = registry.matching(glob);
        if matching.is_empty() {
            let advice = match registry.nearest(glob).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`*` stands for any run of characters".to_owned(),
            };
            return Err(format!("no clause matches `{glob}`; {advice}"));
        }
        wanted.extend(matching.into_iter().map(|clause| &clause.id));
    }
    Ok(registry.clauses().iter().filter(|clause| wanted.contains(&clause.id)).collect())
}

/// Columns of one width over all areas, so that the eye can run down them.
fn table(clauses: &[&Clause]) -> String {
    let rows: Vec<(Area, [String; 5])> = clauses.iter().map(|clause| (clause.area, row(clause))).collect();
    let mut widths = [0; 5];
    for (_, row) in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.len().max(*width);
        }
    }
    let mut text = String::new();
    let mut heading = None;
    for (area, row) in &rows {
        if heading.replace(area) != Some(area) {
            let gap = if text.is_empty() { "" } else { "\n" };
            text += &format!("{gap}{area}\n");
        }
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text += &format!("  {}\n", cells.join("  ").trim_end());
    }
    text
}

fn row(clause: &Clause) -> [String; 5] {
    let star = if clause.levels.is_empty() { "" } else { "*" };
    let domains: Vec<_> = clause.domains.iter().map(|domain| domain.as_str()).collect();
    [
        clause.id.clone(),
        format!("{}{star}", clause.level),
        if domains.is_empty() { "-".to_owned() } else { domains.join(" ") },
        versions(clause),
        clause.title.clone(),
    ]
}

fn versions(clause: &Clause) -> String {
    match (clause.since, clause.until) {
        (None, None) => "all".to_owned(),
        (Some(since), None) => format!("{}+", since.short()),
        (None, Some(until)) => format!("to {until}"),
        (Some(since), Some(until)) => format!("{} to {until}", since.short()),
    }
}

fn counts(clauses: &[&Clause]) -> String {
    let areas: BTreeSet<Area> = clauses.iter().map(|clause| clause.area).collect();
    let mut levels = BTreeMap::new();
    for clause in clauses {
        *levels.entry(clause.level).or_insert(0) += 1;
    }
    let levels: Vec<_> =
        Level::ALL.iter().filter_map(|level| Some(format!("{} {level}", levels.get(level)?))).collect();
    let mut line =
        format!("{} in {}: {}", plural(clauses.len(), "clause"), plural(areas.len(), "area"), levels.join(", "));
    if clauses.iter().any(|clause| !clause.levels.is_empty()) {
        write!(line, " (*: differs by kind, see `cargo xtask explain`)").expect("a string takes all writes");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(args: &[&str]) -> Result<String, String> {
        run(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn some_areas() {
        insta::assert_snapshot!("list_some_areas", list(&["zero-size.malloc.*", "symbols", "threads.fork"]).unwrap());
    }

    #[test]
    fn one_clause() {
        insta::assert_snapshot!("list_one_clause", list(&["calloc.zeroed"]).unwrap());
    }

    #[test]
    fn without_a_pattern_all() {
        let text = list(&[]).unwrap();
        for clause in Registry::embedded().clauses() {
            assert!(text.contains(&format!("  {} ", clause.id)), "{}", clause.id);
        }
    }

    #[test]
    fn a_clause_matched_twice_is_listed_once() {
        assert_eq!(list(&["free.null", "free.*", "free"]), list(&["free"]));
    }

    #[test]
    fn a_form_without_coverage_is_a_mistake() {
        let failure = command(&[JSON.to_owned()]).expect_err("a mistake");
        assert_eq!((failure.status(), failure.to_string().as_str()), (2, "`--format=json` goes with `--coverage`"));
    }

    #[test]
    fn bad_use() {
        let errors =
            [&["--covered"][..], &["free.nul"], &["xyzzy"], &["free", "q.*"]].map(|args| list(args).unwrap_err());
        insta::assert_snapshot!("list_bad_use", errors.join("\n"));
    }
}
