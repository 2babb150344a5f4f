//! What would run, for `--list`.

use std::collections::BTreeMap;

use pymem_spec::{Configuration, Domain, Level, Mode};

use super::clauses::Heading;
use super::human::Style;
use super::paint::{Ink, Paint};
use super::places::{Place, describe};
use super::{Clauses, escape};

/// One result that a run would have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The clause's id.
    pub clause: String,
    /// Its level for this kind of target.
    pub level: Level,
    /// The domain; none where the clause is not of one domain.
    pub domain: Option<Domain>,
    /// The mode.
    pub mode: Mode,
    /// The configuration.
    pub configuration: Configuration,
}

/// One line for each clause (id, level, where), by section, and a last line
/// with counts. `planned` is expected in report order.
pub fn list(planned: &[Planned], clauses: &(impl Clauses + ?Sized), style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut sections = BTreeMap::<Heading, Vec<Row<'_>>>::new();
    for item in planned {
        let rows = sections.entry(Heading::of(&item.clause, clauses)).or_default();
        let place = Place { domain: item.domain, mode: item.mode, configuration: item.configuration };
        match rows.iter_mut().find(|row| row.clause == item.clause) {
            Some(row) => row.places.push(place),
            None => rows.push(Row { clause: &item.clause, level: item.level, places: vec![place] }),
        }
    }
    let ids = sections.values().flatten().map(|row| escape(row.clause).chars().count());
    let width = ids.max().unwrap_or(0);
    let mut out = String::new();
    for (heading, rows) in &sections {
        out.push_str(&format!("{}\n", paint.on(Ink::Strong, heading.title())));
        for Row { clause, level, places } in rows {
            let level = paint.on(Ink::Faint, format!("{level:6}"));
            out.push_str(&format!("  {:width$}  {level}  {}\n", escape(clause), describe(places)));
        }
        out.push('\n');
    }
    let clauses = super::human::plural(sections.values().map(Vec::len).sum(), "clause");
    out + &format!("{clauses}, {}\n", super::human::plural(planned.len(), "result"))
}

/// One clause, and where it would be judged.
struct Row<'a> {
    clause: &'a str,
    level: Level,
    places: Vec<Place>,
}
