//! For a page.

use std::fmt::Write;

use super::proof::Proof;

/// The areas, and every mutant with what it was killed by.
pub fn render(proof: &Proof) -> String {
    let mut text = match proof.complaint() {
        None => format!("{}\n\n", capital(proof.verdict())),
        Some(complaint) => format!("Not proven: {}\n\n", cell(&complaint)),
    };
    text += &areas(proof);
    text += "\n| mutant | breaks | outcome | also broken |\n| --- | --- | --- | --- |\n";
    for mutant in &proof.mutants {
        let others: Vec<&str> =
            mutant.trial.failing.iter().map(String::as_str).filter(|clause| *clause != mutant.breaks).collect();
        let name = mutant.trial.subject.name();
        let _ = writeln!(text, "| {name} | {} | {} | {} |", mutant.breaks, mutant.class.words(), others.join(", "));
    }
    text += "\n| sound allocator | clauses judged | accused by |\n| --- | ---: | --- |\n";
    for trial in &proof.sound {
        let by: Vec<&str> = trial.failing.iter().map(String::as_str).collect();
        let by = if trial.is_accused() && by.is_empty() { cell(&trial.because) } else { by.join(", ") };
        let _ = writeln!(text, "| {} | {} | {by} |", cell(trial.subject.name()), trial.judged.len());
    }
    text
}

/// Sensitivity and specificity by area.
fn areas(proof: &Proof) -> String {
    let mut text = String::from(
        "| area | sensitivity: mutants killed by the clause that they break | specificity: sound allocators accused of nothing |\n| --- | --- | --- |\n",
    );
    for row in &proof.areas {
        let area = row.area.map_or("**all**", |area| area.as_str());
        let _ = writeln!(text, "| {area} | {} | {} |", row.sensitivity.words(), row.specificity.words());
    }
    text
}

/// The sentence with a capital letter.
fn capital(sentence: &str) -> String {
    let (first, rest) = sentence.split_at(1);
    first.to_uppercase() + rest
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::super::samples::proof;
    use super::*;

    #[test]
    fn a_page() {
        insta::assert_snapshot!(render(&proof(|sample| sample.accuse("guard-pages", "calloc.zeroed"))));
    }
}
