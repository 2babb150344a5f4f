//! For people at a terminal.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::class::Class;
use super::proof::{Mutant, Proof, Row};
use super::trial::{self, Subject};
use crate::report::State;
use crate::text::{escape, plural, wrap};

/// Characters in a line.
const WIDTH: usize = 110;

/// Everything at one look: what is wrong first, then the counts.
pub fn render(proof: &Proof, color: bool) -> String {
    let mut text = faults(proof);
    if !text.is_empty() {
        text.push('\n');
    }
    text += &areas(proof);
    text.push('\n');
    text += &witnesses(proof);
    text += &summary(proof, color);
    text
}

/// How many of the programs that show defects are confirmed, and why the others are not.
fn witnesses(proof: &Proof) -> String {
    let all = proof.witnesses().count();
    if all == 0 {
        return String::new();
    }
    let mut text = String::new();
    let mut reasons: BTreeMap<(State, &str), Vec<&str>> = BTreeMap::new();
    for (mutant, witness) in proof.witnesses().filter(|(_, witness)| witness.state != State::Confirmed) {
        reasons.entry((witness.state, &witness.why)).or_default().push(mutant.trial.subject.name());
    }
    let confirmed = all - reasons.values().map(Vec::len).sum::<usize>();
    let _ = writeln!(text, "{} of defects: {confirmed} confirmed", plural(all, "witness"));
    for ((state, why), names) in reasons {
        let word = if state == State::None { "none" } else { "not confirmed" };
        let _ = writeln!(text, "{} {word}: {}", names.len(), escape(why));
        paragraph(&mut text, &names.join(" "));
    }
    text.push('\n');
    text
}

/// Each mutant that lives, each sound allocator that is accused, each clause that nothing shows to work.
fn faults(proof: &Proof) -> String {
    let mut text = String::new();
    for mutant in proof.alive() {
        let Mutant { breaks, about, class, trial, .. } = mutant;
        let _ = writeln!(text, "{}: {}, breaks {breaks}", trial.subject.name(), class.words());
        paragraph(&mut text, about);
        paragraph(&mut text, &trial.because);
        if let Some(command) = command(&trial.subject) {
            let _ = writeln!(text, "    rerun: {command}");
        }
    }
    for trial in proof.accused() {
        let _ = writeln!(text, "{}: accused, though it is sound", escape(trial.subject.name()));
        paragraph(&mut text, &trial.because);
        if let Some(command) = command(&trial.subject) {
            let _ = writeln!(text, "    rerun: {command}");
        }
    }
    for row in proof.unproven() {
        let _ = writeln!(text, "{}: a `must` clause with a check, and no mutant that it kills", row.clause);
    }
    for clause in &proof.stale {
        let _ = writeln!(text, "{clause}: said to have no mutant, which is not so");
    }
    text
}

fn paragraph(text: &mut String, words: &str) {
    for line in wrap(&escape(words), WIDTH - 4) {
        let _ = writeln!(text, "    {line}");
    }
}

/// The command that shows it once more.
fn command(subject: &Subject) -> Option<String> {
    match subject {
        Subject::Library(library) => {
            let only = library.breaks.as_ref().and_then(|_| trial::only(library));
            let only = only.map(|only| format!(" {only}")).unwrap_or_default();
            library.file.as_ref()?;
            Some(format!("cargo xtask conform mutant:{}{only}", library.name))
        }
        Subject::Real { target, .. } => Some(format!("cargo xtask conform {}", escape(&target.to_string_lossy()))),
    }
}

