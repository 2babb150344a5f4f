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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_reads_back() {
        let listing = Listing {
            format: Listing::FORMAT.to_owned(),
            version: FORMAT_VERSION,
            suite: "0.1.0".to_owned(),
            spec: pymem_spec::Registry::newest(),
            target: "./liballoc.so".to_owned(),
            clauses: Vec::new(),
            results: Vec::new(),
        };
        let text = render_listing(&listing);
        assert_eq!(serde_json::from_str::<Listing>(&text).expect("it is JSON"), listing);
        assert!(text.ends_with("}\n"), "{text}");
    }
}
