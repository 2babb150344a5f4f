//! For programs.

use serde_json::{Value, json};

use super::human::is_control;
use super::proof::{Mutant, Proof};
use super::trial::{Subject, Trial};

/// The whole proof; arrays in the order of the contract.
pub fn render(proof: &Proof) -> String {
    let document = json!({
        "format": "pymem-conform-mutants",
        "version": 1,
        "verdict": proof.verdict().replace(' ', "-"),
        "complaint": proof.complaint(),
        "whole": proof.whole,
        "complete": proof.complete,
        "seconds": proof.time.as_secs_f64(),
        "missing": proof.missing,
        "areas": proof.areas,
        "clauses": proof.clauses,
        "mutants": proof.mutants.iter().map(mutant).collect::<Vec<_>>(),
        "sound": proof.sound.iter().map(sound).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&document).expect("string keys and plain values always make JSON") + "\n"
}

fn mutant(mutant: &Mutant) -> Value {
    let Subject::Library(library) = &mutant.trial.subject else { return Value::Null };
    json!({
        "name": library.name,
        "kind": library.kind,
        "breaks": mutant.breaks,
        "about": mutant.about,
        "class": mutant.class,
        "because": mutant.trial.because,
        "judged": mutant.trial.judged.len(),
        "killed_by": mutant.trial.failing,
        "seconds": mutant.trial.time.as_secs_f64(),
    })
}

fn sound(trial: &Trial) -> Value {
    let group = match &trial.subject {
        Subject::Real { .. } => "real",
        subject if is_control(subject) => "control",
        Subject::Library(_) => "odd",
    };
    json!({
        "name": trial.subject.name(),
        "group": group,
        "judged": trial.judged.len(),
        "accused_by": trial.failing,
        "because": trial.because,
        "seconds": trial.time.as_secs_f64(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples::proof;
    use super::*;

    #[test]
    fn it_says_what_people_are_told() {
        let value: Value =
            serde_json::from_str(&render(&proof(|sample| sample.survives("free.null")))).expect("it is JSON");
        assert_eq!(value["verdict"], "not-proven");
        let alive: Vec<&Value> =
            value["mutants"].as_array().unwrap().iter().filter(|mutant| mutant["class"] == "survived").collect();
        assert_eq!((alive.len(), &alive[0]["breaks"]), (1, &Value::from("free.null")));
        assert_eq!(value["sound"][0]["group"], "real");
        assert_eq!(value["areas"].as_array().unwrap().last().unwrap()["area"], Value::Null);
    }
}
