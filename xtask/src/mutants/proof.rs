//! All trials together: by mutant, by clause, by area.

use std::collections::BTreeMap;
use std::time::Duration;

use pymem_spec::{Area, Level, Registry};
use serde::Serialize;

use super::class::Class;
use super::interval::Share;
use super::library::Listing;
use super::options::Options;
use super::trial::{Subject, Trial};
use crate::list::coverage::Known;
use crate::report::{State, Witness};
use crate::text::plural;

/// What the suite catches, and whom it accuses.
pub struct Proof {
    /// In the order of the clauses that they break.
    pub mutants: Vec<Mutant>,
    /// Real ones first, and then the odd ones.
    pub sound: Vec<Trial>,
    /// Every clause that the suite judges, in order.
    pub clauses: Vec<Clause>,
    /// Every area that has one, in order, and all together.
    pub areas: Vec<Row>,
    /// Whether every mutant was judged by every clause.
    pub whole: bool,
    /// Whether all there is was tried.
    pub complete: bool,
    /// From the first trial to the last.
    pub time: Duration,
    /// What could not be made on this machine.
    pub missing: Vec<String>,
    /// Clauses that are said to have no mutant, and have one or do not exist.
    pub stale: Vec<String>,
    /// Whether that speaks against it.
    require_all: bool,
}

/// A mutant and what became of it.
pub struct Mutant {
    pub breaks: String,
    pub area: Area,
    pub about: String,
    pub class: Class,
    pub trial: Trial,
}

/// A clause that the suite judges, or a mutant breaks.
#[derive(Serialize)]
pub struct Clause {
    pub clause: String,
    pub area: Area,
    pub level: Level,
    /// Whether the suite judges it.
    pub checked: bool,
    /// The mutants that break it, and how many of them it killed.
    pub mutants: usize,
    pub killed: usize,
    /// Mutants that are not on this machine.
    pub not_here: usize,
    /// Why no mutant can break it.
    pub without: Option<String>,
}

impl Clause {
    /// Whether a mutant should be killed by it and none is.
    fn is_unproven(&self) -> bool {
        let excused = self.without.is_some() || self.not_here > 0;
        self.level == Level::Must && self.checked && self.killed == 0 && !excused
    }
}

/// What is caught and accused in an area.
#[derive(Serialize)]
pub struct Row {
    /// None: in all together.
    pub area: Option<Area>,
    /// Mutants killed by the clause that they break.
    pub sensitivity: Share,
    /// Sound allocators accused of nothing, of those judged.
    pub specificity: Share,
}

impl Proof {
    /// Puts the trials together.
    pub fn new(trials: Vec<Trial>, listing: &Listing, known: &Known, options: &Options, time: Duration) -> Self {
        let (mutants, sound): (Vec<_>, Vec<_>) = trials.into_iter().partition(|trial| trial.class.is_some());
        let order: BTreeMap<&str, usize> =
            Registry::embedded().clauses().iter().enumerate().map(|(at, clause)| (clause.id.as_str(), at)).collect();
        // A sound one that cannot be made here is none.
        let mut mutants: Vec<Mutant> = mutants.into_iter().filter_map(mutant).collect();
        mutants.sort_by(|one, other| {
            let place = |mutant: &Mutant| order.get(mutant.breaks.as_str()).copied();
            place(one).cmp(&place(other)).then_with(|| one.trial.subject.name().cmp(other.trial.subject.name()))
        });
        let clauses = clauses(&mutants, listing, known);
        let has_mutant = |clause: &str| clauses.iter().any(|row| row.clause == clause && row.mutants > 0);
        let complete = options.names.is_empty();
        let stale = listing.without_mutant.iter().map(|without| without.clause.clone());
        let stale = stale.filter(|clause| complete && (has_mutant(clause) || !order.contains_key(clause.as_str())));
        Self {
            areas: areas(&mutants, &sound),
            stale: stale.collect(),
            whole: options.whole,
            complete,
            time,
            missing: listing.missing.clone(),
            require_all: options.require_all,
            mutants,
            sound,
            clauses,
        }
    }

    /// How many mutants are of a class.
    pub fn count(&self, class: Class) -> usize {
        self.mutants.iter().filter(|mutant| mutant.class == class).count()
    }

    /// Mutants that speak against the suite.
    pub fn alive(&self) -> Vec<&Mutant> {
        self.mutants.iter().filter(|mutant| !mutant.class.is_fine()).collect()
    }

    /// Sound allocators that speak against it.
    pub fn accused(&self) -> Vec<&Trial> {
        self.sound.iter().filter(|trial| trial.is_accused()).collect()
    }

    /// Clauses of which nothing shows that their checks can fail.
    pub fn unproven(&self) -> Vec<&Clause> {
        let judged = self.clauses.iter().filter(|_| self.complete);
        judged.filter(|clause| clause.is_unproven()).collect()
    }

    /// `must` clauses that only mutants break which cannot be made here.
    pub fn unproven_here(&self) -> Vec<&Clause> {
        let is_so = |row: &&Clause| row.level == Level::Must && row.checked && row.killed == 0 && row.not_here > 0;
        self.clauses.iter().filter(is_so).collect()
    }

    /// The witnesses of mutants, where they were asked for.
    pub fn witnesses(&self) -> impl Iterator<Item = (&Mutant, &Witness)> {
        self.mutants.iter().filter_map(|mutant| Some((mutant, mutant.trial.witness.as_ref()?)))
    }

