//! `cargo xtask list --coverage`: by what each clause is judged, and which mutants show that it is.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use pymem_spec::{Area, Clause, Level};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::text::{escape, plural, wrap};
use crate::{cargo, conform, repository};

/// Characters in a line.
const WIDTH: usize = 100;

/// A clause, and what there is of it.
#[derive(Serialize)]
pub struct Covered<'c> {
    clause: &'c str,
    area: Area,
    level: Level,
    facts: &'c [String],
    /// What judges it where it applies, as the suite says: `check`, `symbols`, `loading`, `surviving`.
    judged_by: Option<String>,
    /// The allocators of `c-tests/mutants` and the parts of `c-tests/python` that break it.
    mutants: Vec<String>,
    /// Why no check of it can exist.
    unchecked: Option<&'c str>,
}

impl Covered<'_> {
    /// Whether nobody judges it and nobody says why.
    fn is_open(&self) -> bool {
        self.judged_by.is_none() && self.unchecked.is_none()
    }
}

/// What the suite judges by, and what breaks it, each by clause.
#[derive(Default)]
pub struct Known {
    ways: BTreeMap<String, String>,
    mutants: BTreeMap<String, Vec<String>>,
}

impl Known {
    /// Asks the suite, and reads the mutants.
    pub fn gather() -> Result<Self, Failure> {
        let suite = conform::build()?;
        let mut command = Command::new(&suite);
        cargo::forget(&mut command);
        let output = command.args(["--list", "--format=json"]).output();
        let output =
            output.map_err(|error| Failure::no_suite(format!("{} cannot be run: {error}", suite.display())))?;
        let listing: Listing = serde_json::from_slice(&output.stdout)
            .map_err(|error| Failure::no_suite(format!("the suite's list cannot be read: {error}")))?;
        let ways = listing.clauses.into_iter().filter_map(|listed| Some((listed.clause, listed.judged_by?)));
        let mut mutants = mutants(&repository::root().join("c-tests/mutants")).map_err(Failure::failed)?;
        let pythons = self::mutants(&repository::root().join("c-tests/python")).map_err(Failure::failed)?;
        pythons.into_iter().for_each(|(clause, names)| mutants.entry(clause).or_default().extend(names));
        Ok(Self { ways: ways.collect(), mutants })
    }
}

impl Known {
    /// Whether the suite judges a clause.
    pub fn judges(&self, clause: &str) -> bool {
        self.ways.contains_key(clause)
    }

    #[cfg(test)]
    pub fn for_tests(clauses: &[&str]) -> Self {
        let ways = clauses.iter().map(|clause| ((*clause).to_owned(), "check".to_owned())).collect();
        Self { ways, mutants: BTreeMap::new() }
    }
}

/// What is read of `pymem-conform --list --format json`.
#[derive(Deserialize)]
struct Listing {
    clauses: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    clause: String,
    judged_by: Option<String>,
}

/// The names of C files, by the clause that their first comment says they break.
fn mutants(folder: &Path) -> Result<BTreeMap<String, Vec<String>>, String> {
    let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}", folder.display());
    let mut mutants = BTreeMap::<String, Vec<String>>::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let (Some(name), true) = (path.file_stem(), path.extension().is_some_and(|end| end == "c")) else { continue };
        let text = std::fs::read_to_string(&path).map_err(unreadable)?;
        if let Some(clause) = text.lines().find_map(|line| line.strip_prefix(" * breaks:")) {
            mutants.entry(clause.trim().to_owned()).or_default().push(name.to_string_lossy().into_owned());
        }
    }
    mutants.values_mut().for_each(|names| names.sort());
    Ok(mutants)
}

/// Puts together what is known of each clause.
pub fn of<'c>(clauses: &[&'c Clause], known: &Known) -> Vec<Covered<'c>> {
    let covered = |clause: &&'c Clause| Covered {
        clause: &clause.id,
        area: clause.area,
        level: clause.level,
        facts: &clause.facts,
        judged_by: known.ways.get(&clause.id).cloned(),
        mutants: known.mutants.get(&clause.id).cloned().unwrap_or_default(),
        unchecked: clause.unchecked.as_deref(),
    };
    clauses.iter().map(covered).collect()
}

/// The `must` clauses of which there is neither a check nor a reason.
pub fn open<'c>(covered: &[Covered<'c>]) -> Vec<&'c str> {
    let open = covered.iter().filter(|clause| clause.level == Level::Must && clause.is_open());
    open.map(|clause| clause.clause).collect()
}

