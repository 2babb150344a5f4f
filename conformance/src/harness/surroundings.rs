//! What is around the calls of a program: who makes them, whether the system has memory, what lies over a domain.

use std::hint::black_box;

use pymem_abi::family::Family;
use pymem_spec::Domain;

use super::crew::{Call, Crew};
use super::hook::{Hook, words};
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
        let can_set = self.subject.python.as_ref().is_some_and(|api| api.PyMem_SetAllocator.is_some());
        let may = |domain: &Domain| can_set && self.allocator_of(*domain).is_ok();
        self.domains().into_iter().filter(may).collect()
    }

    /// Whether other threads than this one can call the domain.
    pub fn has_threads(&self) -> bool {
        !self.embedded() || self.attaching().is_some()
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
        if self.around.crew.has(thread) {
            tape::note(|| Step { thread, ..around(Act::EndThread, self.domain, 0) });
            self.around.crew.end(thread);
        }
    }

    /// Has the system refuse all further memory, or grant it again. The heap of a check's process is not concerned: it
    /// was mapped before, as a whole.
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
        if let Some(memory) = self.around.granted.take() {
            memory.grant();
        }
    }

    /// Lays a hook over a domain that passes on what arrives, but for the n-th request of this thread, which it refuses;
    /// for 0 none. One that lies over any domain is lifted before.
    ///
    /// # Errors
    /// Those of [`Self::lift`], or if the target does not export what it takes.
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
    /// A failure if it does not lie there any more.
    pub fn lift(&mut self) -> Outcome {
        let Some((hook, _)) = self.around.laid.take() else { return Ok(()) };
        tape::note(|| around(Act::Unhook, self.domain, 0));
        hook.refuse_nth(0);
        hook.arrivals();
        let domain = hook.domain();
        if words(&self.allocator_of(domain)?) != words(&hook.table()) {
            let expected = format!("the allocator of {domain} stays the one that was set");
            return Err(Stop::fail(expected, "it is another one"));
        }
        self.unhook(hook)
    }

    /// Whether a request can be refused because of what is around it.
    pub fn may_refuse(&self) -> bool {
        self.around.granted.is_some() || self.around.laid.is_some_and(|(_, refuses)| refuses)
    }

    /// This thread calls again, with memory, and over no hook.
    ///
    /// # Errors
    /// Those of [`Self::lift`].
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
    pub(super) unsafe fn elsewhere(&mut self, family: &Family, call: Call) -> Result<usize, Stop> {
        let number = self.around.thread;
        if !self.around.crew.has(number) && self.around.granted.is_some() {
            // Its stack is not of the target's memory.
            self.grant();
            // SAFETY: to free NULL is to do nothing.
            let made = unsafe { self.elsewhere(family, Call::Free(0)) };
            self.around.granted = Some(Memory::NONE.grant());
            made?;
        }
        if self.embedded() && !self.around.crew.attaches() {
            let lacking = || Stop::Skip("the target does not export the functions of the interpreter's lock".into());
            let attaching = self.attaching().ok_or_else(lacking)?;
            self.around.crew.attach_by(attaching);
        }
        // SAFETY: the caller answers for the block, and the thread has the interpreter where there is one.
        unsafe { self.around.crew.call(number, *family, call) }
    }
}

impl Drop for Surroundings {
    fn drop(&mut self) {
        if let Some(memory) = self.granted.take() {
            memory.grant();
        }
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
