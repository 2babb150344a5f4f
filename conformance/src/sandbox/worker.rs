//! The worker: loads the target once, then makes a child for each command.

use std::sync::atomic::Ordering;

use pymem_spec::{Configuration, Domain, Mode};

use super::launch::Launch;
use super::shm::{Board, Control, Stage};
use super::{child, interpreter, loading, process, sys};
use crate::harness::Subject;
use crate::inside::{found, guard, install};
use crate::reference;

/// The nonce under which a worker that gives up leaves its message.
pub const REFUSAL: u64 = u64::MAX;

/// Loads the target and serves commands.
///
/// # Safety
/// `board` is mapped for the life of the process.
pub unsafe fn main(control: &'static Control, board: *mut Board) -> ! {
    // SAFETY: the caller's promise.
    let stage = |stage: Stage| sys::futex_set(unsafe { &(*board).stage }, stage as u32);
    stage(Stage::Entered);
    let subject = prepare(control, &stage);
    let subject = match subject {
        Ok(subject) => subject,
        Err(message) => {
            // SAFETY: no child exists that could write at the same time.
            unsafe { Board::post(board, REFUSAL, message.as_bytes()) };
            stage(Stage::Refused);
            sys::exit_now(0);
        }
    };
    // What a constructor did to signals must not confuse us, nor may it outlive the keeper.
    sys::reset_signals();
    sys::die_with_parent();
    if sys::parent() != control.keeper.load(Ordering::Relaxed) {
        sys::exit_now(0);
    }
    // SAFETY: mapped for good.
    let said = unsafe { &*board };
    said.threads.store(process::own_threads(), Ordering::Relaxed);
    said.unforkable.store(u32::from(!process::may_be_cloned()), Ordering::Relaxed);
    stage(Stage::Ready);
    // SAFETY: the caller's promise.
    unsafe { serve(control, board, &subject) }
}

/// Opens the target and puts it into the mode and configuration of the order.
fn prepare(control: &Control, stage: &impl Fn(Stage)) -> Result<Subject, String> {
    sys::set_limit(libc::RLIMIT_CORE, 0);
    let len = control.launch_len.load(Ordering::Acquire) as usize;
    let launch: Launch = serde_json::from_slice(&control.launch[..len]).map_err(|error| error.to_string())?;
    stage(Stage::Opening);
    let Some(audit) = &launch.audit else {
        let families = [Domain::Raw, Domain::Mem, Domain::Obj].map(|domain| Some(reference::family(domain)));
        stage(Stage::Opened);
        reference::configure(launch.configuration);
        return Ok(Subject { families, holes: Vec::new(), python: Some(reference::python()), launch });
    };
    let loaded = loading::target(audit)?;
    stage(Stage::Opened);
    let python = loaded.python().copied();
    if let Some(order) = &launch.inside {
        let api = python.as_ref().ok_or("the target has no interpreter")?;
        found::prepare()?;
        guard::tell(found::note);
        install::pre_initialise(api)?;
        let cap = |domain| launch.param("alignment-cap", domain).unwrap_or(16) as usize;
        install::install(api, loading::candidate(order)?, order, cap, launch.hooks)?;
    } else if launch.configuration == Configuration::DebugHooks {
        let setup = python.and_then(|api| api.PyMem_SetupDebugHooks);
        let setup = setup.ok_or("the target does not export PyMem_SetupDebugHooks")?;
        // SAFETY: hooks may be installed at any moment, best before any block
        // exists.
        unsafe { setup() };
    }
    if launch.mode == Mode::Embedded {
        stage(Stage::Initialising);
        let api = python.as_ref().ok_or("the target has no interpreter")?;
        interpreter::initialise(api, &launch)?;
        found::has_started();
    }
    let families = [Domain::Raw, Domain::Mem, Domain::Obj].map(|domain| loaded.family(domain));
    let holes = loaded.holes().iter().map(|(domain, function)| (*domain, function.as_str())).collect();
    std::mem::forget(loaded);
    Ok(Subject { families, holes, python, launch })
}

/// Makes a child for each command, for ever.
///
/// # Safety
/// `board` is mapped for the life of the process.
unsafe fn serve(control: &'static Control, board: *mut Board, subject: &Subject) -> ! {
    let mut done = 0;
    loop {
        let command = control.command.load(Ordering::Acquire);
        if command == done {
            sys::futex_wait(&control.command, done, None);
            continue;
        }
        done = command;
        if subject.launch.direct {
            // SAFETY: the caller's promise.
            unsafe { child::run(control, board, subject) };
        }
        // SAFETY: the worker has one thread (a target with more is served by
        // direct workers), and the child calls nothing that needs handlers.
        let child = unsafe { sys::clone_sibling((&raw const (*board).child).cast_mut().cast()) };
        if child == 0 {
            child::become_child();
            // SAFETY: the caller's promise, kept in the clone too.
            unsafe { child::run(control, board, subject) };
        }
        if child < 0 {
            // SAFETY: mapped for good.
            unsafe { &(*board).child }.store(-1, Ordering::Relaxed);
        }
    }
}
