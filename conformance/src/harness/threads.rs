//! Calls from several threads.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use pymem_abi::family::Family;
use pymem_spec::Domain;

use super::{Block, Harness, Recorder, Stop};
use crate::journal::{BlockName, Function, Operation};

/// Bytes of stack that a thread has, as a program's threads have by default.
const STACK: usize = 8 << 20;

/// What one thread calls the target with. Journals like a [`Harness`], but may
/// be used beside others.
pub struct Hand {
    family: Family,
    domain: Domain,
    recorder: Recorder,
    alignment_cap: usize,
    next_name: u32,
}

impl Hand {
    /// Above this, sizes demand no more alignment.
    pub fn alignment_cap(&self) -> usize {
        self.alignment_cap
    }

    /// Asks for `size` bytes; `None` if it is refused.
    pub fn malloc(&mut self, size: usize) -> Option<Block> {
        let name = BlockName(self.next_name);
        self.begin(Function::Malloc, name, size, 0);
        // SAFETY: malloc may be called with any size, and the check made sure
        // that this thread may call this domain.
        let address = unsafe { self.family.malloc(size) };
        self.recorder.end_shared();
        self.handed_out(address.expose_provenance(), size)
    }

    /// Asks for `size` zeroed bytes; `None` if it is refused.
    pub fn calloc(&mut self, size: usize) -> Option<Block> {
        let name = BlockName(self.next_name);
        self.begin(Function::Calloc, name, 1, size);
        // SAFETY: as for malloc.
        let address = unsafe { self.family.calloc(1, size) };
        self.recorder.end_shared();
        self.handed_out(address.expose_provenance(), size)
    }

    /// Resizes a block; false if it is refused.
    pub fn realloc(&mut self, block: &mut Block, size: usize) -> bool {
        self.begin(Function::Realloc, block.name, size, 0);
        // SAFETY: the block is live and came from this family.
        let address = unsafe { self.family.realloc(block.pointer().cast(), size) };
        self.recorder.end_shared();
        if !address.is_null() {
            block.resized(address.expose_provenance(), size);
        }
        !address.is_null()
    }

    /// Gives a block back.
    pub fn free(&mut self, block: Block) {
        self.begin(Function::Free, block.name, 0, 0);
        // SAFETY: the block is live, came from this family, and is consumed.
        unsafe { self.family.free(block.pointer().cast()) };
        self.recorder.end_shared();
    }

    fn begin(&self, function: Function, block: BlockName, size: usize, elsize: usize) {
        let (size, elsize) = (size as u64, elsize as u64);
        self.recorder.begin_shared(Operation { function, domain: self.domain, block, size, elsize });
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
    /// A hand for one thread.
    ///
    /// # Errors
    /// If one of the functions hung too often to be called again.
    pub fn hand(&self) -> Result<Hand, Stop> {
        if let Some(function) = Function::ALL.into_iter().find(|function| self.broken & function.bit() != 0) {
            return Err(Stop::Hangs(function));
        }
        let family = self.family.ok_or_else(|| Stop::Skip("the target does not offer this domain".into()))?;
        let next_name = HANDS.fetch_add(1, Ordering::Relaxed) << 20;
        let alignment_cap = self.param("alignment-cap") as usize;
        Ok(Hand { family, domain: self.domain, recorder: self.recorder, alignment_cap, next_name })
    }

    /// Runs `body` in `count` threads at once, each with a hand and its number.
    ///
    /// # Errors
    /// What the first thread to fail says, or that no thread could be made.
    pub fn in_threads<T: Send>(
        &self,
        count: usize,
        body: impl Fn(&mut Hand, usize) -> Result<T, Stop> + Sync,
    ) -> Result<Vec<T>, Stop> {
        crate::sandbox::sys::unpin();
        let hands = (0..count).map(|_| self.hand()).collect::<Result<Vec<_>, _>>()?;
        let body = &body;
        thread::scope(|scope| {
            let mut running = Vec::new();
            for (number, mut hand) in hands.into_iter().enumerate() {
                let thread =
                    thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || body(&mut hand, number));
                running.push(thread.map_err(|error| Stop::Skip(format!("no thread could be made: {error}")))?);
            }
            running
                .into_iter()
                .map(|thread| {
                    thread.join().unwrap_or_else(|_| Err(Stop::Skip("a thread of the check panicked".into())))
                })
                .collect()
        })
    }
}
