//! `cargo xtask mutants --inside PYTHON`: every allocator in a real interpreter.
//!
//! What a defect does there depends on what an interpreter asks for: one that no program can reach is not caught, and
//! is listed. What counts is that no sound allocator is accused, and that nothing takes the suite down.

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use pymem_spec::Kind;

use super::library::Library;
use super::suite::{self, Ran};
use super::trial::Subject;
use crate::failure::Failure;
use crate::report::{Report, Verdict};
use crate::text::plural;

/// The clauses that real programs judge.
const PROGRAMS: &str = "customize.inside.";

/// What the suite says where an allocator has not what it takes.
const NOT_PUT_IN: &str = "the allocator cannot be put in";

/// What became of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The guard saw it in a real program, or such a program noticed it.
    ByPrograms,
    /// A clause that is judged inside does not hold, this one first.
    ByClause(String),
    /// Nothing failed.
    Passed,
    /// The suite gave no report, for this reason.
    NoReport(String),
}

/// One allocator, and what became of it.
#[derive(Clone, Debug)]
pub struct Trial {
    name: String,
    /// The clause that a mutant breaks; none for a sound one.
    breaks: Option<String>,
    outcome: Outcome,
}

/// Whether a subject can be put into an interpreter at all.
pub fn fits(subject: &Subject) -> bool {
    match subject {
        Subject::Library(library) => library.kind != Kind::Cpython && library.file.is_some(),
        Subject::Real { name, .. } => !name.starts_with("CPython"),
    }
}

/// Puts one into `python`.
///
/// # Errors
///
/// If the suite cannot be run, or the user interrupts.
pub fn of(suite: &Path, subject: &Subject, python: &str) -> Result<Trial, Failure> {
    let (name, breaks, words) = match subject {
        Subject::Real { name, target } => (name.clone(), None, vec![target.clone()]),
        Subject::Library(library) => (library.name.clone(), library.breaks.clone(), words(library)),
    };
    let judged = |only: &[String]| -> Result<Outcome, Failure> {
        let mut all = vec![OsString::from(format!("--inside={python}")), "--tests=".into()];
        all.extend(only.iter().map(OsString::from));
        all.extend(words.iter().cloned());
        Ok(match suite::judge(suite, &all)? {
            Ran::Judged(report) => outcome(&report),
            Ran::Refused(why) => Outcome::NoReport(why),
            Ran::TimedOut => Outcome::NoReport("the run did not end in time".into()),
        })
    };
    let programs = format!("--only={PROGRAMS}*");
    let narrow: Vec<String> = match (&breaks, subject) {
        (Some(clause), Subject::Library(library)) => {
            let area = library.area().map(|area| format!("--only={area}"));
            // Survival is judged while everything else is.
            if clause.starts_with("robustness.") { Vec::new() } else { area.into_iter().chain([programs]).collect() }
        }
        _ => Vec::new(),
    };
    let mut outcome = judged(&narrow)?;
    if outcome == Outcome::Passed && breaks.is_some() && !narrow.is_empty() {
        // Does anything else notice it?
        outcome = judged(&[])?;
    }
    Ok(Trial { name, breaks, outcome })
}

fn words(library: &Library) -> Vec<OsString> {
    let file = library.file.iter().map(OsString::from);
    library.options.iter().map(OsString::from).chain([OsString::from("--")]).chain(file).collect()
}

fn outcome(report: &Report) -> Outcome {
    let failing = || report.results.iter().filter(|result| result.verdict == Verdict::Fail);
    if failing().any(|result| result.clause.starts_with(PROGRAMS)) {
        return Outcome::ByPrograms;
    }
    failing().next().map_or(Outcome::Passed, |result| Outcome::ByClause(result.clause.clone()))
}

/// All of it as text, and why it speaks against the suite, if it does.
pub fn render(trials: &[Trial], python: &str, started: Instant) -> (String, Option<String>) {
    let mutants = || trials.iter().filter(|trial| trial.breaks.is_some());
    let sound = || trials.iter().filter(|trial| trial.breaks.is_none());
    let count = |is: &dyn Fn(&Outcome) -> bool| mutants().filter(|trial| is(&trial.outcome)).count();
    let by_programs = count(&|outcome| *outcome == Outcome::ByPrograms);
    let by_clause = count(&|outcome| matches!(outcome, Outcome::ByClause(_)));
    let accused: Vec<_> = sound().filter(|trial| trial.outcome != Outcome::Passed).collect();
    let mut text = format!(
        "{} inside {python}: {by_programs} caught in real programs, {by_clause} by other clauses\n\
         {} inside it: {} accused of nothing\n",
        plural(mutants().count(), "mutant"),
        plural(sound().count(), "sound allocator"),
        sound().count() - accused.len(),
    );
    let passed: Vec<_> = mutants().filter(|trial| trial.outcome == Outcome::Passed).collect();
    if !passed.is_empty() {
        text += &format!("\nNot caught there, for no program reaches the defect ({}):\n", passed.len());
        for trial in passed {
            text += &format!("  {} ({})\n", trial.name, trial.breaks.as_deref().unwrap_or_default());
        }
    }
    let mut complaints = Vec::new();
    for trial in trials {
        match (&trial.outcome, &trial.breaks) {
            // A mutant that lacks a function is told so.
            (Outcome::NoReport(why), Some(_)) if why.contains(NOT_PUT_IN) => {}
            (Outcome::NoReport(why), _) => complaints.push(format!("{} has no report: {why}", trial.name)),
            (Outcome::ByClause(clause), None) => complaints.push(format!("{} is accused of {clause}", trial.name)),
            (Outcome::ByPrograms, None) => complaints.push(format!("{} is accused in real programs", trial.name)),
            _ => {}
        }
    }
    let seconds = Duration::as_secs(&started.elapsed());
    text += &format!("\n{} in {seconds} s\n", if complaints.is_empty() { "sound" } else { "not sound" });
    (text, (!complaints.is_empty()).then(|| complaints.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(name: &str, breaks: Option<&str>, outcome: Outcome) -> Trial {
        Trial { name: name.into(), breaks: breaks.map(Into::into), outcome }
    }

    #[test]
    fn what_is_caught_and_who_is_accused() {
        let mut trials = vec![
            trial("align-8", Some("alignment.malloc"), Outcome::ByPrograms),
            trial(
                "never-zero",
                Some("zero-size.malloc.distinct"),
                Outcome::ByClause("zero-size.malloc.distinct".into()),
            ),
            trial("huge-short", Some("malloc.large"), Outcome::Passed),
            trial("reference", None, Outcome::Passed),
        ];
        let (text, complaint) = render(&trials, "python:3.13", Instant::now());
        assert_eq!(complaint, None);
        insta::assert_snapshot!(text);
        let lacks = format!("{NOT_PUT_IN}: it offers nothing for raw");
        trials.push(trial("no-raw", Some("symbols.functions"), Outcome::NoReport(lacks)));
        trials.push(trial("jemalloc", None, Outcome::ByPrograms));
        trials.push(trial("hangs", Some("free.null"), Outcome::NoReport("the run did not end in time".into())));
        let (_, complaint) = render(&trials, "python:3.13", Instant::now());
        assert_eq!(
            complaint.as_deref(),
            Some("jemalloc is accused in real programs; hangs has no report: the run did not end in time")
        );
    }
}