/// For people: each clause, then counts by area.
pub fn render(covered: &[Covered]) -> String {
    let ids = covered.iter().map(|clause| clause.clause.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut heading = None;
    for clause in covered {
        if heading.replace(clause.area) != Some(clause.area) {
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{}", clause.area);
        }
        let way = match (&clause.judged_by, clause.unchecked) {
            (Some(way), _) => escape(way),
            (None, Some(_)) => "no check".to_owned(),
            (None, None) => "no check, and no reason".to_owned(),
        };
        let _ = writeln!(text, "  {:ids$}  {:6}  {way}", clause.clause, clause.level);
        let reason: Vec<_> = clause.unchecked.iter().map(|reason| (*reason).to_owned()).collect();
        for (name, words) in [("because", &reason[..]), ("facts", clause.facts), ("mutants", &clause.mutants)] {
            for (index, line) in wrap(&escape(&words.join(", ")), WIDTH - 16).into_iter().enumerate() {
                let _ = writeln!(text, "      {:8}  {line}", if index == 0 { name } else { "" });
            }
        }
    }
    format!("{text}\n{}", counts(covered))
}

/// A line for each area, and one for all.
fn counts(covered: &[Covered]) -> String {
    let mut rows: Vec<(&str, Vec<&Covered>)> = Vec::new();
    for clause in covered {
        match rows.last_mut() {
            Some((area, clauses)) if *area == clause.area.as_str() => clauses.push(clause),
            _ => rows.push((clause.area.as_str(), vec![clause])),
        }
    }
    rows.push(("all", covered.iter().collect()));
    let width = rows.iter().map(|(area, _)| area.len()).max().unwrap_or(0);
    let mut text = format!("{:width$}", "");
    for (title, _) in COLUMNS {
        let _ = write!(text, "  {title}");
    }
    text.push('\n');
    for (area, clauses) in &rows {
        let _ = write!(text, "{area:width$}");
        for (title, matches) in COLUMNS {
            let count = clauses.iter().filter(|clause| matches(clause)).count();
            let _ = write!(text, "  {count:>w$}", w = title.len());
        }
        text.push('\n');
    }
    text
}

type Column = (&'static str, fn(&Covered) -> bool);

const COLUMNS: &[Column] = &[
    ("clauses", |_| true),
    ("checked", |clause| clause.judged_by.is_some()),
    ("broken by mutants", |clause| clause.judged_by.is_some() && !clause.mutants.is_empty()),
    ("reason instead", |clause| clause.judged_by.is_none() && clause.unchecked.is_some()),
    ("neither", |clause| clause.is_open()),
    ("must unchecked", |clause| clause.level == Level::Must && clause.judged_by.is_none()),
];

/// For programs.
pub fn json(covered: &[Covered]) -> String {
    let document = serde_json::json!({ "format": "pymem-conform-coverage", "version": 1, "clauses": covered });
    serde_json::to_string_pretty(&document).expect("string keys and plain values always make JSON") + "\n"
}

/// Why `open` clauses are a failure.
pub fn sentence(open: &[&str]) -> String {
    let verb = if open.len() == 1 { "has" } else { "have" };
    format!("{} {verb} neither a check nor a reason: {}", plural(open.len(), "`must` clause"), open.join(", "))
}

#[cfg(test)]
mod tests {
    use pymem_spec::Registry;

    use super::*;

    /// Some clauses as if the suite judged and mutants broke these.
    fn covered(ids: &[&str]) -> Vec<Covered<'static>> {
        let clauses: Vec<_> = ids.iter().map(|id| Registry::embedded().get(id).expect("a clause")).collect();
        let mut known = Known::default();
        for (clause, way) in [("symbols.functions", "symbols"), ("free.null", "check"), ("robustness.load", "loading")]
        {
            known.ways.insert(clause.into(), way.into());
        }
        known.mutants.insert("free.null".into(), vec!["free-null-crashes".into(), "free-null-frees-newest".into()]);
        of(&clauses, &known)
    }

    #[test]
    fn a_clause_that_nobody_judges_is_open() {
        let mut all = covered(&["symbols.functions", "free.null", "free.reuse", "robustness.load"]);
        assert_eq!(open(&all), ["free.reuse"]);
        assert_eq!(sentence(&open(&all)), "1 `must` clause has neither a check nor a reason: free.reuse");
        insta::assert_snapshot!("coverage", render(&all));
        all[2].unchecked = Some("nothing shows it from outside");
        assert!(open(&all).is_empty());
        insta::assert_snapshot!("coverage_with_a_reason", render(&all[2..]));
        all[2].unchecked = None;
        all[2].level = Level::Detail;
        assert!(open(&all).is_empty());
    }

    #[test]
    fn for_programs() {
        let value: serde_json::Value = serde_json::from_str(&json(&covered(&["free.null"]))).expect("it is JSON");
        assert_eq!(value["clauses"][0]["judged_by"], "check");
        assert_eq!(value["clauses"][0]["mutants"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn the_mutants_of_this_repository_are_read() {
        let mutants = mutants(&repository::root().join("c-tests/mutants")).expect("they are here");
        assert!(mutants["free.null"].contains(&"free-null-crashes".to_owned()), "{mutants:?}");
        let pythons = super::mutants(&repository::root().join("c-tests/python")).expect("they are here");
        assert!(pythons["tracemalloc.off"].contains(&"trace-off-is-fine".to_owned()), "{pythons:?}");
        for clause in mutants.keys().chain(pythons.keys()) {
            assert!(Registry::embedded().get(clause).is_some(), "a mutant breaks {clause}, which is no clause");
        }
    }
}
