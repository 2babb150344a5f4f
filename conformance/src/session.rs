//! The states in which a target is exercised, and how its workers come into
//! them.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use pymem_spec::{Configuration, Domain, Driving, Kind, Mode, Registry, Situation, Version};

use crate::cli::Options;
use crate::command::CALLED_AS;
use crate::corpus;
use crate::inside::order::{How, Inside};
use crate::sandbox::keeper::Session;
use crate::sandbox::launch::{Launch, Param};
use crate::sandbox::spawn::Order;
use crate::target::Target;

/// Values of the contract that checks ask for.
const PARAMS: &[&str] = &[
    "alignment-cap",
    "arena-limit",
    "arena-size",
    "arenas-from-the-system",
    "blocks-counted",
    "concurrent",
    "debug-clean",
    "debug-dead",
    "debug-forbidden",
    "debug-marks-resized",
    "debug-frame",
    "debug-unfilled",
    "large-resized-to-zero",
    "pool-size",
    "serial-counts-refused",
    "served-by",
    "size-class-step",
    "gc-header",
    "object-count",
    "object-header",
];

/// Every session of a default run, in report order, without its checks.
pub fn all(target: &Target, options: &Options, spec: Version) -> Vec<Session> {
    let own = target.version.unwrap_or(spec);
    let driving = Registry::embedded().driving(&own, &target.builds);
    let session = |(mode, configuration)| Session {
        order: order(target, options, spec, &driving, mode, configuration),
        items: Vec::new(),
    };
    let states = match &target.candidate {
        Some(candidate) => states_inside(&candidate.order, &driving),
        None => states(target, &driving),
    };
    states.into_iter().map(session).collect()
}

/// The target's states, by what it is and what its version survives.
fn states(target: &Target, driving: &Driving) -> Vec<(Mode, Configuration)> {
    let mut states = vec![(Mode::Bare, Configuration::Default)];
    let hooks = target.exports("PyMem_SetupDebugHooks") && (target.kind != Kind::Cpython || driving.hooks);
    if matches!(target.kind, Kind::Cpython | Kind::Pymem) && hooks {
        states.push((Mode::Bare, Configuration::DebugHooks));
    }
    // Which names it accepts is not known: one that it refuses is skipped.
    if target.kind == Kind::Pymem && target.knows_pythonmalloc() {
        states.extend(driving.environment.iter().map(|configuration| (Mode::Bare, *configuration)));
    }
    if target.has_interpreter() {
        states.push((Mode::Embedded, Configuration::Default));
        if hooks {
            states.push((Mode::Embedded, Configuration::DebugHooks));
        }
    }
    if target.kind == Kind::Cpython {
        states.extend(driving.environment.iter().map(|configuration| (Mode::Embedded, *configuration)));
    }
    states
}

/// The states of an interpreter that runs on an allocator that was put into it: without hooks, and with what may lie
/// over it or stand for it.
fn states_inside(order: &Inside, driving: &Driving) -> Vec<(Mode, Configuration)> {
    let mut states = vec![(Mode::Embedded, Configuration::Default)];
    match order.how {
        How::Set if driving.hooks => states.push((Mode::Embedded, Configuration::DebugHooks)),
        How::Set => {}
        How::Preload => {
            let malloc = driving.environment.iter().filter(|name| **name == Configuration::EnvMalloc);
            states.extend(malloc.map(|name| (Mode::Embedded, *name)));
        }
    }
    states
}

