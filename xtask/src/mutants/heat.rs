//! The heat map: mutants by clauses, as a drawing.

use svg::Document;
use svg::node::element::{Group, Rectangle, Text, Title};

use super::class::Class;
use super::proof::{Mutant, Proof};

/// Width of a clause and height of a mutant, in pixels.
const CELL: (usize, usize) = (5, 11);
/// Room for the names of mutants on the left, and of areas above.
const LEFT: usize = 210;
const TOP: usize = 90;

/// Rows are mutants and columns are clauses, both in the order of the contract.
pub fn draw(proof: &Proof) -> String {
    let columns: Vec<&str> = proof.clauses.iter().map(|row| row.clause.as_str()).collect();
    let (width, height) = (LEFT + columns.len() * CELL.0 + 20, TOP + proof.mutants.len() * CELL.1 + 10);
    let mut document = Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .set("role", "img")
        .set("aria-label", "Mutants by the clauses that they were judged by");
    for group in areas(proof, height) {
        document = document.add(group);
    }
    for (index, mutant) in proof.mutants.iter().enumerate() {
        document = document.add(row(mutant, &columns, TOP + index * CELL.1));
    }
    document.to_string()
}

/// A stripe and a name for each area.
fn areas(proof: &Proof, height: usize) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut start = 0;
    for (number, chunk) in proof.clauses.chunk_by(|one, next| one.area == next.area).enumerate() {
        let (x, width) = (LEFT + start * CELL.0, chunk.len() * CELL.0);
        start += chunk.len();
        let stripe = Rectangle::new()
            .set("class", if number % 2 == 0 { "even" } else { "odd" })
            .set("x", x)
            .set("y", TOP)
            .set("width", width)
            .set("height", height - TOP);
        let (at, above) = (x + width / 2, TOP - 6);
        let name = Text::new(chunk[0].area.as_str()).set("transform", format!("translate({at} {above}) rotate(-55)"));
        groups.push(Group::new().add(stripe).add(name));
    }
    groups
}

fn row(mutant: &Mutant, columns: &[&str], y: usize) -> Group {
    let name = mutant.trial.subject.name();
    let label = Text::new(name).set("x", LEFT - 6).set("y", y + CELL.1 - 2).set("class", "mutant");
    let mut group = Group::new().add(label.add(Title::new(&mutant.about)));
    for (index, clause) in columns.iter().enumerate() {
        let is_own = *clause == mutant.breaks;
        let (class, word) = match mutant.class {
            Class::NotHere if is_own => ("absent", mutant.class.words()),
            Class::KilledByOwn if is_own => ("own", mutant.class.words()),
            class if is_own => ("missed", class.words()),
            _ if mutant.trial.failing.contains(*clause) => ("other", "also found broken"),
            _ => continue,
        };
        let cell = Rectangle::new()
            .set("class", class)
            .set("x", LEFT + index * CELL.0)
            .set("y", y + 1)
            .set("width", CELL.0 - 1)
            .set("height", CELL.1 - 2);
        group = group.add(cell.add(Title::new(format!("{name}, {clause}: {word}"))));
    }
    group
}
