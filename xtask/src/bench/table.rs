//! The measurements as a table in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::allocators::{Runs, WORKLOADS};
use super::panel::Member;
use super::spread::Spread;

/// Times as nanoseconds for the first allocator and as multiples of its times for all others; then memory, and what
/// a second thread brings.
pub fn render(panel: &[Member], all: &[Vec<Runs>]) -> String {
    let mut table = String::new();
    let labels: Vec<_> = panel.iter().map(|member| member.label.as_str()).collect();
    line(&mut table, "time", labels.iter().map(|label| (*label).to_owned()));
    line(&mut table, "---", labels.iter().map(|_| "---".to_owned()));
    for (workload, row) in WORKLOADS.iter().zip(all) {
        line(&mut table, workload.about, row.iter().enumerate().map(|(index, runs)| time(index, runs, &row[0])));
    }
    let cell = |show: &dyn Fn(&Runs) -> Option<String>, runs| show(runs).unwrap_or_else(|| NOTHING.into());
    if let Some(row) = all.iter().find(|row| row.iter().any(|runs| !runs.memory.is_empty())) {
        let memory =
            |runs: &Runs| Spread::of(runs.memory.iter().copied()).map(|spread| format!("{:.2}", spread.median));
        line(&mut table, "peak memory for a byte in use", row.iter().map(|runs| cell(&memory, runs)));
    }
    let rows = (row_of(all, "threads-1"), row_of(all, "threads-2"));
    let scaling = rows.0.iter().zip(rows.1).map(|(one, two)| {
        let gain = Spread::of_ratios(&one.nanoseconds, &two.nanoseconds);
        gain.map_or_else(|| NOTHING.into(), |gain| format!("{:.2} ({:.2}–{:.2})", gain.median, gain.least, gain.most))
    });
    line(&mut table, "throughput of 2 threads over 1", scaling);
    table + &notes(panel, all)
}

const NOTHING: &str = "—";

fn row_of<'a>(all: &'a [Vec<Runs>], name: &str) -> &'a [Runs] {
    let index = WORKLOADS.iter().position(|workload| workload.name == name).expect("one of the workloads");
    &all[index]
}

fn line(table: &mut String, head: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<_> = cells.map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(table, "| {head} | {} |", cells.join(" | ")).expect("a String takes all");
}

fn time(index: usize, runs: &Runs, first: &Runs) -> String {
    let shown = if index == 0 {
        Spread::of(runs.nanoseconds.iter().copied()).map(|time| format!("{:.1} ns", time.median))
    } else {
        let ratio = Spread::of_ratios(&runs.nanoseconds, &first.nanoseconds);
        ratio.map(|ratio| format!("{:.2}× ({:.2}–{:.2})", ratio.median, ratio.least, ratio.most))
    };
    shown.unwrap_or_else(|| NOTHING.into())
}

/// Why there are gaps, each reason once.
fn notes(panel: &[Member], all: &[Vec<Runs>]) -> String {
    let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (workload, row) in WORKLOADS.iter().zip(all) {
        for (member, runs) in panel.iter().zip(row) {
            if let Some(why) = &runs.refused {
                reasons.entry((&member.label, why)).or_default().push(workload.name);
            }
        }
    }
    let note = |((label, why), workloads): (&(&str, &str), &Vec<&str>)| {
        format!("\n{NOTHING} {label}, {}: {why}\n", workloads.join(", "))
    };
    reasons.iter().map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::example;

    #[test]
    fn a_table() {
        let (panel, runs) = example();
        insta::assert_snapshot!(super::render(&panel, &runs));
    }
}
