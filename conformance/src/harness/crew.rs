//! Threads that make one call at a time, when they are told to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ffi::c_void;
use std::ptr;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use pymem_abi::family::Family;

use super::Stop;
use super::threads::STACK;
use super::turns::Attaching;

/// A call of one of the four functions. Blocks are addresses, 0 for NULL.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    Malloc(usize),
    Calloc(usize, usize),
    Realloc(usize, usize),
    Free(usize),
}

impl Call {
    /// Makes it; the address that it gives, 0 for NULL and for free.
    ///
    /// # Safety
    /// The calling thread may call the family, and the block is live and came from it.
    #[inline]
    pub(super) unsafe fn make(self, family: &Family) -> usize {
        let pointer = |address: usize| ptr::with_exposed_provenance_mut::<c_void>(address);
        // SAFETY: as for this function.
        let block = unsafe {
            match self {
                Self::Malloc(size) => family.malloc(size),
                Self::Calloc(nelem, elsize) => family.calloc(nelem, elsize),
                Self::Realloc(block, size) => family.realloc(pointer(block), size),
                Self::Free(block) => {
                    family.free(pointer(block));
                    ptr::null_mut()
                }
            }
        };
        block.expose_provenance()
    }
}

/// A call, and whom to make it to.
struct Order(Family, Call);

/// A thread that waits for orders.
struct Member {
    orders: SyncSender<Order>,
    results: Receiver<usize>,
    thread: JoinHandle<()>,
}

/// Threads by their numbers, which the program chooses. Where there is an interpreter, each is attached to it as long
/// as it lives, and holds its lock while it calls.
#[derive(Default)]
pub(super) struct Crew {
    members: BTreeMap<u16, Member>,
    attaching: Option<Attaching>,
}

impl Crew {
    /// Has threads made from now on attach to an interpreter, whose lock this thread holds.
    pub(super) fn attach_by(&mut self, attaching: Attaching) {
        self.attaching = Some(attaching);
    }

    /// Whether they do.
    pub(super) fn attaches(&self) -> bool {
        self.attaching.is_some()
    }

    /// Has a thread make a call, while this one waits and lets go of the interpreter.
    ///
    /// # Errors
    /// If it cannot be made, or does not answer.
    ///
    /// # Safety
    /// As for [`Call::make`], for a thread that holds the interpreter's lock where there is one.
    pub(super) unsafe fn call(&mut self, number: u16, family: Family, call: Call) -> Result<usize, Stop> {
        let attaching = self.attaching;
        let members = &mut self.members;
        let work = || {
            let member = match members.entry(number) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(member(attaching)?),
            };
            member.orders.send(Order(family, call)).ok()?;
            member.results.recv().ok()
        };
        let made = apart(attaching, work);
        made.ok_or_else(|| Stop::Skip("a thread could not be made".into()))
    }

    /// Whether there is a thread of that number.
    pub(super) fn has(&self, number: u16) -> bool {
        self.members.contains_key(&number)
    }

    /// Ends a thread, if it is there.
    pub(super) fn end(&mut self, number: u16) {
        if let Some(Member { orders, thread, .. }) = self.members.remove(&number) {
            drop(orders);
            // A panic is a fault of ours, which the hook has reported.
            let _ = apart(self.attaching, || thread.join());
        }
    }

    /// Ends all threads.
    pub(super) fn end_all(&mut self) {
        while let Some(number) = self.members.keys().next().copied() {
            self.end(number);
        }
    }
}

/// Does something while other threads may have the interpreter.
fn apart<T>(attaching: Option<Attaching>, work: impl FnOnce() -> T) -> T {
    let saved = attaching.map(|attaching| attaching.let_go());
    let result = work();
    if let Some((attaching, saved)) = attaching.zip(saved) {
        attaching.take_again(saved);
    }
    result
}

fn member(attaching: Option<Attaching>) -> Option<Member> {
    let (orders, inbox) = sync_channel::<Order>(1);
    let (outbox, results) = sync_channel(1);
    let life = move || {
        let attached = attaching.map(Attaching::attach);
        for Order(family, call) in inbox {
            if let Some(attached) = &attached {
                attached.enter();
            }
            // SAFETY: who gave the order answers for it, and waits.
            let made = unsafe { call.make(&family) };
            if let Some(attached) = &attached {
                attached.leave();
            }
            let _ = outbox.send(made);
        }
        if let Some(attached) = attached {
            attached.end();
        }
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(life).ok()?;
    Some(Member { orders, results, thread })
}
