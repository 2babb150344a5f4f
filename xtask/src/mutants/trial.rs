//! One allocator before the suite.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use pymem_spec::Area;

use super::class::Class;
use super::library::{self, Library};
use super::options::Options;
use super::suite::{self, Answer, Ran};
use crate::failure::Failure;
use crate::report::{Report, Verdict, Witness};

/// What is tried.
#[derive(Clone, Debug)]
pub enum Subject {
    /// One of `c-tests`.
    Library(Box<Library>),
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
    /// The program that shows the defect of a mutant, where one was asked for.
    pub witness: Option<Witness>,
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
            witness: None,
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
            (_, None) => not_made(subject, library),
        },
    };
    Ok(Trial { time: started.elapsed(), ..trial })
}

fn not_made(subject: &Subject, library: &Library) -> Trial {
    let fault = library.fault.clone().unwrap_or_default();
    match &library.absent {
        Some(why) => Trial::new(subject, Some(Class::NotHere), why.clone()),
        None if library.breaks.is_some() => Trial::new(subject, Some(Class::Void), fault),
        None => Trial::new(subject, None, format!("it cannot be made: {fault}")),
    }
}

fn sound(suite: &Path, subject: &Subject, words: &[OsString]) -> Result<Trial, Failure> {
    Ok(match suite::judge(suite, words)? {
        Ran::Judged(report) => {
            let trial = Trial::new(subject, None, first_failure(&report, None)).with(&report);
            let because = if trial.judged.is_empty() { "nothing could be judged".to_owned() } else { trial.because };
            Trial { because, ..trial }
        }
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
    if let Some(why) = is_void(library, clause)? {
        return Ok(Trial::new(subject, Some(Class::Void), why));
    }
    let all = Vec::new();
    let own_area = only(library).filter(|_| !options.whole).into_iter().collect();
    let narrow: &Vec<String> = &own_area;
    let mut trial = judged(suite, subject, library, clause, &words(library, narrow, file))?;
    if options.witnesses && trial.class == Some(Class::KilledByOwn) {
        trial.witness = witness(suite, library, clause, file)?;
        return Ok(trial);
    }
    if trial.class == Some(Class::Survived) && !narrow.is_empty() {
        // Does anything else notice it?
        return judged(suite, subject, library, clause, &words(library, &all, file));
    }
    Ok(trial)
}

/// The program that shows the defect.
fn witness(suite: &Path, library: &Library, clause: &str, file: &Path) -> Result<Option<Witness>, Failure> {
    let folder = library::folder()?.join("witnesses").join(&library.name);
    let more = [format!("--only={clause}"), format!("--witness-dir={}", folder.display())];
    Ok(match suite::judge(suite, &words(library, &more, file))? {
        Ran::Judged(report) => report.witnesses.into_iter().find(|witness| witness.clause == clause),
        Ran::Refused(_) | Ran::TimedOut => None,
    })
}

/// Why nothing shows that a mutant has its defect, if so.
fn is_void(library: &Library, clause: &str) -> Result<Option<&'static str>, Failure> {
    Ok(match suite::ask(library, clause, None)? {
        Answer::Right => Some("its probe finds no defect"),
        Answer::NoQuestion => Some("no probe asks about its clause"),
        Answer::NotAsked => Some("its probe does not start"),
        Answer::Wrong => match &library.base {
            Some(base) if !matches!(suite::ask(library, clause, Some(base))?, Answer::Right) => {
                Some("its probe finds the same in the one that it was made from")
            }
            _ => None,
        },
    })
}

/// The option that judges a mutant by its area alone; none if that says nothing.
pub fn only(library: &Library) -> Option<String> {
    // Survival is judged during every other check.
    library.area().filter(|area| *area != Area::Robustness).map(|area| format!("--only={area}"))
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
        _ => first_failure(&report, Some(clause)),
    };
    Ok(Trial::new(subject, Some(class), because).with(&report))
}

/// Options and target for the suite.
fn words(library: &Library, more: &[String], file: &Path) -> Vec<OsString> {
    let options = library.options.iter().chain(more).map(OsString::from);
    options.chain([OsString::from("--"), file.into()]).collect()
}

/// What failed first, of a clause if that failed.
fn first_failure(report: &Report, of: Option<&str>) -> String {
    let mut failing: Vec<_> = report.results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    failing.sort_by_key(|result| of.is_some_and(|clause| result.clause != clause));
    failing.first().map(|result| format!("{}: {}", result.clause, result.reason)).unwrap_or_default()
}