/// A line for each area.
fn areas(proof: &Proof) -> String {
    let heads = ["area", "sensitivity", "", "", "specificity", "", ""].map(String::from);
    let of_area = |row: &Row| {
        let name = row.area.map_or("all", |area| area.as_str()).to_owned();
        let [caught, spared] = [row.sensitivity, row.specificity]
            .map(|share| share.parts().unwrap_or_else(|| ["none", "", ""].map(String::from)));
        let cells: Vec<String> = [name].into_iter().chain(caught).chain(spared).collect();
        <[String; 7]>::try_from(cells).expect("one and twice three")
    };
    let rows: Vec<[String; 7]> = std::iter::once(heads).chain(proof.areas.iter().map(of_area)).collect();
    let widths: [usize; 7] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:width$}"),
            // Counts and shares stand under each other by their last digits.
            1 | 4 => format!("   {cell:>width$}"),
            2 | 5 => format!("  {cell:>width$}"),
            _ => format!(" {cell:width$}"),
        });
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    rows.iter().map(line).collect()
}

/// Counts, and the verdict.
fn summary(proof: &Proof, color: bool) -> String {
    let mut text = String::from(
        "sensitivity: mutants killed by the clause that they break; specificity: sound allocators accused of nothing;\n\
         in brackets: 95 % Wilson intervals\n\n",
    );
    let classes: Vec<String> = Class::ALL
        .into_iter()
        .filter(|class| proof.count(*class) > 0)
        .map(|class| format!("{} {}", proof.count(class), class.words()))
        .collect();
    let _ = writeln!(text, "{}: {}", plural(proof.mutants.len(), "mutant"), classes.join(", "));
    let controls = proof.sound.iter().filter(|trial| is_control(&trial.subject));
    let (controls, surviving) =
        controls.fold((0, 0), |(all, living), trial| (all + 1, living + usize::from(!trial.is_accused())));
    let real = proof.sound.iter().filter(|trial| matches!(trial.subject, Subject::Real { .. })).count();
    let _ = writeln!(
        text,
        "{}: {real} real, {} odd, {} without a defect, of which {surviving} survive",
        plural(proof.sound.len(), "sound allocator"),
        proof.sound.len() - real - controls,
        plural(controls, "control"),
    );
    let must = || proof.clauses.iter().filter(|row| row.level == pymem_spec::Level::Must && row.checked);
    if proof.complete {
        let _ = writeln!(
            text,
            "{} with a check: {} kill a mutant, {} cannot be broken by one",
            plural(must().count(), "`must` clause"),
            must().filter(|row| row.killed > 0).count(),
            must().filter(|row| row.without.is_some()).count(),
        );
    }
    let not_here: Vec<&str> = proof.unproven_here().iter().map(|row| row.clause.as_str()).collect();
    if !not_here.is_empty() {
        let _ = writeln!(
            text,
            "not shown here, for want of the Python that a mutant is made from: {}",
            not_here.join(", ")
        );
    }
    for missing in &proof.missing {
        let _ = writeln!(text, "not run: {}", escape(missing));
    }
    let paint = if proof.complaint().is_none() { "\x1b[32m" } else { "\x1b[31m" };
    let word = proof.verdict();
    let scope = if proof.whole { "every clause" } else { "the clauses of its area" };
    let word = if color { format!("{paint}{word}\x1b[0m") } else { word.to_owned() };
    let _ = writeln!(text, "{word}, each mutant judged by {scope}, in {:.0} s", proof.time.as_secs_f64());
    text
}

/// Whether it is what mutants are changes of.
pub fn is_control(subject: &Subject) -> bool {
    matches!(subject, Subject::Library(library) if library.control)
}

#[cfg(test)]
mod tests {
    use super::super::samples::proof;
    use super::*;

    #[test]
    fn nothing_is_wrong() {
        insta::assert_snapshot!("proven", render(&proof(|_| {}), false));
    }

    #[test]
    fn everything_is_wrong() {
        let proof = proof(|sample| {
            sample.survives("free.null");
            sample.accuse("guard-pages", "calloc.zeroed");
            sample.excuse("free.any-order");
        });
        insta::assert_snapshot!("not_proven", render(&proof, false));
        assert!(render(&proof, true).contains("\x1b[31mnot proven"));
    }
}
