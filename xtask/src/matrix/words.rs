//! Sentences that each form of the matrix has.

use super::model::Matrix;
use crate::text::plural;

/// How many clauses differ, and by what they are judged; for a matrix with at least one target.
pub fn title(matrix: &Matrix, spec: Option<&str>) -> String {
    if let [column] = matrix.targets.as_slice() {
        return format!("{} alone, judged by the contract of {}", column.name, column.spec);
    }
    let judged = match spec {
        Some(spec) => format!("all judged by the contract of {spec}"),
        None => "each judged by the contract of its own version".to_owned(),
    };
    let targets = plural(matrix.targets.len(), "target");
    let of = matrix.clauses.len();
    match matrix.clauses.iter().filter(|row| row.differs()).count() {
        0 => format!("No clause of {of} differs between {targets}, {judged}"),
        1 => format!("1 clause of {of} differs between {targets}, {judged}"),
        differ => format!("{differ} clauses of {of} differ between {targets}, {judged}"),
    }
}

/// `12 clauses are the same everywhere`.
pub fn uniform(count: usize) -> String {
    format!("{} {} the same everywhere", plural(count, "clause"), if count == 1 { "is" } else { "are" })
}

/// What came of all targets.
pub struct Verdict {
    /// Whether none violates the contract.
    pub is_good: bool,
    /// How many conform, or which do not.
    pub words: String,
    /// How many were not tested, and the time; goes on behind `words`.
    pub beside: String,
}

/// The last line of a run.
pub fn verdict(matrix: &Matrix) -> Verdict {
    let violating = matrix.targets.iter().filter(|column| !column.conforms);
    let violating: Vec<_> = violating.map(|column| column.name.to_string()).collect();
    let (of, untested) = (matrix.targets.len(), matrix.untested.len());
    let seconds: f64 = matrix.targets.iter().map(|column| column.summary.seconds).sum();
    let all = plural(of + untested, "target");
    let words = match violating.as_slice() {
        [] if of == 1 => format!("1 of {all} conforms"),
        [] => format!("{of} of {all} conform"),
        [one] => format!("1 of {all} violates: {one}"),
        several => format!("{} of {all} violate: {}", several.len(), several.join(", ")),
    };
    let untested = if untested == 0 { String::new() } else { format!(", {untested} not tested") };
    Verdict { is_good: violating.is_empty(), words, beside: format!("{untested}, in {seconds:.2} s") }
}
