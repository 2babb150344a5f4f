//! How much is judged in each session.
//!
//! Each domain is swept over everything once, with the target's default
//! allocators; a domain of a CPython whose large blocks another one serves, over
//! small sizes only. What else may behave in its own way, other allocators or the
//! debug hooks, is swept over every small size once. Sessions that combine what was
//! swept already look at every size class, and run some checks in one process.
//! Those that bring nothing but another name for it judge the name alone.

use std::collections::BTreeSet;

use pymem_spec::{Configuration, Domain, Kind, Mode};

use crate::harness::Switches;
use crate::harness::serving::Server;
use crate::sandbox::keeper::Session;
use crate::sandbox::launch::Launch;

/// Sets the switches of every check.
pub fn set(sessions: &mut [Session]) {
    let (mut wide, mut swept) = (BTreeSet::new(), BTreeSet::new());
    for session in sessions {
        let launch = &session.order.launch;
        let configuration = launch.configuration;
        let callable = launch.callable.clone();
        let switch = |domain: Domain| -> u32 {
            let is_default = configuration == Configuration::Default;
            if is_default && swept.insert((domain, "default")) {
                if wide.insert(of_large_blocks(launch, domain)) { Switches::WIDE } else { 0 }
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

/// The domain that serves the large blocks of a domain: in a CPython without mimalloc all come from the C library.
fn of_large_blocks(launch: &Launch, domain: Domain) -> Domain {
    let by_libc = matches!(server(launch, domain), Some(Server::Libc | Server::Pymalloc));
    if launch.kind == Kind::Cpython && by_libc { Domain::Raw } else { domain }
}

/// Who serves a domain, as far as the contract says.
fn server(launch: &Launch, domain: Domain) -> Option<Server> {
    let mut params = launch.params.iter();
    Server::of_param(params.find(|param| param.name == "served-by" && param.domain == domain)?.value)
}

/// What stands in the domains of a session: its mode, whether there are hooks, who serves.
pub type Arrangement = (Mode, bool, [Server; 3]);

/// That of a session; none where documentation and libraries differ.
pub fn arrangement(launch: &Launch) -> Option<Arrangement> {
    let [raw, mem, obj] = [Domain::Raw, Domain::Mem, Domain::Obj].map(|domain| server(launch, domain));
    Some((launch.mode, launch.hooks, [raw?, mem?, obj?]))
}

/// Whether the allocators or the hooks of a configuration are new to a domain.
fn is_new(configuration: Configuration, domain: Domain, swept: &mut BTreeSet<(Domain, &'static str)>) -> bool {
    let allocators = configuration.allocators();
    let is_known = configuration == Configuration::Default || allocators == Configuration::Default.allocators();
    let new_allocators = !is_known && swept.insert((domain, allocators));
    let new_hooks = configuration.has_hooks() && swept.insert((domain, "hooks"));
    new_allocators || new_hooks
}
