//! How a check failed, found again by its steps alone, and these cut down.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::shrink::{Failed, Replay, shrink, sound};
use super::source::Ending;
use super::steps::Failure;
use crate::sandbox::errand;
use crate::sandbox::keeper::{self, Item};
use crate::sandbox::replayer::Replayer;
use crate::sandbox::spawn::Order;
use crate::sandbox::watch::Limits;
use crate::tape::{Act, Fault, Finding, Step};

/// The time of one replay, at most.
const REPLAY: Duration = Duration::from_secs(2);
/// What hangs is tried often: a call that takes longer than this does.
const HANG: Duration = Duration::from_millis(250);

/// Steps, and how they fail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The steps.
    pub steps: Vec<Step>,
    /// How they fail.
    pub way: Way,
}

/// How steps fail.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Way {
    /// This is found.
    Found(Finding),
    /// The process dies.
    Dies,
    /// A call does not return.
    Hangs,
    /// The process exits.
    Exits,
}

impl Shown {
    /// How they fail, for who writes it down.
    pub fn failure(&self) -> Failure {
        match self.way {
            Way::Found(finding) => Failure::Found(finding),
            Way::Dies => Failure::Ended(Ending::Dies),
            Way::Hangs => Failure::Ended(Ending::Hangs),
            Way::Exits => Failure::Ended(Ending::Exits),
        }
    }
}

/// Runs a check again, makes its steps again, and cuts them down for about `time`. `company` are checks that ran before
/// it in its process, and the check. `None` where its steps alone do not fail.
pub fn shown(order: &Order, company: &[Item], seed: u64, limits: Limits, time: Duration) -> Option<Shown> {
    errand::run(time + 2 * REPLAY, || search(order, company, seed, limits, time)).ok()?
}

fn search(order: &Order, company: &[Item], seed: u64, limits: Limits, time: Duration) -> Option<Shown> {
    let until = Instant::now() + time;
    let mut replayer = Replayer::new(order, seed, limits);
    let item = company.last()?;
    let (steps, like) = recorded(&mut replayer, order, company)?;
    if like == Way::Hangs {
        replayer.hurry(HANG);
    }
    let act = act_of(&like, &steps);
    let mut trial = Trial { replayer, item, like, act };
    let steps = shrink(steps, &mut trial, until);
    // Once more, for what is found of just these.
    let way = trial.replayer.replay(item, &steps, REPLAY).as_ref().and_then(way).unwrap_or(trial.like);
    Some(Shown { steps, way })
}

/// The steps of the check, which fail when they are made again, and how; with as little before them as will do.
fn recorded(replayer: &mut Replayer, order: &Order, company: &[Item]) -> Option<(Vec<Step>, Way)> {
    let chain = &order.launch.failed_before;
    let alone = &company[company.len() - 1..];
    let last = &chain[chain.len().saturating_sub(1)..];
    let attempts = [(alone, last), (company, &chain[..])];
    attempts.into_iter().find_map(|(items, chain)| {
        replayer.run_after(chain);
        let (_, steps) = replayer.record(items).filter(|(ending, _)| ending.speaks_against())?;
        let steps = sound(&steps);
        let way = replayer.replay(items.last()?, &steps, REPLAY).as_ref().and_then(way)?;
        Some((steps, way))
    })
}

/// Replays that have to fail as the first did.
struct Trial<'r> {
    replayer: Replayer,
    item: &'r Item,
    like: Way,
    act: Option<Act>,
}

impl Replay for Trial<'_> {
    fn fails(&mut self, steps: &[Step]) -> Option<Failed> {
        let way = way(&self.replayer.replay(self.item, steps, REPLAY)?)?;
        let alike = match (self.like, way) {
            // What brings it is part of what the clause is about.
            (Way::Found(one), Way::Found(other)) => one.fault.is_like(other.fault) && act_of(&way, steps) == self.act,
            (one, other) => one == other,
        };
        let found = if let Way::Found(finding) = way { Some(finding) } else { None };
        let count = found.map_or(steps.len(), |finding| finding.step + 1);
        let other =
            found.and_then(|finding| if let Fault::Overlaps(other) = finding.fault { Some(other) } else { None });
        alike.then_some(Failed { count, blocks: [found.map(|finding| finding.block), other] })
    }
}

/// The act that brings what is found; none where it is only noticed later.
fn act_of(way: &Way, steps: &[Step]) -> Option<Act> {
    match way {
        Way::Found(finding) if finding.fault != Fault::Changed(false) => steps.get(finding.step).map(|step| step.act),
        _ => None,
    }
}

/// In which way a replay failed; `None` if it did not.
fn way(ending: &keeper::Ending) -> Option<Way> {
    match ending {
        keeper::Ending::Verdict(verdict) => verdict.finding.map(Way::Found),
        keeper::Ending::Died { how, .. } if how.contains("by itself") => Some(Way::Exits),
        keeper::Ending::Died { .. } => Some(Way::Dies),
        keeper::Ending::Hung { .. } => Some(Way::Hangs),
        _ => None,
    }
}
