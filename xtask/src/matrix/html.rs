//! The matrix as a page: what differs first, and what is the same everywhere folded away.

use std::fmt::Write;

use pymem_spec::Registry;

use super::cell::{Cell, Sign};
use super::model::{Matrix, Row};
use super::names::Name;
use super::words;
use crate::page::{self, escape};

/// A whole page.
pub fn render(matrix: &Matrix, spec: Option<&str>) -> String {
    let verdict = words::verdict(matrix);
    let class = match (verdict.is_good, matrix.untested.len()) {
        (false, _) => "bad",
        (true, 0) => "good",
        (true, _) => "warn",
    };
    let mut body = format!(
        "<h1>Versions side by side</h1>\n<p class=\"verdict {class}\">{}{}</p>\n",
        escape(&verdict.words),
        escape(&verdict.beside)
    );
    if !matrix.targets.is_empty() {
        let _ = writeln!(body, "<p>{}.</p>", escape(&words::title(matrix, spec)));
    }
    let everywhere = if matrix.targets.len() == 1 { "Failing" } else { "Failing on every target" };
    let parts = [
        grid(matrix, "differences", "Differences", Row::differs),
        grid(matrix, "failing", everywhere, |row| row.fails() && !row.differs()),
        uniform(matrix),
        targets(matrix),
        untested(matrix),
        narrower(matrix),
        traits(matrix),
    ];
    body += &parts.concat();
    page::whole("pymem-conform: versions side by side", include_str!("page.css"), &body)
}

/// Clauses down, targets across, and why a cell is no pass.
fn grid(matrix: &Matrix, id: &str, title: &str, wanted: impl Fn(&Row) -> bool + Copy) -> String {
    let areas = matrix.by_area(wanted);
    if areas.is_empty() {
        return String::new();
    }
    let mut out = format!("<h2 id=\"{id}\">{title}</h2>\n{}", key(&areas));
    // What can be scrolled can be reached by the keyboard.
    let _ = write!(
        out,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\">\n<table>\n\
         <thead><tr><th scope=\"col\">clause</th>"
    );
    for column in &matrix.targets {
        let (name, target) = (escape(&column.name.to_string()), escape(&column.target));
        let _ = write!(out, "<th scope=\"col\" class=\"target\" title=\"{target}\">{name}</th>");
    }
    out += "<th scope=\"col\">why</th></tr></thead>\n";
    let width = matrix.targets.len() + 2;
    for (area, rows) in areas {
        let _ = writeln!(
            out,
            "<tbody>\n<tr class=\"area\"><th scope=\"rowgroup\" colspan=\"{width}\">{}</th></tr>",
            area.as_str()
        );
        for row in rows {
            let cells: String = row.cells.iter().map(cell).collect();
            let _ = writeln!(out, "<tr>{}{cells}<td class=\"why\">{}</td></tr>", clause(row), why(matrix, row));
        }
        out += "</tbody>\n";
    }
    out + "</table>\n</div>\n"
}

/// The signs that rows have.
fn key<A>(areas: &[(A, Vec<&Row>)]) -> String {
    let cells = || areas.iter().flat_map(|(_, rows)| rows).flat_map(|row| &row.cells);
    let used = Sign::ALL.into_iter().filter(|sign| cells().any(|cell| cell.sign == *sign));
    let item = |sign: Sign| {
        format!("<li><b class=\"{}\">{}</b> {}</li>\n", ink(sign), escape(&sign.symbol().to_string()), sign.meaning())
    };
    format!("<ul class=\"key\">\n{}</ul>\n", used.map(item).collect::<String>())
}

fn clause(row: &Row) -> String {
    let title = Registry::embedded().get(&row.clause).map(|clause| clause.title.as_str()).unwrap_or_default();
    let level = row.level.map_or("", |level| level.as_str());
    format!(
        "<th scope=\"row\">{} <span class=\"soft\">{level}</span><span class=\"title\">{}</span></th>",
        escape(&row.clause),
        escape(title)
    )
}

/// A sign for the eye, and words for who does not see it.
fn cell(cell: &Cell) -> String {
    format!(
        "<td class=\"sign {}\"><span aria-hidden=\"true\">{}</span><span class=\"said\">{}</span></td>",
        ink(cell.sign),
        escape(&cell.sign.symbol().to_string()),
        cell.sign.meaning()
    )
}

fn why(matrix: &Matrix, row: &Row) -> String {
    let reasons = matrix.reasons(row);
    let is_one = reasons.len() == 1;
    let line = |(names, why): &(Vec<&Name>, &str)| {
        let names = if is_one { String::new() } else { format!("<b>{}</b>: ", joined(names.iter().copied())) };
        format!("<p>{names}{}</p>", escape(why))
    };
    reasons.iter().map(line).collect()
}

fn uniform(matrix: &Matrix) -> String {
    let kinds = matrix.uniform();
    let count: usize = kinds.iter().map(|(_, _, rows)| rows.len()).sum();
    if count == 0 {
        return String::new();
    }
    let title = if matrix.targets.len() == 1 { "Not failing".to_owned() } else { words::uniform(count) };
    let kind = |(sign, why, rows): &(Sign, &str, Vec<&Row>)| {
        let what = if why.is_empty() { sign.meaning() } else { why };
        let ids: String = rows.iter().map(|row| format!("<li>{}</li>\n", escape(&row.clause))).collect();
        format!(
            "<details>\n<summary>{} <span class=\"{}\">{}</span></summary>\n<ul class=\"ids\">\n{ids}</ul>\n</details>\n",
            rows.len(),
            ink(*sign),
            escape(what)
        )
    };
    folded("uniform", &title, &kinds.iter().map(kind).collect::<String>())
}

