//! What a target offers once it is loaded. Names are judged without loading it:
//! [`crate::symbols`].

use crate::harness::{Harness, Outcome, Stop};

/// The table of each domain that is offered has all four functions.
pub fn vtable(h: &mut Harness) -> Outcome {
    let domain = h.domain();
    match h.subject().holes.iter().find(|(holed, _)| *holed == domain) {
        Some((_, function)) => Err(Stop::fail("a table with four functions", format!("{function} is NULL"))),
        None if h.subject().families[domain as usize].is_none() => {
            Err(Stop::Skip(format!("the target offers no {domain} domain")))
        }
        None => Ok(()),
    }
}
