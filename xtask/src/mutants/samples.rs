//! A small proof for tests, and ways to spoil it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pymem_spec::{Kind, Level};

use super::class::Class;
use super::library::{Library, Listing, Without};
use super::options::{self, Options, Wish};
use super::proof::Proof;
use super::trial::{Subject, Trial};
use crate::list::coverage::Known;
use crate::report::{ClauseResult, Verdict};

/// Clauses of the sample, each with a mutant.
const CLAUSES: [&str; 3] = ["calloc.zeroed", "free.null", "free.any-order"];

/// What a test changes.
pub struct Sample {
    trials: Vec<Trial>,
    listing: Listing,
}

/// A proof in which each of some clauses kills its mutant and nobody is accused, but for what `spoil` does.
pub fn proof(spoil: impl FnOnce(&mut Sample)) -> Proof {
    let real = Subject::Real { name: "libsound.so".into(), target: "malloc:/lib/libsound.so".into() };
    let odd = Subject::Library(Box::new(library("guard-pages", None)));
    let control = Subject::Library(Box::new(Library { control: true, ..library("control", None) }));
    let sound = [real, odd, control].map(|subject| trial(subject, None, &[]));
    let broken = CLAUSES.map(|clause| {
        let subject =
            Subject::Library(Box::new(library(&format!("{}-broken", clause.replace('.', "-")), Some(clause))));
        trial(subject, Some(Class::KilledByOwn), &[clause])
    });
    let mut sample = Sample { trials: sound.into_iter().chain(broken).collect(), listing: Listing::default() };
    spoil(&mut sample);
    let Ok(Wish::Run(options)) = options::parse(&[]) else { panic!("no words are no mistake") };
    let options = Options { jobs: 1, ..options };
    Proof::new(sample.trials, &sample.listing, &Known::for_tests(&CLAUSES), &options, Duration::from_secs(12))
}

impl Sample {
    /// The mutant that breaks `clause` is not noticed.
    pub fn survives(&mut self, clause: &str) {
        let trial =
            self.trial(|subject| matches!(subject, Subject::Library(one) if one.breaks.as_deref() == Some(clause)));
        trial.class = Some(Class::Survived);
        trial.failing.clear();
    }

    /// A sound allocator is accused.
    pub fn accuse(&mut self, name: &str, clause: &str) {
        let trial = self.trial(|subject| subject.name() == name);
        trial.failing.insert(clause.into());
        trial.because = format!("{clause}: expected 0 at byte 3; 7");
    }

    /// A clause is said to have no mutant.
    pub fn excuse(&mut self, clause: &str) {
        self.listing.without_mutant.push(Without { clause: clause.into(), reason: "it cannot be broken".into() });
    }

    fn trial(&mut self, is_it: impl Fn(&Subject) -> bool) -> &mut Trial {
        self.trials.iter_mut().find(|trial| is_it(&trial.subject)).expect("it is in the sample")
    }
}

fn trial(subject: Subject, class: Option<Class>, failing: &[&str]) -> Trial {
    Trial {
        subject,
        class,
        judged: CLAUSES.iter().map(|clause| (*clause).to_owned()).collect(),
        failing: failing.iter().map(|clause| (*clause).to_owned()).collect::<BTreeSet<_>>(),
        because: String::new(),
        witness: None,
        time: Duration::from_secs(1),
    }
}

fn library(name: &str, breaks: Option<&str>) -> Library {
    Library {
        name: name.into(),
        kind: Kind::Pymem,
        file: Some(format!("/lib/{name}.so").into()),
        absent: None,
        fault: None,
        breaks: breaks.map(str::to_owned),
        about: format!("{name} is like no other"),
        dies: None,
        control: false,
        options: Vec::new(),
        base: None,
        probe: vec!["/lib/probe".into()],
        environment: BTreeMap::new(),
    }
}

/// A result that holds.
pub fn passed(clause: &str) -> ClauseResult {
    ClauseResult {
        clause: clause.into(),
        level: Level::Must,
        domain: None,
        verdict: Verdict::Pass,
        reason: String::new(),
        expected: None,
    }
}

/// One that does not.
pub fn failed(clause: &str) -> ClauseResult {
    let reason = "expected 0 at byte 3; 7".into();
    ClauseResult { verdict: Verdict::Fail, reason, expected: Some("0 at byte 3".into()), ..passed(clause) }
}

/// One of a process that died.
pub fn died(clause: &str) -> ClauseResult {
    ClauseResult { expected: Some("the call returns".into()), ..failed(clause) }
}
