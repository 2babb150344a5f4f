//! The matrix as Markdown: tables of what differs, of the targets, and of the traits that differ.

use std::fmt::Write;

use super::cell::Sign;
use super::model::{Matrix, Row};
use super::names::Name;
use crate::text::plural;

/// A document that begins below a heading.
pub fn render(matrix: &Matrix) -> String {
    [clauses(matrix), targets(matrix), traits(matrix)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn clauses(matrix: &Matrix) -> String {
    let shown = |row: &Row| row.differs() || row.fails();
    let names: Vec<_> = matrix.targets.iter().map(|column| safe(&column.name.to_string())).collect();
    let mut out = String::new();
    let rows: Vec<_> = matrix.clauses.iter().filter(|row| shown(row)).collect();
    if !rows.is_empty() {
        table_line(&mut out, ["clause".to_owned()].into_iter().chain(names).chain(["why".to_owned()]));
        table_line(&mut out, (0..matrix.targets.len() + 2).map(|_| "---".to_owned()));
        for row in &rows {
            let signs = row.cells.iter().map(|cell| cell.sign.symbol().to_string());
            table_line(&mut out, [format!("`{}`", row.clause)].into_iter().chain(signs).chain([why(matrix, row)]));
        }
        let used =
            Sign::ALL.into_iter().filter(|sign| rows.iter().any(|row| row.cells.iter().any(|cell| cell.sign == *sign)));
        let words: Vec<_> = used.map(|sign| format!("{} {}", sign.symbol(), sign.meaning())).collect();
        let _ = writeln!(out, "\n{}\n", words.join("; "));
    }
    let counts: Vec<_> = matrix
        .uniform()
        .iter()
        .map(|(sign, why, rows)| format!("{} {}", rows.len(), if why.is_empty() { sign.meaning() } else { why }))
        .collect();
    let same: usize = matrix.uniform().iter().map(|(_, _, rows)| rows.len()).sum();
    let _ = writeln!(out, "The same everywhere: {} ({}).", plural(same, "clause"), safe(&counts.join(", ")));
    out
}

fn why(matrix: &Matrix, row: &Row) -> String {
    let reasons = matrix.reasons(row);
    match reasons.as_slice() {
        [(_, why)] => safe(why),
        reasons => reasons
            .iter()
            .map(|(names, why)| format!("{}: {}", joined(names.iter().copied()), safe(why)))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

fn targets(matrix: &Matrix) -> String {
    let mut out = String::new();
    table_line(
        &mut out,
        ["target", "file", "build", "contract", "results", "pass", "fail", "warn", "note", "skip", "seconds"]
            .map(String::from),
    );
    table_line(&mut out, (0..11).map(|_| "---".to_owned()));
    for column in &matrix.targets {
        let counts = &column.summary;
        let builds: Vec<_> = column.build.iter().map(|build| build.as_str()).collect();
        table_line(
            &mut out,
            [
                safe(&column.name.to_string()),
                safe(&column.target),
                builds.join(" "),
                column.spec.to_string(),
                counts.results().to_string(),
                counts.pass.to_string(),
                counts.fail.to_string(),
                counts.warn.to_string(),
                counts.note.to_string(),
                counts.skip.to_string(),
                format!("{:.2}", counts.seconds),
            ],
        );
    }
    for untested in &matrix.untested {
        let _ = writeln!(out, "\nNot tested: {}: {}", safe(&untested.target), safe(&untested.reason));
    }
    out
}

fn traits(matrix: &Matrix) -> String {
    if matrix.traits.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    table_line(&mut out, ["trait", "targets", "value"].map(String::from));
    table_line(&mut out, (0..3).map(|_| "---".to_owned()));
    for differing in &matrix.traits {
        for (value, names) in &differing.values {
            table_line(&mut out, [safe(&differing.name), joined(names), safe(value)]);
        }
    }
    out
}

fn table_line(out: &mut String, cells: impl IntoIterator<Item = String>) {
    let _ = writeln!(out, "| {} |", cells.into_iter().collect::<Vec<_>>().join(" | "));
}

fn joined<'n>(names: impl IntoIterator<Item = &'n Name>) -> String {
    names.into_iter().map(|name| safe(&name.to_string())).collect::<Vec<_>>().join(", ")
}

/// With nothing in it that Markdown or a table would take for its own.
fn safe(text: &str) -> String {
    let mut out = String::new();
    for c in crate::text::escape(text).chars() {
        if "\\`*_[]<>|#&".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn some_versions() {
        insta::assert_snapshot!("markdown", render(&samples::matrix()));
    }

    #[test]
    fn a_target_cannot_break_the_table() {
        let text = render(&samples::hostile());
        let bars = |line: &str| line.replace("\\|", "").matches('|').count();
        for table in text.split("\n\n").filter(|part| part.starts_with("| ")) {
            let counts: Vec<_> = table.lines().map(bars).collect();
            assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}\n{table}");
        }
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
    }
}