fn order(
    target: &Target,
    options: &Options,
    spec: Version,
    driving: &Driving,
    mode: Mode,
    configuration: Configuration,
) -> Order {
    let kind = target.kind;
    let situation = Situation { version: spec, builds: &target.builds, kind, mode, configuration };
    let launch = Launch {
        audit: target.audit.clone(),
        kind,
        mode,
        configuration,
        callable: callable(target, driving, mode, configuration),
        replaceable: replaceable(target, driving, mode, configuration),
        inside: target.candidate.as_ref().map(|candidate| candidate.order.clone()),
        threads_init: driving.threads_init,
        hooks: situation.has_hooks(),
        names: Registry::embedded().driving(&spec, &target.builds).environment,
        home: target.home.clone(),
        params: params(&situation),
        direct: false,
        failed_before: if options.deep.is_some() { corpus::read().concat() } else { Vec::new() },
    };
    let preload = target.judged().audit.as_ref().filter(|audit| audit.preload).map(|audit| audit.path.clone());
    Order { launch, environment: environment(target, options, mode, configuration), preload, taped: false }
}

/// The domains that may be called in a state.
fn callable(target: &Target, driving: &Driving, mode: Mode, configuration: Configuration) -> Vec<Domain> {
    let without_interpreter =
        if configuration.has_hooks() { driving.mem_obj_bare_under_hooks } else { driving.mem_obj_bare };
    // Where there is an interpreter, mem and obj are for threads that hold it; some CPythons are known to bear more.
    let bears = target.kind == Kind::Cpython && without_interpreter;
    let all = !target.has_interpreter() || mode == Mode::Embedded || bears;
    let domains = target.domains().iter().copied();
    domains.filter(|domain| all || *domain == Domain::Raw).collect()
}

/// The domains in which an allocator of ours may stand in for the target's: none once an interpreter has blocks of
/// the target's own.
fn replaceable(target: &Target, driving: &Driving, mode: Mode, configuration: Configuration) -> Vec<Domain> {
    let all = target.kind != Kind::Cpython || !configuration.has_hooks() || driving.own_below_hooks;
    let domains = target.domains().iter().copied().filter(|_| mode == Mode::Bare);
    domains.filter(|domain| all || *domain == Domain::Raw).collect()
}

fn params(situation: &Situation) -> Vec<Param> {
    let value = |name: &str, domain| {
        let value = Registry::embedded().param(name, situation, Some(domain))?;
        Some(Param { name: name.to_owned(), domain, value })
    };
    PARAMS.iter().flat_map(|name| Domain::ALL.iter().filter_map(move |domain| value(name, *domain))).collect()
}

/// The worker's environment: the caller's without what steers a Python, what
/// `--env` adds, and what the state needs.
fn environment(
    target: &Target,
    options: &Options,
    mode: Mode,
    configuration: Configuration,
) -> Vec<(OsString, OsString)> {
    let mut environment: Vec<(OsString, OsString)> =
        std::env::vars_os().filter(|(name, _)| !is_removed(name)).collect();
    let mut set = |name: &OsStr, value: &OsStr| {
        environment.retain(|(known, _)| known != name);
        environment.push((name.to_owned(), value.to_owned()));
    };
    if mode == Mode::Embedded {
        if let Some(home) = &target.home {
            set(OsStr::new("PYTHONHOME"), home.as_os_str());
        }
        // A run leaves no file behind and reads none of the user's.
        set(OsStr::new("PYTHONDONTWRITEBYTECODE"), OsStr::new("1"));
        set(OsStr::new("PYTHONNOUSERSITE"), OsStr::new("1"));
    }
    for (name, value) in &options.env {
        set(name, value);
    }
    if let Some(value) = configuration.pythonmalloc() {
        set(OsStr::new("PYTHONMALLOC"), OsStr::new(value));
    }
    environment
}

/// The caller's variables that no worker sees because they steer a Python.
pub fn removed_variables() -> Vec<String> {
    let removed = |name: &OsString| is_removed(name) && name != CALLED_AS;
    let mut names: Vec<String> =
        std::env::vars_os().map(|(name, _)| name).filter(removed).map(|name| crate::report::name_of(&name)).collect();
    names.sort();
    names
}

/// Variables of the caller's that are taken away: what steers a Python, and what
/// is ours.
fn is_removed(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b"PYTHON") || name == CALLED_AS
}
