//! Every failure, told once however often it was seen.

use super::collapse::{Failure, Group, groups};
use super::{Page, Sections, Standing, plural};
use crate::report::paint::{Ink, wrap};
use crate::report::places::{Place, describe, describe_briefly};
use crate::report::{ClauseResult, Clauses, State, escape};

/// So many ways in which one clause fails are shown in full.
const WAYS: usize = 3;

/// The failures of each section.
pub(super) fn render(sections: &Sections<'_>, clauses: &(impl Clauses + ?Sized), page: Page<'_>) -> String {
    let mut parts = Vec::new();
    for (heading, results) in sections {
        let groups = groups(results);
        if groups.is_empty() {
            continue;
        }
        let mut part = format!("{}\n", page.paint.on(Ink::Strong, heading.title()));
        for group in groups {
            match group {
                Group::Clause(ways) => clause(&mut part, &ways, clauses, page),
                Group::Way(failures) => way(&mut part, &failures, clauses, page),
            }
        }
        parts.push(part);
    }
    parts.join("\n")
}

/// One clause: its requirement, then each way in which it fails.
fn clause(out: &mut String, ways: &[Failure<'_>], clauses: &(impl Clauses + ?Sized), page: Page<'_>) {
    let first = &ways[0];
    let id = page.paint.on(Ink::Strong, escape(first.clause));
    out.push_str(&format!("\n{}  {id}{}\n", label(first, page), level(first, page)));
    requirement(out, first, clauses, page);
    for (i, failure) in ways.iter().take(WAYS).enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let ClauseResult { expected, .. } = failure.example;
        reason(out, failure, page);
        optional(out, "expected", expected, page);
        seen(out, failure, page);
        found_at(out, failure, page);
    }
    witness(out, first, page);
    if let Some(rest @ [_, ..]) = ways.get(WAYS..) {
        let places: Vec<Place> = rest.iter().flat_map(|failure| failure.places.iter().copied()).collect();
        let text = format!("{}, in {}; the JSON report has each", plural(rest.len(), "other way"), describe(&places));
        out.push('\n');
        field(out, "also", &text, page);
    }
}

/// Several clauses: the way once, then each requirement.
fn way(out: &mut String, failures: &[Failure<'_>], clauses: &(impl Clauses + ?Sized), page: Page<'_>) {
    let first = &failures[0];
    let title = page.paint.on(Ink::Strong, format!("{} in the same way", plural(failures.len(), "clause")));
    out.push_str(&format!("\n{}  {title}\n", label(first, page)));
    let same_places = failures.iter().all(|failure| failure.places == first.places);
    let same_demand = failures.iter().all(|failure| failure.example.expected == first.example.expected);
    reason(out, first, page);
    if same_demand {
        optional(out, "expected", &first.example.expected, page);
    }
    seen(out, first, page);
    if same_places {
        field(out, "where", &place(first), page);
    }
    for failure in failures {
        let id = page.paint.on(Ink::Strong, escape(failure.clause));
        out.push_str(&format!("\n{INDENT}{id}{}\n", level(failure, page)));
        requirement(out, failure, clauses, page);
        if !same_demand {
            optional(out, "expected", &failure.example.expected, page);
        }
        if !same_places {
            field(out, "where", &place(failure), page);
        }
        witness(out, failure, page);
    }
}

fn label(failure: &Failure<'_>, page: Page<'_>) -> String {
    page.paint.on(failure.standing.ink(page), format!("{:>6}", failure.standing.word().to_uppercase()))
}

/// The level, where the label does not tell it.
fn level(failure: &Failure<'_>, page: Page<'_>) -> String {
    match (failure.standing, failure.example.level) {
        (Standing::Warn, _) if page.strict => " (a violation under --strict)".to_owned(),
        (Standing::Known | Standing::Fixed, level) => format!(" ({level})"),
        _ => String::new(),
    }
}

fn requirement(out: &mut String, failure: &Failure<'_>, clauses: &(impl Clauses + ?Sized), page: Page<'_>) {
    let Some(text) = clauses.text(failure.clause) else { return };
    for line in wrap(&escape(text), page.width.saturating_sub(INDENT.len())) {
        out.push_str(&format!("{INDENT}{line}\n"));
    }
}

/// Left out where another field says the same.
fn reason(out: &mut String, failure: &Failure<'_>, page: Page<'_>) {
    let ClauseResult { reason, expected, actual, .. } = failure.example;
    // What was expected and what was seen say it better, where both are known.
    if !reason.is_empty() && (expected.is_none() || actual.is_none()) {
        field(out, "reason", reason, page);
    }
}

fn seen(out: &mut String, failure: &Failure<'_>, page: Page<'_>) {
    optional(out, "actual", &failure.example.actual, page);
    optional(out, "operation", &failure.example.operation, page);
}

fn found_at(out: &mut String, failure: &Failure<'_>, page: Page<'_>) {
    field(out, "where", &place(failure), page);
}

/// The program that shows it, and how to look at it in a debugger.
fn witness(out: &mut String, failure: &Failure<'_>, page: Page<'_>) {
    let Some(witness) = page.witnesses.iter().find(|witness| witness.clause == failure.clause) else {
        failure.witnesses.iter().for_each(|path| field(out, "witness", path, page));
        return;
    };
    let state = match witness.state {
        State::Confirmed => "confirmed",
        State::Shows => "shows it",
        State::Written => "not tried",
        State::Unconfirmed => "not confirmed",
        State::None => "none",
    };
    let state = if witness.why.is_empty() { state.to_owned() } else { format!("{state}: {}", witness.why) };
    match &witness.path {
        Some(path) => {
            field(out, "witness", &format!("{path} ({state})"), page);
            // A program that shows nothing is not worth a look.
            if witness.state != State::Unconfirmed {
                field(out, "debug", &witness.debugger, page);
            }
        }
        None => field(out, "witness", &state, page),
    }
}

fn place(failure: &Failure<'_>) -> String {
    match failure.is_everywhere {
        true => describe_briefly(&failure.places),
        false => describe(&failure.places),
    }
}

fn optional(out: &mut String, name: &str, value: &Option<String>, page: Page<'_>) {
    if let Some(value) = value {
        field(out, name, value, page);
    }
}

fn field(out: &mut String, name: &str, value: &str, page: Page<'_>) {
    let width = page.width.saturating_sub(INDENT.len() + LABEL);
    for (i, line) in wrap(&escape(value), width).into_iter().enumerate() {
        let label = format!("{:LABEL$}", if i == 0 { name } else { "" });
        let line = format!("{INDENT}{}{line}", page.paint.on(Ink::Faint, label));
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

const INDENT: &str = "        ";
const LABEL: usize = 11;
