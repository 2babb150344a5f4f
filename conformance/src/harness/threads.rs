//! Calls from several threads.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};
use std::thread;

use pymem_abi::family::Family;
use pymem_spec::Domain;

use super::{Block, Harness, Outcome, Pace, Recorder, Stop};
use crate::journal::{BlockName, Function, Operation};
use crate::sandbox::shm::LANES;
use crate::tape::{self, Act, Step};

/// Bytes of stack that a thread has, as a program's threads have by default.
pub(super) const STACK: usize = 8 << 20;

/// What one thread calls the target with. Journals like a [`Harness`], but may
/// be used beside others.
pub struct Hand {
    family: Family,
    domain: Domain,
    recorder: Recorder,
    lane: usize,
    pace: Pace,
    alignment_cap: usize,
    next_name: u32,
    begun: u64,
    last: Option<(u64, Operation)>,
}

impl Hand {
    /// Above this, sizes demand no more alignment.
    pub fn alignment_cap(&self) -> usize {
        self.alignment_cap
    }

    /// Says how far this thread is.
    pub fn note_progress(&mut self, done: usize, of: usize) {
        self.pace.note(done, of);
    }

    /// Asks for `size` bytes; `None` if it is refused.
    pub fn malloc(&mut self, size: usize) -> Result<Option<Block>, Stop> {
        let operation = self.begin(Function::Malloc, BlockName(self.next_name), size, 0)?;
        // SAFETY: malloc may be called with any size, and the check made sure
        // that this thread may call this domain.
        let address = unsafe { self.family.malloc(size) };
        self.returned(operation);
        Ok(self.handed_out(address.expose_provenance(), size))
    }

    /// Asks for `size` zeroed bytes; `None` if it is refused.
    pub fn calloc(&mut self, size: usize) -> Result<Option<Block>, Stop> {
        let operation = self.begin(Function::Calloc, BlockName(self.next_name), 1, size)?;
        // SAFETY: as for malloc.
        let address = unsafe { self.family.calloc(1, size) };
        self.returned(operation);
        Ok(self.handed_out(address.expose_provenance(), size))
    }

    /// Resizes a block; false if it is refused.
    pub fn realloc(&mut self, block: &mut Block, size: usize) -> Result<bool, Stop> {
        let operation = self.begin(Function::Realloc, block.name, size, 0)?;
        // SAFETY: the block is live and came from this family.
        let address = unsafe { self.family.realloc(block.pointer().cast(), size) };
        self.returned(operation);
        if !address.is_null() {
            block.resized(address.expose_provenance(), size);
        }
        Ok(!address.is_null())
    }

    /// Gives a block back.
    pub fn free(&mut self, block: Block) -> Outcome {
        let operation = self.begin(Function::Free, block.name, 0, 0)?;
        // SAFETY: the block is live, came from this family, and is consumed.
        unsafe { self.family.free(block.pointer().cast()) };
        self.returned(operation);
        Ok(())
    }

    /// Notes an operation that is about to be made.
    fn begin(
        &mut self,
        function: Function,
        block: BlockName,
        size: usize,
        elsize: usize,
    ) -> Result<(u64, Operation), Stop> {
        self.begun += 1;
        self.pace.check(self.begun, size.max(elsize))?;
        let (size, elsize) = (size as u64, elsize as u64);
        let operation = Operation { function, domain: self.domain, block, size, elsize };
        tape::note(|| Step {
            act: match function {
                Function::Malloc => Act::Malloc,
                Function::Calloc => Act::Calloc,
                Function::Realloc => Act::Realloc,
                Function::Free => Act::Free,
            },
            domain: self.domain,
            thread: self.lane as u16 + 1,
            block: block.0,
            size,
            more: elsize,
        });
        Ok((self.recorder.begin_in(self.lane, operation), operation))
    }

    fn returned(&mut self, operation: (u64, Operation)) {
        self.recorder.end_in(self.lane);
        self.last = Some(operation);
    }

    fn handed_out(&mut self, address: usize, size: usize) -> Option<Block> {
        if address == 0 {
            return None;
        }
        let block = Block::new(BlockName(self.next_name), self.domain, address, size);
        self.next_name += 1;
        Some(block)
    }
}

/// Numbers hands, so that their blocks have different names.
static HANDS: AtomicU32 = AtomicU32::new(1);

impl Harness<'_> {
    /// What it takes to call the domain from a thread: made there, for its pace is
    /// the thread's.
    ///
    /// # Errors
    /// If one of the functions hung too often to be called again.
    fn hands(&self) -> Result<impl Fn(usize) -> Hand + Sync + use<>, Stop> {
        if let Some(function) = Function::ALL.into_iter().find(|function| self.broken & function.bit() != 0) {
            return Err(Stop::Hangs(function));
        }
        let family = *self.family.ok_or_else(|| Stop::Skip("the target does not offer this domain".into()))?;
        let (domain, recorder, deadline) = (self.domain, self.recorder, self.deadline());
        let alignment_cap = self.param("alignment-cap") as usize;
        Ok(move |lane| Hand {
            family,
            domain,
            recorder,
            lane,
            pace: Pace::until(deadline),
            alignment_cap,
            next_name: HANDS.fetch_add(1, Ordering::Relaxed) << 20,
            begun: 0,
            last: None,
        })
    }

    /// Lets the threads of this process run side by side.
    pub fn on_every_core(&self) {
        crate::sandbox::sys::unpin();
    }

    /// Runs `body` in `count` threads at once, each with a hand and its number.
    ///
    /// # Errors
    /// A failure, if a thread saw one; else what the first thread that stopped
    /// says, or that a thread could not be made.
    ///
    /// # Panics
    /// If there are more threads than the journal has room for.
    pub fn in_threads<T: Send>(
        &mut self,
        count: usize,
        body: impl Fn(&mut Hand, usize) -> Result<T, Stop> + Sync,
    ) -> Result<Vec<T>, Stop> {
        assert!(count <= LANES, "the journal has room for {LANES} threads");
        self.on_every_core();
        let (hands, body) = (&self.hands()?, &body);
        // Nobody begins before all are there: they may wait for each other.
        let all_made = RwLock::new(false);
        let begins = || *all_made.read().unwrap_or_else(PoisonError::into_inner);
        let life = |number: usize| {
            if !begins() {
                return (Err(Stop::Skip("a thread could not be made".into())), None);
            }
            let mut hand = hands(number);
            (body(&mut hand, number), hand.last)
        };
        let ended: Vec<_> = thread::scope(|scope| {
            let mut gate = all_made.write().unwrap_or_else(PoisonError::into_inner);
            let made: Vec<_> = (0..count)
                .map_while(|number| {
                    let life = &life;
                    thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || life(number)).ok()
                })
                .collect();
            *gate = made.len() == count;
            drop(gate);
            // A panic is a fault of ours, which the hook has reported.
            made.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        if ended.len() < count {
            return Err(Stop::Skip("a thread could not be made".into()));
        }
        let is_failure = |result: &Result<T, Stop>| result.as_ref().is_err_and(Stop::is_failure);
        if let Some((_, last)) = ended.iter().find(|(result, _)| is_failure(result)) {
            self.last = *last;
        }
        let (mut failed, others): (Vec<_>, Vec<_>) = ended.into_iter().map(|(result, _)| result).partition(is_failure);
        failed.extend(others);
        failed.into_iter().collect()
    }
}
