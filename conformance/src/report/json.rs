//! The report for programs: one JSON object, described by `report.schema.json`.

use serde::Serialize;

use super::{FORMAT_VERSION, Listing, NoReport, NoVerdict, Report};

/// What stands in every report's field `format`.
pub const FORMAT: &str = "pymem-conform-report";

/// The report, indented, with a newline at the end. Fields stand in the order in
/// which [`Report`] declares them.
pub fn render(report: &Report) -> String {
    pretty(report)
}

/// What is written in place of a report where there are no results.
pub fn render_no_report(report: &NoReport) -> String {
    pretty(report)
}

/// What would run.
pub fn render_listing(listing: &Listing) -> String {
    pretty(listing)
}

/// A report without results: `target` is the argument as given (see
/// [`name_of`](super::name_of)), `reason` one sentence.
pub fn no_report(target: String, verdict: NoVerdict, reason: String) -> NoReport {
    NoReport { format: FORMAT.to_owned(), version: FORMAT_VERSION, target, verdict, reason }
}

fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("string keys and plain values always make JSON");
    text + "\n"
}
