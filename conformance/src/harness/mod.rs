//! The vocabulary of the checks: blocks, requests, expectations.
//!
//! A [`Harness`] lives in a child process, for one check in one domain. Its
//! methods journal every call before they make it and stop the check (`?`)
//! where it cannot or need not go on.

mod apart;
pub mod arena;
mod block;
mod crew;
pub mod expect;
mod growth;
pub mod hook;
pub mod interpreter;
pub mod objects;
mod outcome;
mod pace;
mod private;
mod recorder;
mod refusals;
pub mod replay;
pub mod serving;
mod sizes;
mod special;
pub mod start;
mod surroundings;
pub mod threads;
pub mod tracing;
mod turns;
pub mod vault;

use std::time::{Duration, Instant};

use pymem_abi::family::Family;
use pymem_abi::load::PythonApi;
use pymem_spec::{Domain, Kind, Mode};

pub use block::Block;
pub use growth::Growth;
pub use outcome::{Outcome, Stop, Verdict};
pub use pace::Pace;
pub use private::privately;
pub use recorder::Recorder;
pub use sizes::{
    boundary_pairs, boundary_sizes, class_sizes, is_touched_whole, large_sizes, page_sizes, power_sizes, small_sizes,
};

use self::crew::Call;
use self::surroundings::Surroundings;
use crate::PAGE;
use crate::checks::TRAITS;
use crate::journal::{BlockName, Function, Operation};
use crate::oracle::AddressMap;
use crate::sandbox::launch::Launch;
use crate::tape::{self, Act, Finding, Step};

/// A refusal of at most this many bytes is suspicious ...
const SMALL_REQUEST: usize = 1 << 10;
/// ... while the check holds less than this, each block counted in whole pages: an
/// allocator may give each its own.
const SMALL_HOLDING: usize = 64 << 10;

/// What a command asks of a check, beside which one it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches(pub u32);

impl Switches {
    /// Sweep sizes that cost too much to be swept in every session.
    pub const WIDE: u32 = 1;
    /// Make random operations for the whole share of time.
    pub const DEEP: u32 = 2;
    /// Sweep size classes, not every size.
    pub const THIN: u32 = 4;

    /// Run the random programs of which the last one failed again.
    pub const AGAIN: u32 = 8;

    /// Whether a switch is on.
    pub fn has(self, switch: u32) -> bool {
        self.0 & switch != 0
    }
}

/// A loaded target, seen by a check.
pub struct Subject {
    /// The functions by domain; none where the target does not offer one.
    pub families: [Option<Family>; 3],
    /// Functions that a table lacks.
    pub holes: Vec<(Domain, &'static str)>,
    /// The interpreter's functions, where there is one.
    pub python: Option<PythonApi>,
    /// What was loaded, and how.
    pub launch: Launch,
}

/// One check's hold on the target.
pub struct Harness<'a> {
    subject: &'a Subject,
    domain: Domain,
    family: Option<&'a Family>,
    recorder: Recorder,
    switches: Switches,
    seed: u64,
    broken: u32,
    next_name: u32,
    held: usize,
    pace: Pace,
    last: Option<(u64, Operation)>,
    traits: Vec<(String, u64)>,
    /// Whether a sweep went on after a refusal.
    passed_over: bool,
    /// What was found when steps were made again.
    finding: Option<Finding>,
    around: Surroundings,
}

impl<'a> Harness<'a> {
    /// A harness for one check. `broken` has the bits of functions that must
    /// not be called.
    pub fn new(
        subject: &'a Subject,
        domain: Domain,
        recorder: Recorder,
        switches: Switches,
        seed: u64,
        share: Duration,
        broken: u32,
    ) -> Self {
        Self {
            subject,
            domain,
            family: subject.families[domain as usize].as_ref(),
            recorder,
            switches,
            seed,
            broken,
            next_name: 0,
            held: 0,
            pace: Pace::until(Instant::now() + share),
            last: None,
            traits: Vec::new(),
            passed_over: false,
            finding: None,
            around: Surroundings::default(),
        }
    }

    /// Runs a check and says what it found.
    pub fn judge(mut self, check: fn(&mut Harness) -> Outcome) -> Verdict {
        let mut outcome = check(&mut self);
        outcome = outcome.and(self.settle());
        if outcome.is_ok() && self.passed_over {
            outcome = Err(Stop::OutOfMemory);
        }
        let failed = outcome.as_ref().is_err_and(Stop::is_failure);
        Verdict {
            outcome,
            operations: self.recorder.begun(),
            shown_by: self.last.filter(|_| failed),
            traits: self.traits,
            finding: self.finding,
        }
    }

