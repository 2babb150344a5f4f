//! The report for people: an overview by section of the chapter, every failure,
//! what was skipped and why, traits, and one line that says it all.

mod collapse;
mod failures;
mod overview;
mod skips;
mod traits;

use std::collections::BTreeMap;
use std::ffi::OsString;

use pymem_spec::Level;

use super::clauses::Heading;
use super::paint::{Ink, Paint};
use super::{ClauseResult, Clauses, Conformance, Report, Verdict, Witness, escape, rerun};

/// How a report is shown.
#[derive(Clone, Debug)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Characters in a line; long words and the last line may go beyond it.
    pub width: usize,
    /// Whether the run was `--strict`, which the results themselves do not tell.
    pub strict: bool,
    /// The words of the command that runs everything again; empty: they are
    /// made from the report.
    pub command: Vec<OsString>,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, strict: false, command: Vec::new() }
    }
}

/// The whole report as text that ends in a newline. Texts of the target are
/// escaped; results are expected in report order.
pub fn render(report: &Report, clauses: &(impl Clauses + ?Sized), style: &Style) -> String {
    let page = Page {
        paint: Paint { color: style.color },
        width: style.width.max(40),
        strict: style.strict,
        witnesses: &report.witnesses,
    };
    let sections = by_section(&report.results, clauses);
    let parts = [
        header(report, page),
        overview::render(&sections, page),
        failures::render(&sections, clauses, page),
        skips::starved(&report.results, page),
        skips::others(&report.results, page),
        traits::render(&report.traits, page),
        last_line(report, style, page),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What every part needs to know of the page.
#[derive(Clone, Copy)]
struct Page<'a> {
    paint: Paint,
    width: usize,
    strict: bool,
    witnesses: &'a [Witness],
}

/// How a result stands in the report, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Fails at level `must`.
    Fail,
    /// Waived, but passes.
    Fixed,
    /// Fails at level `should`.
    Warn,
    /// Fails at level `detail`.
    Note,
    /// Fails under a waiver.
    Known,
    /// Not judged.
    Skip,
    /// Holds.
    Pass,
}

impl Standing {
    fn of(result: &ClauseResult) -> Self {
        match result.verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Skip => Self::Skip,
            Verdict::Known => Self::Known,
            Verdict::Fixed => Self::Fixed,
            Verdict::Fail => match result.level {
                Level::Must => Self::Fail,
                Level::Should => Self::Warn,
                Level::Detail => Self::Note,
            },
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Fixed => "fixed",
            Self::Warn => "warn",
            Self::Note => "note",
            Self::Known => "known",
            Self::Skip => "skip",
            Self::Pass => "pass",
        }
    }

    const fn ink(self, page: Page<'_>) -> Ink {
        match self {
            Self::Fail | Self::Fixed => Ink::Fail,
            Self::Warn if page.strict => Ink::Fail,
            Self::Warn => Ink::Warn,
            Self::Note => Ink::Note,
            Self::Known | Self::Skip => Ink::Faint,
            Self::Pass => Ink::Good,
        }
    }
}

/// Results of each section, in the chapter's order.
type Sections<'a> = BTreeMap<Heading, Vec<&'a ClauseResult>>;

fn by_section<'a>(results: &'a [ClauseResult], clauses: &(impl Clauses + ?Sized)) -> Sections<'a> {
    let mut sections = Sections::new();
    for result in results {
        sections.entry(Heading::of(&result.clause, clauses)).or_default().push(result);
    }
    sections
}

fn header(report: &Report, page: Page<'_>) -> String {
    let target = &report.target;
    let python = target.python_version.map(|version| version.to_string());
    let words = [target.kind.to_string()].into_iter().chain(python);
    let words = words.chain(target.build.iter().map(|build| build.to_string())).collect::<Vec<_>>().join(", ");
    let name = page.paint.on(Ink::Strong, escape(&target.name));
    let suite = escape(&report.suite);
    format!(
        "target    {name} ({words})\ncontract  Python {}, judged by pymem-conform {suite} with seed {}\n",
        report.spec, report.seed
    )
}

/// Verdict, counts, seconds, and what to do next.
fn last_line(report: &Report, style: &Style, page: Page<'_>) -> String {
    let summary = &report.summary;
    let ink = match report.verdict {
        Conformance::Conforms => Ink::Good,
        Conformance::Violates => Ink::Fail,
    };
    let verdict = match (report.verdict, report.partial) {
        (Conformance::Conforms, false) => "conforms",
        (Conformance::Violates, false) => "violates",
        (Conformance::Conforms, true) => "interrupted, no violation so far",
        (Conformance::Violates, true) => "interrupted, violates",
    };
    let counts = [
        (summary.pass, "pass"),
        (summary.fail, "fail"),
        (summary.fixed, "fixed"),
        (summary.warn, "warn"),
        (summary.note, "note"),
        (summary.known, "known"),
        (summary.skip, "skip"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    let counts = [plural(summary.clauses, "clause")].into_iter().chain(counts).collect::<Vec<_>>().join(", ");
    let rerun = match rerun::command(report, &style.command, page.strict) {
        Some(command) => format!("; rerun: {command}"),
        None => String::new(),
    };
    format!("{}: {counts} in {:.2} s{rerun}\n", page.paint.on(ink, verdict), summary.seconds)
}

pub(super) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