    /// Those that do not show what they should.
    pub fn unconfirmed(&self) -> impl Iterator<Item = (&Mutant, &Witness)> {
        self.witnesses().filter(|(_, witness)| !matches!(witness.state, State::Confirmed | State::None))
    }

    /// What came of it, in a word.
    pub fn verdict(&self) -> &'static str {
        match (self.complaint(), self.complete) {
            (Some(_), _) => "not proven",
            (None, true) => "proven",
            (None, false) => "no fault in what was tried",
        }
    }

    /// Why the suite is not proven; none if it is.
    pub fn complaint(&self) -> Option<String> {
        let mut complaints = Vec::new();
        let mut complain = |count: usize, noun: &str, what: &str, names: Vec<String>| {
            if count > 0 {
                complaints.push(format!("{} {what}: {}", plural(count, noun), names.join(", ")));
            }
        };
        let alive = self.alive();
        let names = alive.iter().map(|mutant| format!("{} ({})", mutant.breaks, mutant.trial.subject.name())).collect();
        complain(alive.len(), "mutant", "not killed by the clause that is broken", names);
        let unproven = self.unproven();
        complain(
            unproven.len(),
            "`must` clause",
            "without a mutant that it kills",
            unproven.iter().map(|row| row.clause.clone()).collect(),
        );
        let accused = self.accused();
        complain(
            accused.len(),
            "sound allocator",
            "accused",
            accused.iter().map(|trial| trial.subject.name().to_owned()).collect(),
        );
        complain(
            self.stale.len(),
            "reason",
            "given why no mutant breaks a clause, which is not so",
            self.stale.clone(),
        );
        let unconfirmed: Vec<String> =
            self.unconfirmed().map(|(mutant, _)| mutant.trial.subject.name().to_owned()).collect();
        complain(unconfirmed.len(), "witness", "not confirmed", unconfirmed);
        if self.require_all {
            complain(self.missing.len(), "component", "missing", self.missing.clone());
        }
        (!complaints.is_empty()).then(|| complaints.join("; "))
    }
}

fn mutant(trial: Trial) -> Option<Mutant> {
    let Subject::Library(library) = &trial.subject else { return None };
    let breaks = library.breaks.clone()?;
    Some(Mutant {
        area: library.area().unwrap_or(Area::Robustness),
        about: library.about.clone(),
        class: trial.class?,
        breaks,
        trial,
    })
}

fn clauses(mutants: &[Mutant], listing: &Listing, known: &Known) -> Vec<Clause> {
    let row = |clause: &pymem_spec::Clause| {
        let own = || mutants.iter().filter(|mutant| mutant.breaks == clause.id);
        let without = listing.without_mutant.iter().find(|without| without.clause == clause.id);
        Clause {
            clause: clause.id.clone(),
            area: clause.area,
            level: clause.level,
            checked: known.judges(&clause.id),
            mutants: own().count(),
            killed: own().filter(|mutant| mutant.class == Class::KilledByOwn).count(),
            not_here: own().filter(|mutant| mutant.class == Class::NotHere).count(),
            without: without.map(|without| without.reason.clone()),
        }
    };
    let rows = Registry::embedded().clauses().iter().map(row);
    rows.filter(|row| row.checked || row.mutants > 0).collect()
}

fn areas(mutants: &[Mutant], sound: &[Trial]) -> Vec<Row> {
    let tried = || mutants.iter().filter(|mutant| mutant.class != Class::NotHere);
    let caught = |area: Option<Area>| {
        let own: Vec<_> = tried().filter(|mutant| area.is_none_or(|area| area == mutant.area)).collect();
        Share::new(own.iter().filter(|mutant| mutant.class == Class::KilledByOwn).count(), own.len())
    };
    let spared = |area: Option<Area>| {
        let is_in = |clause: &String| area.is_none_or(|area| area_of(clause) == Some(area));
        let judged: Vec<_> = sound.iter().filter(|trial| trial.judged.iter().any(is_in)).collect();
        Share::new(judged.iter().filter(|trial| !trial.failing.iter().any(is_in)).count(), judged.len())
    };
    let row = |area| Row { area, sensitivity: caught(area), specificity: spared(area) };
    let rows = Area::ALL.iter().map(|area| row(Some(*area)));
    rows.filter(|row| row.sensitivity.cases + row.specificity.cases > 0).chain([row(None)]).collect()
}

/// The area of a clause of the contract.
pub fn area_of(clause: &str) -> Option<Area> {
    Some(Registry::embedded().get(clause)?.area)
}

#[cfg(test)]
mod tests {
    use super::super::samples::proof;

    #[test]
    fn a_proof_without_a_flaw() {
        let proof = proof(|_| {});
        assert_eq!(proof.complaint(), None);
        assert!(proof.alive().is_empty() && proof.accused().is_empty() && proof.unproven().is_empty());
    }

    #[test]
    fn what_speaks_against_the_suite_is_named() {
        let proof = proof(|sample| {
            sample.survives("free.null");
            sample.accuse("guard-pages", "calloc.zeroed");
            sample.excuse("free.any-order");
        });
        insta::assert_snapshot!(proof.complaint().expect("it is flawed"), @"1 mutant not killed by the clause that is broken: free.null (free-null-broken); 1 `must` clause without a mutant that it kills: free.null; 1 sound allocator accused: guard-pages; 1 reason given why no mutant breaks a clause, which is not so: free.any-order");
    }
}
