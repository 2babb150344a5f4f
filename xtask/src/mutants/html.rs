//! A page that needs nothing but itself.

use std::fmt::Write;

use super::class::Class;
use super::heat;
use super::human::is_control;
use super::interval::Share;
use super::proof::Proof;
use super::trial::{Subject, Trial};
use crate::page::{self, escape};
use crate::text::plural;

/// The verdict, the areas, the heat map, and then every mutant, allocator and clause.
pub fn render(proof: &Proof) -> String {
    let (class, verdict) = match proof.complaint() {
        None => ("good", "Proven".to_owned()),
        Some(complaint) => ("bad", format!("Not proven: {complaint}")),
    };
    let scope = if proof.whole { "every clause" } else { "the clauses of the area that it breaks" };
    let mut page = format!(
        "<h1>What the suite catches, and whom it never accuses</h1>\n\
         <p class=\"verdict {class}\">{}</p>\n\
         <p>{} with one clause broken each, every one judged by {scope}, and {} that break none. \
         Made by <code>cargo xtask mutants{}</code> in {:.0}&nbsp;s.</p>\n",
        escape(&verdict),
        plural(proof.mutants.len(), "mutant"),
        plural(proof.sound.len(), "sound allocator"),
        if proof.whole { " --whole" } else { "" },
        proof.time.as_secs_f64(),
    );
    page += &outcomes(proof);
    page += &areas(proof);
    let _ = write!(
        page,
        "<h2 id=\"map\">Heat map</h2>\n<p>A row is a mutant, a column is a clause. <span class=\"key own\"></span> killed by the \
         clause that it breaks, <span class=\"key other\"></span> also found broken, <span class=\"key missed\"></span> not killed by it, <span class=\"key absent\"></span> not on this machine. \
         Names and cells say more when pointed at.</p>\n<div class=\"map\">{}</div>\n",
        heat::draw(proof)
    );
    page += &mutants(proof);
    page += &sound(proof);
    page += &clauses(proof);
    page::whole("pymem-conform: what the suite catches", include_str!("page.css"), &page)
}

fn outcomes(proof: &Proof) -> String {
    let mut text = String::from("<ul class=\"outcomes\">\n");
    for class in Class::ALL {
        let _ = writeln!(text, "<li><b>{}</b> {}</li>", proof.count(class), class.words());
    }
    text + "</ul>\n"
}

fn areas(proof: &Proof) -> String {
    let mut text = String::from(
        "<h2 id=\"areas\">Sensitivity and specificity</h2>\n<p>How many mutants are killed by their own clause, and how many \
         sound allocators are accused of nothing, with 95&nbsp;% Wilson intervals.</p>\n<table>\n<thead><tr><th scope=\"col\">area</th>\
         <th scope=\"col\" colspan=\"2\">sensitivity</th><th scope=\"col\" colspan=\"2\">specificity</th></tr></thead>\n<tbody>\n",
    );
    for row in &proof.areas {
        let area = row.area.map_or("all", |area| area.as_str());
        let _ = writeln!(
            text,
            "<tr><th scope=\"row\">{area}</th>{}{}</tr>",
            share(&row.sensitivity),
            share(&row.specificity)
        );
    }
    text + "</tbody>\n</table>\n"
}

/// Words, and a bar: the interval light, the share a line in it.
fn share(share: &Share) -> String {
    if share.cases == 0 {
        return "<td>none</td><td></td>".to_owned();
    }
    format!(
        "<td>{}</td><td><svg class=\"share\" viewBox=\"0 0 100 10\" width=\"100\" height=\"10\" aria-hidden=\"true\">\
         <rect class=\"all\" width=\"100\" height=\"10\"/><rect class=\"interval\" x=\"{:.1}\" width=\"{:.1}\" height=\"10\"/>\
         <rect class=\"point\" x=\"{:.1}\" width=\"2\" height=\"10\"/></svg></td>",
        escape(&share.words()),
        100.0 * share.low,
        100.0 * (share.high - share.low),
        (100.0 * share.share - 1.0).clamp(0.0, 98.0),
    )
}

fn mutants(proof: &Proof) -> String {
    let mut text = String::from(
        "<h2 id=\"mutants\">Mutants</h2>\n<table>\n<thead><tr><th scope=\"col\">mutant</th><th scope=\"col\">what is wrong with it</th>\
         <th scope=\"col\">breaks</th><th scope=\"col\">outcome</th><th scope=\"col\">also found broken</th></tr></thead>\n<tbody>\n",
    );
    for mutant in &proof.mutants {
        let others = mutant.trial.failing.iter().filter(|clause| **clause != mutant.breaks);
        let others: Vec<&str> = others.map(String::as_str).collect();
        let class = if mutant.class.is_fine() { "good" } else { "bad" };
        let because = match mutant.trial.because.as_str() {
            "" => String::new(),
            why => format!(": {}", escape(why)),
        };
        let _ = writeln!(
            text,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"{class}\">{}{because}</td><td>{}</td></tr>",
            escape(mutant.trial.subject.name()),
            escape(&mutant.about),
            mutant.breaks,
            mutant.class.words(),
            others.join(", ")
        );
    }
    text + "</tbody>\n</table>\n"
}

fn sound(proof: &Proof) -> String {
    let mut text = String::from(
        "<h2 id=\"sound\">Sound allocators</h2>\n<table>\n<thead><tr><th scope=\"col\">allocator</th><th scope=\"col\">what it is</th>\
         <th scope=\"col\">clauses judged</th><th scope=\"col\">accused by</th></tr></thead>\n<tbody>\n",
    );
    for trial in &proof.sound {
        let by: Vec<&str> = trial.failing.iter().map(String::as_str).collect();
        let class = if trial.is_accused() { "bad" } else { "good" };
        let why = if trial.is_accused() { format!("{} {}", by.join(", "), trial.because) } else { "none".to_owned() };
        let _ = writeln!(
            text,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td><td class=\"{class}\">{}</td></tr>",
            escape(trial.subject.name()),
            escape(&what(trial)),
            trial.judged.len(),
            escape(&why)
        );
    }
    text + "</tbody>\n</table>\n"
}

fn what(trial: &Trial) -> String {
    match &trial.subject {
        Subject::Real { .. } => "a real one".to_owned(),
        subject @ Subject::Library(library) => {
            format!("{}{}", if is_control(subject) { "a control: " } else { "odd: " }, library.about)
        }
    }
}

fn clauses(proof: &Proof) -> String {
    let mut text = String::from(
        "<h2 id=\"clauses\">Clauses</h2>\n<table>\n<thead><tr><th scope=\"col\">clause</th><th scope=\"col\">level</th>\
         <th scope=\"col\">mutants</th><th scope=\"col\">killed by it</th><th scope=\"col\">why none</th></tr></thead>\n<tbody>\n",
    );
    for row in &proof.clauses {
        let _ = writeln!(
            text,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td>{}</td></tr>",
            row.clause,
            row.level,
            row.mutants,
            row.killed,
            escape(row.without.as_deref().unwrap_or_default())
        );
    }
    text + "</tbody>\n</table>\n"
}

#[cfg(test)]
mod tests {
    use super::super::samples::proof;
    use super::*;

    #[test]
    fn a_page() {
        let page = render(&proof(|sample| sample.survives("free.null")));
        insta::assert_snapshot!(page::without_styles(&page));
    }
}
