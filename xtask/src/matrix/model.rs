//! Reports side by side: clauses down, targets across.

use std::collections::BTreeMap;

use pymem_spec::{Area, Build, Level, Registry, Version};
use serde::Serialize;

use super::cell::{Cell, Sign, reason};
use super::names::{Name, names, stem};
use super::run::Ran;
use super::traits::{self, Trait};
use crate::report::{ClauseResult, Report, Summary};

/// All that is shown.
#[derive(Debug, Serialize)]
pub struct Matrix {
    /// The targets with a report, in the order in which they were named.
    pub targets: Vec<Column>,
    /// The others.
    pub untested: Vec<Untested>,
    /// By area, and then by id.
    pub clauses: Vec<Row>,
    /// Why some targets are judged in fewer places than others.
    pub narrower: Vec<Narrower>,
    /// Traits that are not the same everywhere.
    pub traits: Vec<Trait>,
}

/// A target with a report.
#[derive(Debug, Serialize)]
pub struct Column {
    /// Short, and no other's.
    pub name: Name,
    /// As it was named.
    pub target: String,
    /// The version of the contract that was judged.
    pub spec: Version,
    /// How it was built.
    pub build: Vec<Build>,
    /// Whether it keeps the contract.
    pub conforms: bool,
    /// Counts of results.
    pub summary: Summary,
    /// Results that are open for want of memory or time.
    pub starved: usize,
}

/// A target without a report.
#[derive(Debug, Serialize)]
pub struct Untested {
    /// Short.
    pub name: String,
    /// As it was named.
    pub target: String,
    /// One sentence.
    pub reason: String,
}

/// A reason for skips on some of the targets, beside results of the same clauses that were judged.
#[derive(Debug, Serialize)]
pub struct Narrower {
    /// Why.
    pub reason: String,
    /// How many results of which targets.
    pub targets: Vec<(Name, usize)>,
}

/// One clause.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its id.
    pub clause: String,
    /// Its area.
    pub area: Area,
    /// Its level, where the contract here knows it.
    pub level: Option<Level>,
    /// One for each target.
    pub cells: Vec<Cell>,
}

impl Row {
    /// Whether targets differ.
    pub fn differs(&self) -> bool {
        self.cells.iter().any(|cell| cell.sign != self.cells[0].sign)
    }

    /// Whether the clause was seen not to hold, on whatever target.
    pub fn fails(&self) -> bool {
        self.cells.iter().any(|cell| cell.sign.is_failure())
    }
}

impl Matrix {
    /// Lays the reports beside each other.
    pub fn new(ran: &[Ran]) -> Self {
        let reports: Vec<&Report> = ran.iter().filter_map(|ran| ran.found.as_ref().ok()).collect();
        let names = names(reports.iter().map(|report| &report.target));
        let column = |(report, name): (&&Report, &Name)| Column {
            name: name.clone(),
            target: report.target.name.clone(),
            spec: report.spec,
            build: report.target.build.clone(),
            conforms: report.verdict == "conforms",
            summary: report.summary,
            starved: report.results.iter().filter(|result| Sign::of(result) == Sign::Starved).count(),
        };
        let untested = ran.iter().filter_map(|ran| {
            let target = ran.target.to_string_lossy().escape_debug().to_string();
            Some(Untested { name: stem(&target), reason: ran.found.as_ref().err()?.clone(), target })
        });
        Self {
            targets: reports.iter().zip(&names).map(column).collect(),
            untested: untested.collect(),
            clauses: rows(&reports),
            narrower: narrower(&reports, &names),
            traits: traits::that_differ(&reports, &names),
        }
    }

    /// The rows for which `wanted`, by area.
    pub fn by_area(&self, wanted: impl Fn(&Row) -> bool) -> Vec<(Area, Vec<&Row>)> {
        let mut areas: Vec<(Area, Vec<&Row>)> = Vec::new();
        for row in self.clauses.iter().filter(|row| wanted(row)) {
            match areas.last_mut() {
                Some((area, rows)) if *area == row.area => rows.push(row),
                _ => areas.push((row.area, vec![row])),
            }
        }
        areas
    }

    /// Why the cells of a row are no passes, each reason with the names of its targets.
    pub fn reasons<'m>(&'m self, row: &'m Row) -> Vec<(Vec<&'m Name>, &'m str)> {
        let mut reasons: Vec<(Vec<&Name>, &str)> = Vec::new();
        for (cell, column) in row.cells.iter().zip(&self.targets) {
            match reasons.iter_mut().find(|(_, why)| *why == cell.why) {
                Some((names, _)) => names.push(&column.name),
                None if cell.why.is_empty() => {}
                None => reasons.push((vec![&column.name], &cell.why)),
            }
        }
        reasons
    }

    /// The clauses that no target fails and that are the same everywhere: how many have which sign, and for those that
    /// are no passes why.
    pub fn uniform(&self) -> Vec<(Sign, &str, Vec<&Row>)> {
        let mut kinds: Vec<(Sign, &str, Vec<&Row>)> = Vec::new();
        for row in self.clauses.iter().filter(|row| !row.differs() && !row.fails()) {
            let Some(first) = row.cells.first() else { continue };
            match kinds.iter_mut().find(|(sign, why, _)| (*sign, *why) == (first.sign, &first.why)) {
                Some((_, _, rows)) => rows.push(row),
                None => kinds.push((first.sign, &first.why, vec![row])),
            }
        }
        kinds.sort_by_key(|(sign, _, rows)| (*sign, std::cmp::Reverse(rows.len())));
        kinds
    }
}

fn rows(reports: &[&Report]) -> Vec<Row> {
    let mut clauses = BTreeMap::<(Option<Area>, &str), Vec<Vec<&ClauseResult>>>::new();
    for (index, report) in reports.iter().enumerate() {
        for result in &report.results {
            let key = (area_of(&result.clause), result.clause.as_str());
            clauses.entry(key).or_insert_with(|| vec![Vec::new(); reports.len()])[index].push(result);
        }
    }
    let row = |((area, clause), results): ((Option<Area>, &str), Vec<Vec<&ClauseResult>>)| {
        Some(Row {
            clause: clause.to_owned(),
            area: area?,
            level: Registry::embedded().get(clause).map(|clause| clause.level),
            cells: results.iter().map(|results| Cell::new(results)).collect(),
        })
    };
    clauses.into_iter().filter_map(row).collect()
}

fn narrower(reports: &[&Report], names: &[Name]) -> Vec<Narrower> {
    let mut reasons = BTreeMap::<&str, BTreeMap<usize, usize>>::new();
    for (index, report) in reports.iter().enumerate() {
        let told = report.results.iter().filter(|result| matches!(Sign::of(result), Sign::State | Sign::Symbol));
        for result in told {
            *reasons.entry(reason(result)).or_default().entry(index).or_default() += 1;
        }
    }
    // What all have sets none apart.
    reasons.retain(|_, counts| counts.len() < reports.len());
    let narrower = |(reason, counts): (&str, BTreeMap<usize, usize>)| Narrower {
        reason: reason.to_owned(),
        targets: counts.into_iter().map(|(index, count)| (names[index].clone(), count)).collect(),
    };
    reasons.into_iter().map(narrower).collect()
}

/// None for an id that no report of the suite has.
fn area_of(clause: &str) -> Option<Area> {
    clause.split('.').next()?.parse().ok()
}
