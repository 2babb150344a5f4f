//! What a report needs to know of a clause beyond its results.

use pymem_spec::Section;

/// Looks a clause up by its id. The registry of the contract is one; a report
/// of another version of the suite may name clauses that it does not have, so
/// every answer is optional.
pub trait Clauses {
    /// The section of the chapter that states the clause.
    fn section(&self, clause: &str) -> Option<Section>;
    /// The clause's text: what must hold, for whom.
    fn text(&self, clause: &str) -> Option<&str>;
}

/// Under which heading of a report a clause stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Heading {
    /// A section of the chapter.
    Section(Section),
    /// Last: the clause is unknown here.
    Unknown,
}

impl Heading {
    pub(super) fn of(clause: &str, clauses: &(impl Clauses + ?Sized)) -> Self {
        clauses.section(clause).map_or(Self::Unknown, Self::Section)
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Section(section) => section.title(),
            Self::Unknown => "Clauses outside this contract",
        }
    }
}

impl Clauses for pymem_spec::Registry {
    fn section(&self, clause: &str) -> Option<Section> {
        Some(self.get(clause)?.section)
    }

    fn text(&self, clause: &str) -> Option<&str> {
        Some(&self.get(clause)?.text)
    }
}

#[cfg(test)]
mod tests {
    use pymem_spec::Registry;

    use super::*;

    #[test]
    fn the_contract_knows_its_clauses_and_no_others() {
        let contract = Registry::embedded();
        for clause in contract.clauses() {
            let told = (Clauses::section(contract, &clause.id), Clauses::text(contract, &clause.id));
            assert_eq!(told, (Some(clause.section), Some(clause.text.as_str())));
        }
        assert_eq!((Clauses::section(contract, "no.clause"), Clauses::text(contract, "no.clause")), (None, None));
    }
}
