//! The bytes around a block.

use super::style::Style;

/// Bytes in front of a block.
pub(super) const HEAD: usize = 16;
/// Where the letter stands, as a distance in front of the block.
const LETTER: usize = 8;
/// Forbidden bytes directly in front of the block.
pub(super) const FRONT: usize = 7;
/// Forbidden bytes behind the block.
pub(super) const BACK: usize = 8;

/// A block with its frame, by the address that its user has.
///
/// Each method reads or writes memory of the frame or of the block: whoever makes one promises that all of it is
/// there. When the size field is damaged, it is not; the checks come to the bytes behind the block last.
#[derive(Clone, Copy)]
pub(super) struct Framed {
    pub(super) block: *mut u8,
    style: Style,
}

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// The letter is another domain's, or none's.
    Letter,
    /// The bytes in front of the block.
    Front,
    /// The bytes behind it.
    Back,
}

impl Framed {
    /// A block as its user knows it.
    ///
    /// # Safety
    /// `block` came from the hooks and has not been given back.
    pub(super) unsafe fn of(block: *mut u8, style: Style) -> Self {
        Self { block, style }
    }

    /// What the allocator below has given, with `bytes` bytes for the user.
    ///
    /// # Safety
    /// `start` has room for them and for the frame.
    pub(super) unsafe fn at(start: *mut u8, bytes: usize, letter: u8, style: Style) -> Self {
        let this = Self { block: start.wrapping_add(HEAD), style };
        this.write(this.block.wrapping_sub(HEAD), &(bytes as u64).to_be_bytes());
        this.write(this.block.wrapping_sub(LETTER), &[letter]);
        this.write(this.block.wrapping_sub(FRONT), &[style.forbidden; FRONT]);
        this.write(this.block.wrapping_add(bytes), &[style.forbidden; BACK]);
        this
    }

    /// Where the allocator below has it.
    pub(super) fn start(self) -> *mut u8 {
        self.block.wrapping_sub(HEAD)
    }

    /// The bytes that were asked for, as the frame says.
    pub(super) fn size(self) -> usize {
        u64::from_be_bytes(self.read(self.start())) as usize
    }

    /// The letter that the frame has.
    pub(super) fn letter(self) -> u8 {
        let [letter] = self.read(self.block.wrapping_sub(LETTER));
        letter
    }

    /// The first byte behind the block.
    pub(super) fn tail(self) -> *mut u8 {
        self.block.wrapping_add(self.size())
    }

    /// The forbidden bytes in front of the block, as they are.
    pub(super) fn front(self) -> [u8; FRONT] {
        self.read(self.block.wrapping_sub(FRONT))
    }

    /// The forbidden bytes behind the block, as they are.
    pub(super) fn back(self) -> [u8; BACK] {
        self.read(self.tail())
    }

    /// The serial number; meant for styles that have one.
    pub(super) fn serial(self) -> u64 {
        u64::from_be_bytes(self.read(self.tail().wrapping_add(BACK)))
    }

    /// Writes the serial number.
    pub(super) fn set_serial(self, serial: u64) {
        self.write(self.tail().wrapping_add(BACK), &serial.to_be_bytes());
    }

    /// The first damage, in the order of the checks.
    pub(super) fn damage(self, letter: u8) -> Option<Damage> {
        if self.letter() != letter {
            Some(Damage::Letter)
        } else if self.front() != [self.style.forbidden; FRONT] {
            Some(Damage::Front)
        } else if self.back() != [self.style.forbidden; BACK] {
            Some(Damage::Back)
        } else {
            None
        }
    }

    /// Gives `bytes` bytes at `offset` of the block this value.
    pub(super) fn fill(self, offset: usize, bytes: usize, value: u8) {
        // SAFETY: within the block, by the promise of the constructor.
        unsafe { self.block.wrapping_add(offset).write_bytes(value, bytes) };
    }

    /// Marks block and frame dead, of `bytes` bytes in all.
    pub(super) fn kill(self, bytes: usize) {
        // SAFETY: the whole of what the allocator below gave.
        unsafe { self.start().write_bytes(self.style.dead, bytes) };
    }

    /// The block's own bytes.
    pub(super) fn byte(self, offset: usize) -> u8 {
        let [byte] = self.read(self.block.wrapping_add(offset));
        byte
    }

    fn read<const N: usize>(self, from: *mut u8) -> [u8; N] {
        // SAFETY: within the frame or the block, by the promise of the constructor.
        unsafe { from.cast::<[u8; N]>().read_unaligned() }
    }

    fn write<const N: usize>(self, to: *mut u8, bytes: &[u8; N]) {
        // SAFETY: as in `read`.
        unsafe { to.cast::<[u8; N]>().write_unaligned(*bytes) };
    }
}
