//! The matrix for programs.

use serde::Serialize;

use super::model::Matrix;

/// What stands in the field `format`.
const FORMAT: &str = "pymem-conform-matrix";
/// Raised when a field changes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'m> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    matrix: &'m Matrix,
}

/// One object, indented, with a newline at the end. The cells of a clause stand in the order of `targets`.
pub fn render(matrix: &Matrix) -> String {
    let document = Document { format: FORMAT, version: VERSION, matrix };
    serde_json::to_string_pretty(&document).expect("string keys and plain values always make JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn some_versions() {
        let value: serde_json::Value = serde_json::from_str(&render(&samples::matrix())).expect("it is JSON");
        assert_eq!(value["format"], FORMAT);
        let clauses = value["clauses"].as_array().expect("a list");
        let targets = value["targets"].as_array().expect("a list");
        assert!(
            clauses.iter().all(|clause| clause["cells"].as_array().is_some_and(|cells| cells.len() == targets.len()))
        );
        insta::assert_snapshot!("json", serde_json::to_string_pretty(&clauses[0]).unwrap());
    }
}
