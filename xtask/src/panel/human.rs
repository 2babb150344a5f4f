//! The panel for people: a table, then what fails and why.

use super::row::Row;
use crate::text::{escape, wrap};

/// Characters in a line.
const WIDTH: usize = 100;

/// Text that ends in a newline.
pub fn render(rows: &[Row]) -> String {
    [table(rows), failures(rows), untested(rows)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn table(rows: &[Row]) -> String {
    let title = ["target", "kind", "version", "pass", "fail", "warn", "note", "skip", "verdict"].map(str::to_owned);
    let lines: Vec<[String; 9]> = [title].into_iter().chain(rows.iter().map(cells)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..9).map(width).collect();
    let padded = |line: &[String; 9]| {
        let cell = |(column, text): (usize, &String)| {
            let width = widths[column];
            if (3..8).contains(&column) { format!("{text:>width$}") } else { format!("{text:width$}") }
        };
        line.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    lines.iter().map(padded).collect()
}

/// No count is a dot, so that what fails is seen.
fn cells(row: &Row) -> [String; 9] {
    let counts = [row.pass, row.fail, row.warn, row.note, row.skip];
    let shown = |count: usize| if count == 0 { "·".to_owned() } else { count.to_string() };
    let [pass, fail, warn, note, skip] = counts.map(shown);
    let verdict = if row.untested.is_some() { "not tested" } else { &row.verdict };
    let (kind, version) = (escape(&row.kind), escape(&row.version));
    [escape(&row.name), kind, version, pass, fail, warn, note, skip, escape(verdict)]
}

fn failures(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows.iter().filter(|row| !row.failures.is_empty()) {
        out += &format!("{}\n", escape(&row.name));
        for failing in &row.failures {
            let clauses = failing.clauses.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
            for (text, indent) in [(clauses, "  "), (failing.why(), "      ")] {
                wrap(&escape(&text), WIDTH - indent.len()).iter().for_each(|line| out += &format!("{indent}{line}\n"));
            }
        }
    }
    if out.is_empty() { out } else { format!("What fails\n{out}") }
}

fn untested(rows: &[Row]) -> String {
    let line =
        |row: &Row| Some(format!("{} cannot be tested: {}\n", escape(&row.name), escape(row.untested.as_ref()?)));
    rows.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_table_and_what_fails() {
        insta::assert_snapshot!(super::render(&super::super::row::samples()));
    }
}
