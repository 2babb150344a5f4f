//! How many sizes sweeps go over in each session.
//!
//! Each domain is swept over everything once, with the target's default
//! allocators. What else may behave in its own way, other allocators or the debug
//! hooks, is swept over every small size once. Sessions that combine what was
//! swept already look at every size class, and run some checks in one process.

use std::collections::BTreeSet;

use pymem_spec::{Configuration, Domain};

use crate::harness::Switches;
use crate::sandbox::keeper::Session;

/// Sets the switches of every check.
pub fn set(sessions: &mut [Session]) {
    let (mut wide, mut swept) = (BTreeSet::new(), BTreeSet::new());
    for session in sessions {
        let configuration = session.order.launch.configuration;
        let callable = session.order.launch.callable.clone();
        let switch = |domain: Domain| -> u32 {
            let is_default = configuration == Configuration::Default;
            if is_default && wide.insert(domain) {
                Switches::WIDE
            } else if is_new(configuration, domain, &mut swept) {
                0
            } else {
                Switches::THIN
            }
        };
        let switches: Vec<(Domain, u32)> = callable.iter().copied().zip(callable.iter().copied().map(switch)).collect();
        for item in &mut session.items {
            let found = switches.iter().find(|(domain, _)| *domain == item.domain);
            item.switches |= found.map_or(0, |(_, switch)| *switch);
            // What was swept alone already bears company now.
            item.together &= found.is_some_and(|(_, switch)| *switch == Switches::THIN);
        }
    }
}

/// Whether the allocators or the hooks of a configuration are new to a domain.
fn is_new(configuration: Configuration, domain: Domain, swept: &mut BTreeSet<(Domain, &'static str)>) -> bool {
    let allocators = configuration.allocators();
    let is_known = configuration == Configuration::Default || allocators == Configuration::Default.allocators();
    let new_allocators = !is_known && swept.insert((domain, allocators));
    let new_hooks = configuration.has_hooks() && swept.insert((domain, "hooks"));
    new_allocators || new_hooks
}
