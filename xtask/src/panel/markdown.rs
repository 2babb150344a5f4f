//! The panel as one Markdown table.

use super::row::Row;
use crate::text::escape;

/// Text that ends in a newline.
pub fn render(rows: &[Row]) -> String {
    let title = "| target | kind | version | pass | fail | warn | note | skip | verdict | what fails |\n\
                 | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |\n";
    title.to_owned() + &rows.iter().map(line).collect::<String>()
}

fn line(row: &Row) -> String {
    let fails = match &row.untested {
        Some(why) => safe(why),
        None => row
            .failures
            .iter()
            .map(|failing| {
                let clauses: Vec<String> = failing.clauses.iter().map(|clause| format!("`{}`", safe(clause))).collect();
                format!("{}: {}", clauses.join(" "), safe(&failing.why()))
            })
            .collect::<Vec<_>>()
            .join(" "),
    };
    let Row { pass, fail, warn, note, skip, .. } = row;
    let verdict = if row.untested.is_some() { "not tested" } else { &row.verdict };
    let (name, kind, version) = (safe(&row.name), safe(&row.kind), safe(&row.version));
    format!(
        "| {name} | {kind} | {version} | {pass} | {fail} | {warn} | {note} | {skip} | {} | {fails} |\n",
        safe(verdict)
    )
}

/// What cannot end a cell.
fn safe(text: &str) -> String {
    escape(text).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_table() {
        insta::assert_snapshot!(super::render(&super::super::row::samples()));
    }
}
