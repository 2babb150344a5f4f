//! A free block: its first word links it to the next one of its list.

/// A block that nobody has allocated. Lists of blocks end in null.
#[repr(C, align(16))]
pub(crate) struct Block {
    next: *mut Block,
    _rest: usize,
}

impl Block {
    /// The block behind `block` in its list.
    ///
    /// # Safety
    /// `block` is free, linked, and nobody else uses it.
    #[inline(always)]
    pub(crate) unsafe fn next(block: *mut Block) -> *mut Block {
        // SAFETY: a free block is at least 16 bytes of mapped memory that only its list's holder touches.
        unsafe { (*block).next }
    }

    /// Puts `block` in front of the list that begins with `next`.
    ///
    /// # Safety
    /// `block` is mapped, at least 16 bytes, and nobody else uses it.
    #[inline(always)]
    pub(crate) unsafe fn link(block: *mut Block, next: *mut Block) {
        // SAFETY: as in `next`.
        unsafe { (*block).next = next }
    }
}
