//! Blocks that the target handed out.

use pymem_spec::Domain;

use crate::journal::BlockName;
use crate::oracle::pattern::{self, Mismatch, Pattern};
use crate::sandbox::sys;
use crate::tape::{self, Act, Step};

/// A live block. It is given back by [`super::Harness::free`]; dropping it
/// leaks it, as a child that ends does with all its blocks.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Its name in the journal.
    pub name: BlockName,
    /// The domain that gave it.
    pub domain: Domain,
    /// Its address.
    pub address: usize,
    /// Its size in bytes.
    pub size: usize,
    /// Its size when [`Self::fill`] was last called; 0 before.
    filled: usize,
    pattern: Pattern,
}

impl Block {
    /// A block that has just been handed out.
    #[inline]
    pub fn new(name: BlockName, domain: Domain, address: usize, size: usize) -> Self {
        Self { name, domain, address, size, filled: 0, pattern: Pattern::of(u64::from(name.0)) }
    }

    /// Its address for C.
    #[inline]
    pub fn pointer(&self) -> *mut u8 {
        std::ptr::with_exposed_provenance_mut(self.address)
    }

    /// Its bytes.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the target says that `size` bytes at this address are ours.
        // Whether that is true is under test: if not, this child dies of it,
        // or the contents turn out wrong.
        unsafe { std::slice::from_raw_parts(self.pointer(), self.size) }
    }

    /// Its bytes, to be written.
    #[inline]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`.
        unsafe { std::slice::from_raw_parts_mut(self.pointer(), self.size) }
    }

    /// The same block once more, for a misuse.
    pub fn alias(&self) -> Self {
        Self::new(self.name, self.domain, self.address, self.size)
    }

    /// The same block as if another domain had given it.
    pub fn into_domain(self, domain: Domain) -> Self {
        Self { domain, ..self }
    }

    /// Bytes around it, which are there under debug hooks: `count` of them from `offset` on, which may be negative.
    pub fn around(&self, offset: isize, count: usize) -> &[u8] {
        // SAFETY: the hooks keep 16 bytes before a block and at least 8 behind it; whether they do is under test.
        unsafe { std::slice::from_raw_parts(self.pointer().offset(offset), count) }
    }

    /// Changes every bit of one of those bytes.
    pub fn damage_around(&mut self, offset: isize) {
        self.change_around(offset, |byte| !byte);
    }

    /// Changes one of those bytes.
    pub fn change_around(&mut self, offset: isize, change: impl FnOnce(u8) -> u8) {
        // SAFETY: as in `around`.
        let at = unsafe { self.pointer().offset(offset) };
        // SAFETY: as above; nobody else uses the block.
        let byte = unsafe { at.read() };
        // SAFETY: as above.
        unsafe { at.write(change(byte)) };
    }

    /// Gives every byte its pattern (above 1 MiB: as [`Pattern::fill`] says).
    #[inline]
    pub fn fill(&mut self) {
        self.note_written();
        self.make_resident();
        let pattern = self.pattern;
        pattern.fill(self.bytes_mut());
        self.filled = self.size;
    }

    /// Notes, where every step is noted, that its bytes are written.
    pub fn note_written(&self) {
        let (domain, block, size) = (self.domain, self.name.0, self.size as u64);
        tape::note(|| Step { act: Act::Fill, domain, thread: 0, block, size, more: 0 });
    }

    /// Takes its bytes for filled: another value for the same bytes filled them.
    pub(super) fn assume_filled(&mut self) {
        self.filled = self.size;
    }

    /// The first byte that has lost its pattern, of those that had it and that
    /// a resize has kept.
    #[inline]
    pub fn damage(&self) -> Option<Mismatch> {
        self.pattern.first_mismatch(self.bytes(), self.filled)
    }

    /// The first byte that is not zero.
    pub fn nonzero(&self) -> Option<Mismatch> {
        self.make_resident();
        pattern::first_nonzero(self.bytes())
    }

    /// Makes a large block's pages resident in one call, which costs half of
    /// what a fault for each of them would. Their contents stay.
    #[inline]
    fn make_resident(&self) {
        if self.size > pattern::WHOLE && pattern::is_dense(self.size) {
            sys::populate(self.address, self.size);
        }
    }

    /// What is left of it after a resize to `size` bytes at `address`.
    #[inline]
    pub(super) fn resized(&mut self, address: usize, size: usize) {
        self.address = address;
        self.size = size;
    }
}
