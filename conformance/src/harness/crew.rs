//! Threads that make one call at a time, when they are told to.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use pymem_abi::family::Family;

use super::Stop;
use super::threads::STACK;
use super::turns::Turns;

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

/// What a member is told: whom to call, and in turns with whom.
struct Order {
    family: Family,
    call: Call,
    turns: Option<Arc<Turns>>,
}

/// A thread that waits for orders.
struct Member {
    orders: SyncSender<Order>,
    results: Receiver<usize>,
    thread: JoinHandle<()>,
}

/// Threads by their numbers, which the program chooses.
#[derive(Default)]
pub(super) struct Crew(BTreeMap<u16, Member>);

impl Crew {
    /// Has a thread make a call, while this one waits.
    ///
    /// # Errors
    /// If it cannot be made, or does not answer.
    ///
    /// # Safety
    /// As for [`Call::make`], for the thread with its turn.
    pub(super) unsafe fn call(
        &mut self,
        number: u16,
        family: Family,
        call: Call,
        turns: Option<&Arc<Turns>>,
    ) -> Result<usize, Stop> {
        let gone = || Stop::Skip("a thread could not be made".into());
        let member = match self.0.entry(number) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => entry.insert(member().ok_or_else(gone)?),
        };
        member.orders.send(Order { family, call, turns: turns.cloned() }).map_err(|_| gone())?;
        member.results.recv().map_err(|_| gone())
    }

    /// Whether there is a thread of that number.
    pub(super) fn has(&self, number: u16) -> bool {
        self.0.contains_key(&number)
    }

    /// Ends a thread, if it is there.
    pub(super) fn end(&mut self, number: u16) {
        if let Some(Member { orders, thread, .. }) = self.0.remove(&number) {
            drop(orders);
            // A panic is a fault of ours, which the hook has reported.
            let _ = thread.join();
        }
    }

    /// Ends all threads.
    pub(super) fn end_all(&mut self) {
        while let Some(number) = self.0.keys().next().copied() {
            self.end(number);
        }
    }
}

fn member() -> Option<Member> {
    let (orders, inbox) = sync_channel::<Order>(1);
    let (outbox, results) = sync_channel(1);
    let life = move || {
        for Order { family, call, turns } in inbox {
            // SAFETY: who gave the order answers for it, and waits.
            let make = || Ok(unsafe { call.make(&family) });
            let made = turns.as_ref().map_or_else(make, |turns| turns.take(make));
            // Before the answer: who waits for it makes itself the only caller again.
            drop(turns);
            let _ = outbox.send(made.unwrap_or_default());
        }
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(life).ok()?;
    Some(Member { orders, results, thread })
}
