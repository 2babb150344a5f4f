//! One line with counts for each section.

use super::{Page, Sections, Standing};
use crate::report::paint::Ink;

/// A table: sections down, standings across; a standing that nothing has gets
/// no column.
pub(super) fn render(sections: &Sections<'_>, page: Page<'_>) -> String {
    let rows: Vec<_> = sections
        .iter()
        .map(|(heading, results)| {
            let count = |standing| results.iter().filter(|result| Standing::of(result) == standing).count();
            (heading.title(), COLUMNS.map(count))
        })
        .collect();
    let title_width = rows.iter().map(|(title, _)| title.len()).max().unwrap_or(0);
    let widths = std::array::from_fn::<_, { COLUMNS.len() }, _>(|column| {
        rows.iter().map(|(_, counts)| digits(counts[column])).max().unwrap_or(0)
    });

    let mut out = String::new();
    for (title, counts) in rows {
        let is_silent = COLUMNS.iter().zip(counts).all(|(&standing, count)| standing == Standing::Skip || count == 0);
        let title = format!("{title:title_width$}");
        let mut line = format!("  {}", if is_silent { page.paint.on(Ink::Faint, title) } else { title });
        for ((standing, count), width) in COLUMNS.into_iter().zip(counts).zip(widths) {
            if width == 0 {
                continue;
            }
            let word = standing.word();
            match count {
                0 => line.push_str(&" ".repeat(GAP + width + 1 + word.len())),
                _ => {
                    let cell = format!("{count:width$} {word}");
                    line.push_str(&" ".repeat(GAP));
                    line.push_str(&page.paint.on(standing.ink(page), cell));
                }
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn digits(count: usize) -> usize {
    if count == 0 { 0 } else { count.to_string().len() }
}

const GAP: usize = 3;

const COLUMNS: [Standing; 7] =
    [Standing::Pass, Standing::Fail, Standing::Fixed, Standing::Warn, Standing::Note, Standing::Known, Standing::Skip];
