//! The matrix for people: what differs first, and why.

use std::fmt::Write;

use super::cell::Sign;
use super::model::{Column, Matrix, Row};
use super::names::Name;
use super::words;
use crate::text::{escape, wrap};

/// Characters in a line.
const WIDTH: usize = 100;
/// So many clauses are named where one number would do.
const FEW: usize = 6;

/// The whole matrix as text that ends in a newline.
pub fn render(matrix: &Matrix, spec: Option<&str>, color: bool) -> String {
    let page = Page { matrix, color };
    let parts = [
        page.differences(spec),
        page.failing_everywhere(),
        page.uniform(),
        page.targets(),
        page.narrower(),
        page.untested(),
        page.traits(),
        page.last_line(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

struct Page<'m> {
    matrix: &'m Matrix,
    color: bool,
}

impl Page<'_> {
    fn differences(&self, spec: Option<&str>) -> String {
        if self.matrix.targets.is_empty() {
            return String::new();
        }
        let title = words::title(self.matrix, spec);
        if self.matrix.targets.len() == 1 {
            return format!("{}\n", self.strong(&title));
        }
        format!("{}\n{}", self.strong(&title), self.grids(Row::differs))
    }

    fn failing_everywhere(&self) -> String {
        let wanted = |row: &Row| row.fails() && !row.differs();
        let grids = self.grids(wanted);
        let title = if self.matrix.targets.len() == 1 { "Failing" } else { "Failing on every target" };
        if grids.is_empty() { grids } else { format!("{}\n{grids}", self.strong(title)) }
    }

    /// As many grids beside each other's names as a line is short of columns.
    fn grids(&self, wanted: impl Fn(&Row) -> bool + Copy) -> String {
        let areas = self.matrix.by_area(wanted);
        let ids = areas.iter().flat_map(|(_, rows)| rows).map(|row| row.clause.len()).max();
        let Some(ids) = ids else { return String::new() };
        let bands = bands(&self.matrix.targets, WIDTH.saturating_sub(ids + 4));
        let mut out = String::new();
        for (index, band) in bands.iter().enumerate() {
            let columns = &self.matrix.targets[band.clone()];
            out += &self.header(ids, columns);
            for (area, rows) in &areas {
                let _ = writeln!(out, "{}", self.strong(&area.to_string()));
                for row in rows {
                    let cells: String = row.cells[band.clone()]
                        .iter()
                        .zip(columns)
                        .map(|(cell, column)| self.cell(cell.sign, column))
                        .collect();
                    let _ = writeln!(out, "  {:ids$}  {}", row.clause, cells.trim_end());
                    // Told once, below the last of its cells.
                    if index + 1 == bands.len() {
                        out += &self.why(row);
                    }
                }
            }
            out.push('\n');
        }
        out + &self.legend(wanted)
    }

    fn header(&self, ids: usize, columns: &[Column]) -> String {
        let line = |part: fn(&Name) -> &str| {
            let cells = columns.iter().map(|column| format!("{:w$} ", part(&column.name), w = column.name.width()));
            let line = format!("  {:ids$}  {}", "", cells.collect::<String>());
            format!("{}\n", line.trim_end())
        };
        let lines = [line(|name| &name.line), line(|name| &name.rest)];
        lines.into_iter().filter(|line| line != "\n").collect()
    }

    fn cell(&self, sign: Sign, column: &Column) -> String {
        let symbol = self.paint(ink(sign), &sign.symbol().to_string());
        // Below the second character of the name.
        format!(" {symbol}{}", " ".repeat(column.name.width().saturating_sub(1)))
    }

    /// Each reason on lines of its own; named with its targets where the signs do not tell.
    fn why(&self, row: &Row) -> String {
        let reasons = self.matrix.reasons(row);
        let is_one = reasons.len() == 1;
        let mut out = String::new();
        for (names, why) in reasons {
            let names = names.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ");
            let text = if is_one { why.to_owned() } else { format!("{names}: {why}") };
            for (index, line) in wrap(&escape(&text), WIDTH - 8).into_iter().enumerate() {
                let indent = if index == 0 { 6 } else { 8 };
                let _ = writeln!(out, "{:indent$}{}", "", self.paint(FAINT, &line));
            }
        }
        out
    }

    fn legend(&self, wanted: impl Fn(&Row) -> bool) -> String {
        let rows: Vec<_> = self.matrix.clauses.iter().filter(|row| wanted(row)).collect();
        let is_used = |sign: &Sign| rows.iter().any(|row| row.cells.iter().any(|cell| cell.sign == *sign));
        let words: Vec<_> = Sign::ALL.into_iter().filter(is_used).map(|sign| (sign.symbol(), sign.meaning())).collect();
        let mut lines = vec![String::new()];
        for (symbol, meaning) in words {
            let word = format!("{symbol} {meaning}");
            let line = lines.last_mut().expect("starts with one line and only grows");
            if line.is_empty() {
                *line = word;
            } else if line.chars().count() + 3 + word.chars().count() <= WIDTH {
                *line += &format!("   {word}");
            } else {
                lines.push(word);
            }
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    fn uniform(&self) -> String {
        let kinds = self.matrix.uniform();
        let count: usize = kinds.iter().map(|(_, _, rows)| rows.len()).sum();
        if count == 0 || self.matrix.targets.len() < 2 {
            return self.single(&kinds);
        }
        let title = words::uniform(count);
        format!("{}\n{}", self.strong(&title), kinds_of(&kinds))
    }

    /// Of one target there is nothing to compare.
    fn single(&self, kinds: &[(Sign, &str, Vec<&Row>)]) -> String {
        if kinds.is_empty() { String::new() } else { format!("{}\n{}", self.strong("Not failing"), kinds_of(kinds)) }
    }

    fn targets(&self) -> String {
        if self.matrix.targets.is_empty() {
            return String::new();
        }
        let mut rows =
            vec![["", "results", "pass", "fail", "warn", "note", "skip", "open", "seconds", ""].map(String::from)];
        for column in &self.matrix.targets {
            let counts = &column.summary;
            let builds: Vec<_> = column.build.iter().map(|build| build.as_str()).collect();
            rows.push([
                column.name.to_string(),
                counts.results().to_string(),
                (counts.pass + counts.fixed).to_string(),
                counts.fail.to_string(),
                counts.warn.to_string(),
                counts.note.to_string(),
                (counts.skip + counts.known).to_string(),
                column.starved.to_string(),
                format!("{:.2}", counts.seconds),
                builds.join(" "),
            ]);
        }
        // A column of zeroes says nothing.
        let is_told =
            |index: usize| index == 0 || rows[1..].iter().any(|row| !["0", ""].contains(&row[index].as_str()));
        let widths: Vec<_> =
            (0..10).map(|index| rows.iter().map(|row| row[index].chars().count()).max().unwrap_or(0)).collect();
        let mut out = format!("{}\n", self.strong("Targets"));
        for row in &rows {
            let cells = row.iter().enumerate().filter(|(index, _)| is_told(*index)).map(|(index, cell)| match index {
                0 | 9 => format!("  {cell:w$}", w = widths[index]),
                _ => format!("  {cell:>w$}", w = widths[index]),
            });
            let _ = writeln!(out, "{}", cells.collect::<String>().trim_end());
        }
        // Which of two it is that look alike.
        for column in self.matrix.targets.iter().filter(|column| column.name.rest.contains('#')) {
            let _ = writeln!(out, "  {} is {}", column.name, escape(&column.target));
        }
        out
    }

    fn narrower(&self) -> String {
        if self.matrix.narrower.is_empty() {
            return String::new();
        }
        let mut out = format!("{}\n", self.strong("Skipped on some targets only"));
        for narrower in &self.matrix.narrower {
            let targets: Vec<_> = narrower.targets.iter().map(|(name, count)| format!("{count} on {name}")).collect();
            out += &hanging(2, &format!("{}: {}", narrower.reason, targets.join(", ")));
        }
        out
    }

    fn untested(&self) -> String {
        if self.matrix.untested.is_empty() {
            return String::new();
        }
        let mut out = format!("{}\n", self.strong("Not tested"));
        for untested in &self.matrix.untested {
            out += &hanging(2, &format!("{}: {}", untested.name, untested.reason));
        }
        out
    }

    fn traits(&self) -> String {
        if self.matrix.traits.is_empty() {
            return String::new();
        }
        let mut out = format!("{}\n", self.strong("Traits that differ"));
        for differing in &self.matrix.traits {
            let _ = writeln!(out, "  {}", escape(&differing.name));
            for (value, names) in &differing.values {
                let names = names.iter().map(Name::to_string).collect::<Vec<_>>().join(", ");
                out += &hanging(4, &format!("{names}: {value}"));
            }
        }
        out
    }

    fn last_line(&self) -> String {
        let verdict = words::verdict(self.matrix);
        let ink = if verdict.is_good { GOOD } else { BAD };
        format!("{}{}\n", self.paint(ink, &verdict.words), verdict.beside)
    }

    fn strong(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

const BAD: &str = "1;31";
const GOOD: &str = "32";
const WARN: &str = "1;33";
const FAINT: &str = "2";

fn ink(sign: Sign) -> &'static str {
    match sign {
        Sign::Fail | Sign::Fixed => BAD,
        Sign::Warn | Sign::Note | Sign::Starved => WARN,
        Sign::Pass => GOOD,
        _ => FAINT,
    }
}

/// Runs of columns that fit into `room` characters; a column that is wider stands alone.
fn bands(columns: &[Column], room: usize) -> Vec<std::ops::Range<usize>> {
    let mut bands = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (index, column) in columns.iter().enumerate() {
        let width = column.name.width() + 1;
        if used + width > room && index > start {
            bands.push(start..index);
            (start, used) = (index, 0);
        }
        used += width;
    }
    bands.push(start..columns.len());
    bands
}

/// `119  passes`, `  2  not for cpython targets: symbols.vtable, limits.calloc.library`.
fn kinds_of(kinds: &[(Sign, &str, Vec<&Row>)]) -> String {
    let width = kinds.iter().map(|(_, _, rows)| rows.len().to_string().len()).max().unwrap_or(0);
    let mut out = String::new();
    for (sign, why, rows) in kinds {
        let what = if why.is_empty() { sign.meaning() } else { why };
        let ids: Vec<_> = rows.iter().map(|row| row.clause.as_str()).collect();
        let ids = match sign {
            Sign::Pass => String::new(),
            _ if ids.len() <= FEW => format!(": {}", ids.join(", ")),
            _ => format!(": {}, and {} more", ids[..FEW].join(", "), ids.len() - FEW),
        };
        for (index, line) in wrap(&escape(&format!("{what}{ids}")), WIDTH - width - 4).into_iter().enumerate() {
            let count = if index == 0 { rows.len().to_string() } else { String::new() };
            let _ = writeln!(out, "  {count:>width$}  {line}");
        }
    }
    out
}

/// Lines with an indent, the first with less than those that go on.
fn hanging(indent: usize, text: &str) -> String {
    let lines = wrap(&escape(text), WIDTH - indent - 2).into_iter().enumerate();
    let lines =
        lines.map(|(index, line)| format!("{:i$}{line}\n", "", i = if index == 0 { indent } else { indent + 2 }));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn some_versions() {
        insta::assert_snapshot!("human", render(&samples::matrix(), None, false));
    }

    #[test]
    fn more_targets_than_a_line_holds() {
        let text = render(&samples::wide(), Some("3.13"), false);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        insta::assert_snapshot!("human_wide", text);
    }

    #[test]
    fn one_target() {
        insta::assert_snapshot!("human_one", render(&samples::one(), None, false));
    }

    #[test]
    fn colour_changes_nothing_else() {
        let plain = render(&samples::matrix(), None, false);
        let mut text = render(&samples::matrix(), None, true);
        assert!(text.contains("\x1b[1;31m✗\x1b[0m"), "{text}");
        for code in [BAD, GOOD, WARN, FAINT, "1", "0"] {
            text = text.replace(&format!("\x1b[{code}m"), "");
        }
        assert_eq!(text, plain);
    }

    #[test]
    fn nothing_of_a_target_reaches_the_terminal_unescaped() {
        let text = render(&samples::hostile(), None, false);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
    }
}