fn targets(matrix: &Matrix) -> String {
    if matrix.targets.is_empty() {
        return String::new();
    }
    let titles = ["target", "build", "contract", "results", "pass", "fail", "warn", "note", "skip", "seconds", "file"];
    let row = |column: &super::model::Column| {
        let counts = &column.summary;
        let builds: Vec<_> = column.build.iter().map(|build| build.as_str()).collect();
        let class = if column.conforms { "good" } else { "bad" };
        let numbers = [
            counts.results(),
            counts.pass + counts.fixed,
            counts.fail,
            counts.warn,
            counts.note,
            counts.skip + counts.known,
        ];
        let numbers: String = numbers.iter().map(|number| format!("<td class=\"number\">{number}</td>")).collect();
        format!(
            "<tr><th scope=\"row\" class=\"{class}\">{}</th><td>{}</td><td>{}</td>{numbers}\
             <td class=\"number\">{:.2}</td><td>{}</td></tr>\n",
            escape(&column.name.to_string()),
            builds.join(" "),
            column.spec,
            counts.seconds,
            escape(&column.target)
        )
    };
    let rows: String = matrix.targets.iter().map(row).collect();
    format!("<h2 id=\"targets\">Targets</h2>\n{}", table("targets", &titles, &rows))
}

fn untested(matrix: &Matrix) -> String {
    let row = |untested: &super::model::Untested| {
        let (target, reason) = (escape(&untested.target), escape(&untested.reason));
        format!("<tr><th scope=\"row\">{target}</th><td>{reason}</td></tr>\n")
    };
    let rows: String = matrix.untested.iter().map(row).collect();
    match rows.as_str() {
        "" => String::new(),
        rows => format!("<h2 id=\"untested\">Not tested</h2>\n{}", table("untested", &["target", "why"], rows)),
    }
}

fn narrower(matrix: &Matrix) -> String {
    let row = |narrower: &super::model::Narrower| {
        let targets: Vec<_> = narrower.targets.iter().map(|(name, count)| format!("{count} on {name}")).collect();
        let (reason, targets) = (escape(&narrower.reason), escape(&targets.join(", ")));
        format!("<tr><td>{reason}</td><td>{targets}</td></tr>\n")
    };
    let rows: String = matrix.narrower.iter().map(row).collect();
    match rows.as_str() {
        "" => String::new(),
        rows => folded("narrower", "Skipped on some targets only", &table("narrower", &["why", "results"], rows)),
    }
}

fn traits(matrix: &Matrix) -> String {
    let mut rows = String::new();
    for differing in &matrix.traits {
        for (index, (value, names)) in differing.values.iter().enumerate() {
            let span = differing.values.len();
            let name = escape(&differing.name);
            let name = match index {
                0 => format!("<th scope=\"rowgroup\" rowspan=\"{span}\">{name}</th>"),
                _ => String::new(),
            };
            let _ = writeln!(rows, "<tr>{name}<td>{}</td><td>{}</td></tr>", joined(names), escape(value));
        }
    }
    match rows.as_str() {
        "" => String::new(),
        rows => folded("traits", "Traits that differ", &table("traits", &["trait", "targets", "value"], rows)),
    }
}

fn table(id: &str, titles: &[&str], rows: &str) -> String {
    let titles: String = titles.iter().map(|title| format!("<th scope=\"col\">{title}</th>")).collect();
    format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\">\n<table>\n\
         <thead><tr>{titles}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

fn folded(id: &str, title: &str, content: &str) -> String {
    let title = escape(title);
    format!("<details class=\"part\">\n<summary><h2 id=\"{id}\">{title}</h2></summary>\n{content}</details>\n")
}

fn joined<'n>(names: impl IntoIterator<Item = &'n Name>) -> String {
    escape(&names.into_iter().map(Name::to_string).collect::<Vec<_>>().join(", "))
}

fn ink(sign: Sign) -> &'static str {
    match sign {
        Sign::Fail | Sign::Fixed => "bad",
        Sign::Warn | Sign::Note | Sign::Starved => "warn",
        Sign::Pass => "good",
        _ => "soft",
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn some_versions() {
        insta::assert_snapshot!("html", page::without_styles(&render(&samples::matrix(), None)));
    }

    #[test]
    fn one_target_has_nothing_beside_it() {
        let page = render(&samples::one(), None);
        assert!(page.contains("Failing</h2>") && !page.contains("Differences"), "{page}");
    }

    /// Every tag that is opened is closed in its order, so that no text of a target was taken for one.
    #[test]
    fn nothing_of_a_target_is_taken_for_html() {
        let page = render(&samples::hostile(), Some("3.13"));
        assert!(page.chars().all(|c| c == '\n' || !c.is_control()), "{page}");
        let pages = [page, render(&samples::matrix(), None), render(&samples::wide(), None)];
        for page in &pages {
            let page = page::without_styles(page);
            let mut open = Vec::new();
            for tag in page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
                let name = tag.split(' ').next().unwrap_or_default();
                match name.strip_prefix('/') {
                    Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
                    None if name.starts_with('!') || name == "meta" => {}
                    None => open.push(name),
                }
            }
            assert_eq!(open, [""; 0]);
        }
    }
}