    // ---- what is known ------------------------------------------------------

    /// The domain of this check.
    pub fn domain(&self) -> Domain {
        self.domain
    }

    /// Seed for random choices.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether sizes that are costly to sweep are wanted.
    pub fn wide(&self) -> bool {
        self.switches.has(Switches::WIDE)
    }

    /// Every size from 0 to 1100 bytes; where that was swept already, those at which
    /// size classes end.
    pub fn small_sizes(&self) -> impl Iterator<Item = usize> + Clone + use<> {
        small_sizes(self.switches.has(Switches::THIN))
    }

    /// Whether what is swept here was swept in another session already.
    pub fn thin(&self) -> bool {
        self.switches.has(Switches::THIN)
    }

    /// Whether random operations go on for the whole share of time.
    pub fn deep(&self) -> bool {
        self.switches.has(Switches::DEEP)
    }

    /// Whether the random programs of which the last one failed are to be run again.
    pub fn again(&self) -> bool {
        self.switches.has(Switches::AGAIN)
    }

    /// How the target offers the API.
    pub fn kind(&self) -> Kind {
        self.subject.launch.kind
    }

    /// Seeds of random programs that failed in earlier runs, or that are to be run again.
    pub fn failed_before(&self) -> &'a [u64] {
        &self.subject.launch.failed_before
    }

    /// Says which random program is run next, for who has to tell should the process die of it.
    pub fn note_seed(&self, seed: u64) {
        self.recorder.note_seed(seed);
    }

    /// The loaded target.
    pub fn subject(&self) -> &'a Subject {
        self.subject
    }

    /// The recorder, for calls from several threads.
    pub fn recorder(&self) -> Recorder {
        self.recorder
    }

    /// Whether an interpreter is running and this thread holds its lock.
    pub fn embedded(&self) -> bool {
        self.subject.launch.mode == Mode::Embedded
    }

    /// A value of the contract that differs by version, for this domain.
    ///
    /// # Panics
    /// If the launch order has no such value; a test runs every check.
    pub fn param(&self, name: &str) -> u64 {
        let found = self.subject.launch.param(name, self.domain);
        found.unwrap_or_else(|| panic!("the launch order has no `{name}`"))
    }

    /// Notes a fact that no clause judges.
    ///
    /// # Panics
    /// If its name is not among [`TRAITS`].
    pub fn note_trait(&mut self, name: &str, value: u64) {
        assert!(TRAITS.contains(&name), "`{name}` is missing in the table of traits");
        self.traits.push((name.to_owned(), value));
    }

    /// Domains that may be called now, by this thread.
    pub fn domains(&self) -> Vec<Domain> {
        let offered = |domain: &Domain| self.subject.families[*domain as usize].is_some();
        self.subject.launch.callable.iter().copied().filter(offered).collect()
    }

    // ---- time ---------------------------------------------------------------

    /// Does something with each of `items`. A check that runs out of time says how
    /// far its last sweep came. A refusal ends the item and not the sweep: what others
    /// of them find still counts, and if they find nothing, the check was not whole.
    ///
    /// # Errors
    /// The first one of `body` that is no refusal.
    pub fn sweep<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut body: impl FnMut(&mut Self, T) -> Outcome,
    ) -> Outcome {
        let items: Vec<T> = items.into_iter().collect();
        let of = items.len();
        for (done, item) in items.into_iter().enumerate() {
            self.note_progress(done, of);
            match body(self, item) {
                Err(Stop::OutOfMemory) => self.passed_over = true,
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// Says how far the check is.
    #[inline]
    pub fn note_progress(&mut self, done: usize, of: usize) {
        self.pace.note(done, of);
    }

    /// The moment at which the share of time is spent.
    pub fn deadline(&self) -> Instant {
        self.pace.deadline()
    }

    // ---- requests -----------------------------------------------------------

    /// Asks for `size` bytes; stops the check if it is refused.
    #[inline]
    pub fn malloc(&mut self, size: usize) -> Result<Block, Stop> {
        match self.try_malloc(size)? {
            Some(block) => Ok(block),
            None => Err(self.refused(size)),
        }
    }

    /// Asks for `nelem * elsize` zeroed bytes; stops the check if it is refused.
    #[inline]
    pub fn calloc(&mut self, nelem: usize, elsize: usize) -> Result<Block, Stop> {
        match self.try_calloc(nelem, elsize)? {
            Some(block) => Ok(block),
            None => Err(self.refused(nelem.saturating_mul(elsize))),
        }
    }

    /// Resizes a block; stops the check if it is refused.
    #[inline]
    pub fn realloc(&mut self, block: &mut Block, size: usize) -> Outcome {
        if self.try_realloc(block, size)? { Ok(()) } else { Err(self.refused(size)) }
    }

    /// Like `realloc(NULL, size)`; stops the check if it is refused.
    pub fn realloc_null(&mut self, size: usize) -> Result<Block, Stop> {
        match self.try_realloc_null(size)? {
            Some(block) => Ok(block),
            None => Err(self.refused(size)),
        }
    }

    /// Asks for `size` bytes; `None` if it is refused.
    #[inline]
    pub fn try_malloc(&mut self, size: usize) -> Result<Option<Block>, Stop> {
        let operation = self.operation(Function::Malloc, self.fresh(), size, 0);
        let (family, number) = self.begin(operation)?;
        self.tape(Act::Malloc, (self.domain, self.fresh()), size, 0);
        // SAFETY: malloc may be called with any size; the driving rules say
        // that this domain may be called now.
        let address = unsafe { self.call(family, Call::Malloc(size)) }?;
        self.returned(number, operation);
        Ok(self.handed_out(address, size))
    }

    /// Asks for `nelem * elsize` zeroed bytes; `None` if it is refused.
    #[inline]
    pub fn try_calloc(&mut self, nelem: usize, elsize: usize) -> Result<Option<Block>, Stop> {
        let operation = self.operation(Function::Calloc, self.fresh(), nelem, elsize);
        let (family, number) = self.begin(operation)?;
        self.tape(Act::Calloc, (self.domain, self.fresh()), nelem, elsize);
        // SAFETY: as for malloc.
        let address = unsafe { self.call(family, Call::Calloc(nelem, elsize)) }?;
        self.returned(number, operation);
        Ok(self.handed_out(address, nelem.wrapping_mul(elsize)))
    }

    /// Like `realloc(NULL, size)`; `None` if it is refused.
    pub fn try_realloc_null(&mut self, size: usize) -> Result<Option<Block>, Stop> {
        let operation = self.operation(Function::Realloc, BlockName::NULL, size, 0);
        let (family, number) = self.begin(operation)?;
        self.tape(Act::ReallocNull, (self.domain, self.fresh()), size, 0);
        // SAFETY: a null block asks for a new one.
        let address = unsafe { self.call(family, Call::Realloc(0, size)) }?;
        self.returned(number, operation);
        Ok(self.handed_out(address, size))
    }

    /// Resizes a block; false if it is refused, and the block is as it was.
    #[inline]
    pub fn try_realloc(&mut self, block: &mut Block, size: usize) -> Result<bool, Stop> {
        let operation = self.operation(Function::Realloc, block.name, size, 0);
        let operation = Operation { domain: block.domain, ..operation };
        let (family, number) = self.begin(operation)?;
        self.tape(Act::Realloc, (block.domain, block.name), size, 0);
        // SAFETY: the block is live and came from this family.
        let address = unsafe { self.call(family, Call::Realloc(block.address, size)) }?;
        self.returned(number, operation);
        if address == 0 {
            return Ok(false);
        }
        self.held = self.held.saturating_add(pages(size)).saturating_sub(pages(block.size));
        block.resized(address, size);
        Ok(true)
    }

    /// Gives a block back.
    #[inline]
    pub fn free(&mut self, block: Block) -> Outcome {
        let operation = self.operation(Function::Free, block.name, 0, 0);
        let operation = Operation { domain: block.domain, ..operation };
        let (family, number) = self.begin(operation)?;
        self.tape(Act::Free, (block.domain, block.name), 0, 0);
        // SAFETY: the block is live, came from this family, and is consumed.
        unsafe { self.call(family, Call::Free(block.address)) }?;
        self.returned(number, operation);
        self.held = self.held.saturating_sub(pages(block.size));
        Ok(())
    }

    /// `free(NULL)`.
    pub fn free_null(&mut self) -> Outcome {
        let operation = self.operation(Function::Free, BlockName::NULL, 0, 0);
        let (family, number) = self.begin(operation)?;
        self.tape(Act::FreeNull, (self.domain, BlockName::NULL), 0, 0);
        // SAFETY: freeing NULL is allowed.
        unsafe { self.call(family, Call::Free(0)) }?;
        self.returned(number, operation);
        Ok(())
    }

    /// Gives blocks back, in order.
    pub fn free_all(&mut self, blocks: impl IntoIterator<Item = Block>) -> Outcome {
        blocks.into_iter().try_for_each(|block| self.free(block))
    }

    /// The same requests in another domain.
    pub fn in_domain<T>(&mut self, domain: Domain, run: impl FnOnce(&mut Self) -> T) -> T {
        let before = (self.domain, self.family);
        (self.domain, self.family) = (domain, self.subject.families[domain as usize].as_ref());
        let result = run(self);
        (self.domain, self.family) = before;
        result
    }

    // ---- inside -------------------------------------------------------------

    #[inline]
    fn fresh(&self) -> BlockName {
        BlockName(self.next_name)
    }

    #[inline]
    fn operation(&self, function: Function, block: BlockName, size: usize, elsize: usize) -> Operation {
        Operation { function, domain: self.domain, block, size: size as u64, elsize: elsize as u64 }
    }

    /// Notes an operation that is about to be made; says whom to call.
    #[inline]
    fn begin(&mut self, operation: Operation) -> Result<(&'a Family, u64), Stop> {
        if self.broken & operation.function.bit() != 0 {
            return Err(Stop::Hangs(operation.function));
        }
        let family = match self.family {
            Some(family) if operation.domain == self.domain => family,
            _ => self.subject.families[operation.domain as usize]
                .as_ref()
                .ok_or_else(|| Stop::Skip(format!("the target offers no {} domain", operation.domain)))?,
        };
        let number = self.recorder.begin(operation);
        if let Err(late) = self.pace.check(number, operation.size as usize) {
            self.recorder.end(number);
            return Err(late);
        }
        Ok((family, number))
    }

    /// Makes a call, in the thread whose turn it is; the address that it gives, 0 for NULL. Another thread than this one
    /// has the interpreter meanwhile.
    ///
    /// # Safety
    /// As for [`Call::make`].
    #[inline]
    unsafe fn call(&mut self, family: &Family, call: Call) -> Result<usize, Stop> {
        // SAFETY: as for this function.
        unsafe { if self.thread() == 0 { Ok(call.make(family)) } else { self.elsewhere(family, call) } }
    }

    /// Notes what is about to be made, where the whole check is written down.
    #[inline]
    fn tape(&self, act: Act, (domain, block): (Domain, BlockName), size: usize, more: usize) {
        let thread = self.thread();
        tape::note(|| Step { act, domain, thread, block: block.0, size: size as u64, more: more as u64 });
    }

    #[inline]
    fn returned(&mut self, number: u64, operation: Operation) {
        self.recorder.end(number);
        self.last = Some((number, operation));
    }

    #[inline]
    fn handed_out(&mut self, address: usize, size: usize) -> Option<Block> {
        if address == 0 {
            return None;
        }
        let block = Block::new(self.fresh(), self.domain, address, size);
        self.next_name += 1;
        self.held = self.held.saturating_add(pages(size));
        Some(block)
    }

    /// A function of the interpreter's.
    fn python<F>(&self, name: &str, function: impl FnOnce(&PythonApi) -> Option<F>) -> Result<F, Stop> {
        self.subject.python.as_ref().and_then(function).ok_or_else(|| Stop::Skip(format!("symbol absent: {name}")))
    }

    fn refused(&self, size: usize) -> Stop {
        if size <= SMALL_REQUEST && self.held < SMALL_HOLDING {
            Stop::SmallRefusal { size: size as u64 }
        } else {
            Stop::OutOfMemory
        }
    }
}

/// The calling thread.
fn this_thread() -> libc::pthread_t {
    // SAFETY: asks for a number.
    unsafe { libc::pthread_self() }
}

/// The bytes of the pages that a block of `size` bytes takes at most.
fn pages(size: usize) -> usize {
    size.max(1).checked_next_multiple_of(PAGE).unwrap_or(usize::MAX)
}

/// Live blocks by address, with the complaint about two that overlap.
#[derive(Default)]
pub struct Apart(AddressMap);

impl Apart {
    /// Enters a block that has just been handed out.
    ///
    /// # Errors
    /// If it shares a byte with another live block.
    pub fn insert(&mut self, block: &Block) -> Outcome {
        if self.0.insert(block.address, block.size) {
            return Ok(());
        }
        let Block { name, size, .. } = block;
        Err(Stop::fail("live blocks share no byte", format!("{name} ({size} bytes) overlaps a live block")))
    }

    /// Takes a block out that is about to be freed or resized.
    pub fn remove(&mut self, block: &Block) {
        self.0.remove(block.address, block.size);
    }
}
