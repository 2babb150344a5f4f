//! One allocator before the suite.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use super::class::Class;
use super::library::Library;
use super::options::Options;
use super::suite::{self, Answer, Ran};
use crate::failure::Failure;
use crate::report::{Report, Verdict};

/// What is tried.
#[derive(Clone, Debug)]
pub enum Subject {
    /// One of `c-tests`.
    Library(Library),
    /// One that people use.
    Real {
        /// For people.
        name: String,
        /// For the suite.
        target: OsString,
    },
}

impl Subject {
    /// No two share one.
    pub fn name(&self) -> &str {
        match self {
            Self::Library(library) => &library.name,
            Self::Real { name, .. } => name,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What was tried.
    pub subject: Subject,
    /// Of a mutant.
    pub class: Option<Class>,
    /// Clauses that were judged.
    pub judged: BTreeSet<String>,
    /// Those that were found not to hold.
    pub failing: BTreeSet<String>,
    /// What is to be known of a class or of an accusation; else empty.
    pub because: String,
    /// How long it took.
    pub time: Duration,
}

impl Trial {
    fn new(subject: &Subject, class: Option<Class>, because: impl Into<String>) -> Self {
        Self {
            subject: subject.clone(),
            class,
            judged: BTreeSet::new(),
            failing: BTreeSet::new(),
            because: because.into(),
            time: Duration::ZERO,
        }
    }

    fn with(mut self, report: &Report) -> Self {
        for result in report.results.iter().filter(|result| result.verdict != Verdict::Skip) {
            self.judged.insert(result.clause.clone());
            if result.verdict == Verdict::Fail {
                self.failing.insert(result.clause.clone());
            }
        }
        self
    }

    /// A sound allocator's fault: it was accused, or not judged at all.
    pub fn is_accused(&self) -> bool {
        self.class.is_none() && (!self.failing.is_empty() || !self.because.is_empty())
    }
}

/// Puts one before the suite.
///
/// # Errors
///
/// If the suite or the probe cannot be run, or the user interrupts.
pub fn of(suite: &Path, subject: &Subject, options: &Options) -> Result<Trial, Failure> {
    let started = Instant::now();
    let trial = match subject {
        Subject::Real { target, .. } => sound(suite, subject, std::slice::from_ref(target))?,
        Subject::Library(library) => match (&library.breaks, &library.file) {
            (Some(clause), Some(file)) => mutant(suite, subject, library, clause, file, options)?,
            (None, Some(file)) => sound(suite, subject, &words(library, &[], file))?,
            (_, None) => absent(subject, library),
        },
    };
    Ok(Trial { time: started.elapsed(), ..trial })
}

fn absent(subject: &Subject, library: &Library) -> Trial {
    let (class, why) = match (&library.absent, &library.fault) {
        (Some(why), _) => (Class::NotHere, why.clone()),
        (None, why) => (Class::Void, why.clone().unwrap_or_default()),
    };
    Trial::new(subject, Some(class), why)
}

fn sound(suite: &Path, subject: &Subject, words: &[OsString]) -> Result<Trial, Failure> {
    Ok(match suite::judge(suite, words)? {
        Ran::Judged(report) => Trial::new(subject, None, first_failure(&report)).with(&report),
        Ran::Refused(why) => Trial::new(subject, None, why),
        Ran::TimedOut => Trial::new(subject, None, "the run did not end in time"),
    })
}

fn mutant(
    suite: &Path,
    subject: &Subject,
    library: &Library,
    clause: &str,
    file: &Path,
    options: &Options,
) -> Result<Trial, Failure> {
    match suite::ask(library, clause)? {
        Answer::Wrong => {}
        Answer::Right => return Ok(Trial::new(subject, Some(Class::Void), "its probe finds no defect")),
        Answer::NoQuestion => return Ok(Trial::new(subject, Some(Class::Void), "no probe asks about its clause")),
    }
    let all = Vec::new();
    let own_area: Vec<String> = library.area().map(|area| format!("--only={area}")).into_iter().collect();
    // Survival is judged during every other check.
    let narrow = if options.whole || clause.starts_with("robustness.") { &all } else { &own_area };
    let trial = judged(suite, subject, library, clause, &words(library, narrow, file))?;
    if trial.class == Some(Class::Survived) && !narrow.is_empty() {
        // Does anything else notice it?
        return judged(suite, subject, library, clause, &words(library, &all, file));
    }
    Ok(trial)
}

fn judged(
    suite: &Path,
    subject: &Subject,
    library: &Library,
    clause: &str,
    words: &[OsString],
) -> Result<Trial, Failure> {
    let report = match suite::judge(suite, words)? {
        Ran::Judged(report) => report,
        Ran::Refused(why) => return Ok(Trial::new(subject, Some(Class::WrongReason), why)),
        Ran::TimedOut => return Ok(Trial::new(subject, Some(Class::TimedOut), "")),
    };
    // That processes survive is judged by their deaths.
    let dies = library.dies.is_some() || clause.starts_with("robustness.");
    let class = Class::of(clause, &report.results, dies);
    let because = match class {
        Class::KilledByOwn | Class::Survived => String::new(),
        _ => first_failure(&report),
    };
    Ok(Trial::new(subject, Some(class), because).with(&report))
}

/// Options and target for the suite.
fn words(library: &Library, more: &[String], file: &Path) -> Vec<OsString> {
    let options = library.options.iter().chain(more).map(OsString::from);
    options.chain([OsString::from("--"), file.into()]).collect()
}

fn first_failure(report: &Report) -> String {
    let failing = report.results.iter().find(|result| result.verdict == Verdict::Fail);
    failing.map(|result| format!("{}: {}", result.clause, result.reason)).unwrap_or_default()
}
