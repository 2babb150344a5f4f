//! What would run, for `--list`.

use std::collections::BTreeMap;

use pymem_spec::{Configuration, Domain, Level, Mode, Version};
use serde::{Deserialize, Serialize};

use super::clauses::Heading;
use super::human::Style;
use super::paint::{Ink, Paint};
use super::places::{Place, describe};
use super::{Clauses, escape};

/// What `--list` writes for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Always [`Self::FORMAT`].
    pub format: String,
    /// [`FORMAT_VERSION`](super::FORMAT_VERSION).
    pub version: u32,
    /// Version of the suite.
    pub suite: String,
    /// Version of the contract that would be judged.
    pub spec: Version,
    /// The argument as given.
    pub target: String,
    /// Every clause that was selected, whether it applies to the target or not.
    pub clauses: Vec<Selected>,
    /// The results that a run would judge, in report order.
    pub results: Vec<Planned>,
}

impl Listing {
    /// What stands in the field `format`.
    pub const FORMAT: &str = "pymem-conform-list";
}

/// A clause that was selected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// The clause's id.
    pub clause: String,
    /// By what it is judged where it applies; none: no check exists.
    pub judged_by: Option<Way>,
}

/// By what a clause is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A check of its own.
    Check,
    /// The names that the file defines.
    Symbols,
    /// Whether the target loads.
    Loading,
    /// Whether every call came back.
    Surviving,
    /// CPython's own tests.
    Tests,
}

/// One result that a run would have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
