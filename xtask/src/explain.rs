//! `cargo xtask explain CLAUSE`: all that the contract says of one clause.

use pymem_spec::{Area, Build, Clause, Configuration, Domain, Inside, Kind, Mode, Registry};

use crate::text::wrap;

/// The width that texts are wrapped to, in columns.
const WIDTH: usize = 88;

/// A page about one clause, for people.
///
/// # Errors
///
/// One sentence, unless the arguments are the id of a clause.
pub fn run(args: &[String]) -> Result<String, String> {
    let [id] = args else {
        return Err("explain takes the id of one clause, such as `free.null`".to_owned());
    };
    if id.starts_with('-') {
        return Err(format!("unknown flag `{id}`; explain takes the id of one clause, such as `free.null`"));
    }
    let registry = Registry::embedded();
    registry.get(id).map(page).ok_or_else(|| advise(registry, id))
}

fn advise(registry: &Registry, id: &str) -> String {
    if id.parse::<Area>().is_ok() {
        return format!("`{id}` is an area; `cargo xtask list {id}` names its clauses");
    }
    let near = registry.nearest(id).into_iter().filter(|near| registry.get(near).is_some());
    let near: Vec<_> = near.take(3).map(|id| format!("`{id}`")).collect();
    match near.as_slice() {
        [] => format!("unknown clause `{id}`; `cargo xtask list` names them all"),
        near => format!("unknown clause `{id}`; did you mean {}?", near.join(" or ")),
    }
}

fn page(clause: &Clause) -> String {
    let mut rows = vec![
        ("level", level(clause)),
        ("versions", versions(clause)),
        ("domains", words(&clause.domains, Domain::ALL, "not of one domain")),
        ("targets", words(&clause.kinds, Kind::ALL, "none")),
        ("builds", words(&clause.builds, Build::ALL, "any")),
        ("modes", words(&clause.modes, Mode::ALL, "none")),
        ("configurations", configurations(clause)),
        ("section", clause.section.title().to_owned()),
        ("source", clause.source.to_string()),
    ];
    if clause.inside != Inside::Also {
        rows.push(("inside", clause.inside.to_string()));
    }
    rows.extend(clause.evidence.iter().map(|evidence| ("evidence", evidence.clone())));
    rows.extend(clause.unchecked.iter().map(|reason| ("unchecked", reason.clone())));
    for (name, list) in [("facts", &clause.facts), ("parameters", &clause.params), ("bugs", &clause.bugs)] {
        if !list.is_empty() {
            rows.push((name, list.join(", ")));
        }
    }
    rows.push(("stated in", format!("{}:{}", clause.file, clause.line)));

    let indent = 2 + rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let body = wrap(&clause.text, WIDTH).join("\n");
    let mut page = format!("{}: {}\n\n{body}\n\n", clause.id, clause.title);
    for (name, value) in rows {
        let lines = wrap(&value, WIDTH - indent);
        page += &format!("{name:indent$}{}\n", lines.join(&format!("\n{:indent$}", "")));
    }
    page
}

fn level(clause: &Clause) -> String {
    let own = clause.levels.iter().map(|(kind, level)| format!("; {level} for {kind}"));
    format!("{}{}", clause.level, own.collect::<String>())
}

fn versions(clause: &Clause) -> String {
    match (clause.since, clause.until) {
        (None, None) => "all".to_owned(),
        (Some(since), None) => format!("{} and later", since.short()),
        (None, Some(until)) => format!("up to {until}"),
        (Some(since), Some(until)) => format!("{} up to {until}", since.short()),
    }
}

fn configurations(clause: &Clause) -> String {
    let named = words(&clause.configurations, Configuration::ALL, "none");
    match clause.hooks {
        None => named,
        Some(true) => format!("{named}, under debug hooks only"),
        Some(false) => format!("{named}, but not under debug hooks"),
    }
}

fn words<W: PartialEq + ToString>(words: &[W], all: &[W], none: &str) -> String {
    match words {
        [] => none.to_owned(),
        _ if words.len() == all.len() => "all".to_owned(),
        _ => words.iter().map(W::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explain(args: &[&str]) -> Result<String, String> {
        run(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn pages() {
        for id in ["zero-size.malloc.writable", "alignment.calloc", "symbols.tracemalloc", "limits.no-exception"] {
            // The line moves with every clause stated above it.
            let mut clause = Registry::embedded().get(id).unwrap().clone();
            assert_eq!(explain(&[id]), Ok(page(&clause)));
            clause.line = 1;
            insta::assert_snapshot!(format!("explain_{id}"), page(&clause));
        }
    }

    #[test]
    fn every_page_keeps_to_its_width() {
        for clause in Registry::embedded().clauses() {
            for line in page(clause).lines() {
                let title = line.starts_with(&clause.id);
                assert!(title || line.chars().count() <= WIDTH, "{}: {line}", clause.id);
            }
        }
    }

    #[test]
    fn bad_use() {
        let uses = [&[][..], &["a", "b"], &["--all"], &["free"], &["free.nul"], &["malloc.larg"], &["xyzzy.plugh"]];
        insta::assert_snapshot!("explain_bad_use", uses.map(|args| explain(args).unwrap_err()).join("\n"));
    }
}
