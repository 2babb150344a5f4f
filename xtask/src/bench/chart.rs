//! The measurements as bars, in SVG.

use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Style, Text, Title};

use super::allocators::{Runs, WORKLOADS};
use super::panel::Member;
use super::spread::Spread;

const WIDTH: f64 = 900.0;
/// Where bars begin; the names of the workloads stand before it.
const LEFT: f64 = 230.0;
/// Room behind the longest bar, for its number.
const RIGHT: f64 = 60.0;
const TOP: f64 = 80.0;
const BAR: f64 = 13.0;
const BETWEEN_GROUPS: f64 = 16.0;
/// Colours that people tell apart whatever their sight (Okabe and Ito); used in turn.
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#999999", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// One group of bars for each workload. A bar is the median time as a multiple of the first allocator's; the thin line
/// on it spans all rounds.
pub fn render(panel: &[Member], all: &[Vec<Runs>]) -> String {
    let groups: Vec<(&str, Vec<Option<Spread>>)> = WORKLOADS
        .iter()
        .zip(all)
        .map(|(workload, row)| (workload.about, row.iter().map(|runs| ratio(runs, &row[0])).collect()))
        .collect();
    let longest = groups.iter().flat_map(|(_, bars)| bars.iter().flatten()).map(|bar| bar.most).fold(1.0, f64::max);
    let scale = (WIDTH - LEFT - RIGHT) / longest;
    let group_height = panel.len() as f64 * BAR + BETWEEN_GROUPS;
    let height = TOP + groups.len() as f64 * group_height + 10.0;

    let mut document = Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("font-family", "sans-serif")
        .set("font-size", 12)
        .add(Title::new("Time of allocators"))
        .add(Style::new("text { fill: #222 } .number { font-size: 10px; fill: #555 }"))
        .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "white"))
        .add(heading(&format!("Time of an operation, as a multiple of {}'s: shorter is faster", panel[0].label)))
        .add(legend(panel));
    for (index, (about, bars)) in groups.iter().enumerate() {
        document = document.add(group(about, bars, TOP + index as f64 * group_height, scale));
    }
    let one = LEFT + scale;
    let rule = Line::new().set("x1", one).set("x2", one).set("y1", TOP - 6.0).set("y2", height - 10.0);
    document = document.add(rule.set("stroke", "#222").set("stroke-dasharray", "3 3"));
    format!("{document}\n")
}

fn ratio(runs: &Runs, first: &Runs) -> Option<Spread> {
    Spread::of_ratios(&runs.nanoseconds, &first.nanoseconds)
}

fn heading(text: &str) -> Text {
    Text::new(text).set("x", 16).set("y", 28).set("font-size", 16).set("font-weight", "bold")
}

fn legend(panel: &[Member]) -> Group {
    let mut x = 16.0;
    panel.iter().zip(COLOURS.iter().cycle()).fold(Group::new(), |legend, (member, colour)| {
        let key = Rectangle::new().set("x", x).set("y", 44).set("width", 11).set("height", 11).set("fill", *colour);
        let text = Text::new(&member.label).set("x", x + 16.0).set("y", 54);
        // About the width of the text.
        x += 40.0 + 6.6 * member.label.chars().count() as f64;
        legend.add(key).add(text)
    })
}

fn group(about: &str, bars: &[Option<Spread>], top: f64, scale: f64) -> Group {
    let middle = top + bars.len() as f64 * BAR / 2.0 + 4.0;
    let name = Text::new(about).set("x", LEFT - 10.0).set("y", middle).set("text-anchor", "end");
    bars.iter().zip(COLOURS.iter().cycle()).enumerate().fold(Group::new().add(name), |group, (row, (bar, colour))| {
        let y = top + row as f64 * BAR;
        let number = |x: f64, text: String| Text::new(text).set("class", "number").set("x", x).set("y", y + BAR - 3.5);
        let Some(Spread { median, least, most }) = *bar else {
            return group.add(number(LEFT + 4.0, "not measured".into()));
        };
        let block = Rectangle::new().set("x", LEFT).set("y", y).set("width", median * scale).set("height", BAR - 2.0);
        let span = Line::new().set("x1", LEFT + least * scale).set("x2", LEFT + most * scale);
        let span = span.set("y1", y + BAR / 2.0 - 1.0).set("y2", y + BAR / 2.0 - 1.0).set("stroke", "#222");
        let end = LEFT + most.max(median) * scale + 4.0;
        group.add(block.set("fill", *colour)).add(span).add(number(end, format!("{median:.2}")))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::example;

    #[test]
    fn a_chart() {
        let (panel, runs) = example();
        insta::assert_snapshot!(super::render(&panel, &runs));
    }
}
