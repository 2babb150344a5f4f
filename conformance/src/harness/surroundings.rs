//! What is around the calls of a program: who makes them, whether the system has memory, what lies over a domain.

use std::hint::black_box;
use std::sync::Arc;

use pymem_abi::family::Family;
use pymem_spec::{Domain, Kind};

use super::crew::{Call, Crew};
use super::hook::Hook;
use super::{Harness, Outcome, Stop};
use crate::sandbox::sys::Memory;
use crate::tape::{self, Act, Step};

/// What is around the next call. At the beginning: this thread, memory, no hook.
#[derive(Default)]
pub(super) struct Surroundings {
    /// The thread that calls; 0 for this one.
    thread: u16,
    crew: Crew,
    /// What the system grants later, where it refuses all memory now.
    granted: Option<Memory>,
    /// The hooks that were made so far.
    hooks: [Option<&'static Hook>; 3],
    /// The one that lies over its domain now, and whether it refuses a request.
    laid: Option<(&'static Hook, bool)>,
}

impl Harness<'_> {
    /// Domains over which a hook can be laid while they are in use.
    pub fn hookable(&self) -> Vec<Domain> {
        let has_api = matches!(self.kind(), Kind::Cpython | Kind::Pymem) && self.allocator_of(self.domain).is_ok();
        if has_api { self.domains() } else { Vec::new() }
    }

    /// Whether other threads than this one can call the domain.
    pub fn has_threads(&self) -> bool {
        let api = self.subject.python.as_ref();
        let attaches = api.is_some_and(|api| api.PyGILState_Ensure.is_some() && api.PyEval_SaveThread.is_some());
        !self.embedded() || self.may_call_concurrently() || attaches
    }

    /// Has another thread make the calls from now on; 0 is this one.
    pub fn go_on_in(&mut self, thread: u16) {
        self.around.thread = thread;
    }

    /// The thread that makes the calls.
    pub(super) fn thread(&self) -> u16 {
        self.around.thread
    }

    /// Ends a thread, if it was there. What it made stays.
    pub fn end_thread(&mut self, thread: u16) {
        tape::note(|| Step { thread, ..around(Act::EndThread, self.domain, 0) });
        self.around.crew.end(thread);
    }

    /// Has the system refuse all further memory, or grant it again.
    pub fn squeeze(&mut self, refuses: bool) {
        if refuses == self.around.granted.is_some() {
            return;
        }
        tape::note(|| around(Act::Squeeze, self.domain, u64::from(refuses)));
        if refuses {
            touch_stack();
            self.around.granted = Some(Memory::NONE.grant());
        } else {
            self.grant();
        }
    }

    fn grant(&mut self) {
        self.around.granted.take().map(Memory::grant);
    }

    /// Lays a hook over a domain that passes on what arrives, but for the n-th request, which it refuses; for 0 none.
    /// One that lies over any domain is lifted before.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn lay(&mut self, domain: Domain, n: u64) -> Outcome {
        self.lift()?;
        tape::note(|| around(Act::Hook, domain, n));
        let hook = match self.around.hooks[domain as usize] {
            Some(hook) => {
                self.set_allocator(domain as u32, &mut hook.table())?;
                hook
            }
            None => self.hook(domain)?,
        };
        hook.refuse_nth(n);
        self.around.hooks[domain as usize] = Some(hook);
        self.around.laid = Some((hook, n > 0));
        Ok(())
    }

    /// Lifts the hook, if one was laid.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn lift(&mut self) -> Outcome {
        let Some((hook, _)) = self.around.laid.take() else { return Ok(()) };
        tape::note(|| around(Act::Unhook, self.domain, 0));
        hook.refuse_nth(0);
        hook.arrivals();
        self.unhook(hook)
    }

    /// Whether a request can be refused because of what is around it.
    pub fn may_refuse(&self) -> bool {
        self.around.granted.is_some() || self.around.laid.is_some_and(|(_, refuses)| refuses)
    }

    /// This thread calls again, with memory, and over no hook.
    ///
    /// # Errors
    /// If the target does not export what it takes.
    pub fn settle(&mut self) -> Outcome {
        self.around.thread = 0;
        self.squeeze(false);
        self.lift()
    }

    /// Makes a call in the thread whose turn it is.
    ///
    /// # Errors
    /// If there is no such thread.
    ///
    /// # Safety
    /// As for [`Call::make`], for the thread that calls.
    pub(super) unsafe fn elsewhere(&mut self, domain: Domain, family: &Family, call: Call) -> Result<usize, Stop> {
        let number = self.around.thread;
        if !self.around.crew.has(number) && self.around.granted.is_some() {
            // Its stack is not of the target's memory.
            self.grant();
            // SAFETY: no block is passed; a new thread may ask for one and give it back.
            let made = unsafe { self.elsewhere(domain, family, Call::Free(0)) };
            self.around.granted = Some(Memory::NONE.grant());
            made?;
        }
        let turns = self.in_domain(domain, |h| h.embedded().then(|| h.turns()).transpose())?.map(Arc::new);
        // SAFETY: the caller answers for the block, and the turn makes the thread one that may call.
        let made = unsafe { self.around.crew.call(number, *family, call, turns.as_ref()) };
        if let Some(turns) = turns.and_then(Arc::into_inner) {
            turns.end();
        }
        made
    }
}

impl Drop for Surroundings {
    fn drop(&mut self) {
        self.granted.take().map(Memory::grant);
        self.crew.end_all();
    }
}

fn around(act: Act, domain: Domain, size: u64) -> Step {
    Step { act, domain, thread: 0, block: u32::MAX, size, more: 0 }
}

/// Has the stack grow now, which it cannot without memory.
#[inline(never)]
fn touch_stack() {
    black_box([0_u8; 512 << 10]);
}
