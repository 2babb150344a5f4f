//! The functions that the hooks put in place of a domain's own.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::frame::{Framed, HEAD};
use super::report::{Noticed, fatal};
use super::style::Style;
use crate::api;
use crate::request;
use crate::slot::Slot;
use crate::table::PyMemAllocatorEx;

/// One domain's hooks: the letter, and the allocator below.
struct Layer {
    letter: u8,
    below: Slot,
}

/// The hooks by domain.
static LAYERS: [Layer; 3] = [
    Layer { letter: b'r', below: Slot::new() },
    Layer { letter: b'm', below: Slot::new() },
    Layer { letter: b'o', below: Slot::new() },
];

/// How many allocations were made under hooks.
static SERIAL: AtomicU64 = AtomicU64::new(0);

/// Lays the hooks over every domain that does not have them on top.
pub fn setup() {
    for (domain, layer) in LAYERS.iter().enumerate() {
        let current = api::current(domain);
        let hooks = table(layer);
        if current.malloc as usize == hooks.malloc as usize {
            continue;
        }
        layer.below.install(&current);
        api::install(domain, &hooks);
    }
}

fn table(layer: &'static Layer) -> PyMemAllocatorEx {
    PyMemAllocatorEx { ctx: ptr::from_ref(layer).cast_mut().cast(), malloc, calloc, realloc, free }
}

impl Layer {
    /// # Safety
    /// `ctx` is that of a table of ours.
    unsafe fn of(ctx: *mut c_void) -> &'static Layer {
        // SAFETY: it points to one of the layers.
        unsafe { &*ctx.cast() }
    }

    fn below(&self) -> &'static PyMemAllocatorEx {
        self.below.installed().expect("a layer is used only once it lies over something")
    }

    /// Ends the process if the frame of a block is damaged.
    fn check(&self, framed: Framed, function: &'static str) {
        if let Some(damage) = framed.damage(self.letter) {
            fatal(framed, Noticed { damage, letter: self.letter, function });
        }
    }
}

/// What the allocator below has to give for `bytes` bytes; `None` if no allocator can.
fn with_frame(bytes: usize, style: Style) -> Option<usize> {
    bytes.checked_add(style.overhead()).filter(|whole| *whole <= request::MAX)
}

fn next_serial() -> u64 {
    SERIAL.fetch_add(1, Ordering::Relaxed) + 1
}

/// A request that fails: null, and where the style has it so, one number less for others.
fn failed(style: Style) -> *mut c_void {
    if style.counts_failures {
        next_serial();
    }
    ptr::null_mut()
}

/// Puts the frame around what the allocator below gave, if it gave anything.
///
/// # Safety
/// `start` is null or has room for the frame and `bytes` bytes.
unsafe fn enframe(layer: &Layer, start: *mut c_void, bytes: usize, style: Style) -> *mut c_void {
    if start.is_null() {
        return failed(style);
    }
    // SAFETY: the caller's promise.
    let framed = unsafe { Framed::at(start.cast(), bytes, layer.letter, style) };
    if style.serial {
        framed.set_serial(next_serial());
    }
    framed.block.cast()
}

unsafe extern "C" fn malloc(ctx: *mut c_void, bytes: usize) -> *mut c_void {
    // SAFETY: called through a table of ours.
    let layer = unsafe { Layer::of(ctx) };
    let style = Style::chosen();
    let Some(whole) = with_frame(bytes, style) else { return failed(style) };
    let below = layer.below();
    // SAFETY: the table came with the promise that its functions can be called.
    let start = unsafe { (below.malloc)(below.ctx, whole) };
    // SAFETY: it gave that much.
    let block = unsafe { enframe(layer, start, bytes, style) };
    if !block.is_null() {
        // SAFETY: the block has this many bytes.
        unsafe { block.cast::<u8>().write_bytes(style.clean, bytes) };
    }
    block
}

unsafe extern "C" fn calloc(ctx: *mut c_void, elements: usize, size: usize) -> *mut c_void {
    // SAFETY: called through a table of ours.
    let layer = unsafe { Layer::of(ctx) };
    let style = Style::chosen();
    let Some(bytes) = request::product(elements, size) else { return failed(style) };
    let Some(whole) = with_frame(bytes, style) else { return failed(style) };
    let below = layer.below();
    // SAFETY: as in `malloc`.
    let start = unsafe { (below.calloc)(below.ctx, 1, whole) };
    // SAFETY: it gave that much.
    unsafe { enframe(layer, start, bytes, style) }
}

unsafe extern "C" fn free(ctx: *mut c_void, block: *mut c_void) {
    if block.is_null() {
        return;
    }
    // SAFETY: called through a table of ours.
    let layer = unsafe { Layer::of(ctx) };
    let style = Style::chosen();
    // SAFETY: the caller's promise; where it is broken, the check is there to notice.
    let framed = unsafe { Framed::of(block.cast(), style) };
    layer.check(framed, "_PyMem_DebugRawFree");
    framed.kill(framed.size() + style.overhead());
    let below = layer.below();
    // SAFETY: the allocator below gave it, and it is given up.
    unsafe { (below.free)(below.ctx, framed.start().cast()) };
}

unsafe extern "C" fn realloc(ctx: *mut c_void, block: *mut c_void, bytes: usize) -> *mut c_void {
    if block.is_null() {
        // SAFETY: a request for a new block.
        return unsafe { malloc(ctx, bytes) };
    }
    // SAFETY: called through a table of ours.
    let layer = unsafe { Layer::of(ctx) };
    let style = Style::chosen();
    // SAFETY: as in `free`.
    let framed = unsafe { Framed::of(block.cast(), style) };
    layer.check(framed, "_PyMem_DebugRawRealloc");
    let Some(whole) = with_frame(bytes, style) else { return failed(style) };
    let old = framed.size();
    let kept = Ends::keep(framed, old, style);
    let below = layer.below();
    // SAFETY: the allocator below gave it.
    let start = unsafe { (below.realloc)(below.ctx, framed.start().cast(), whole) };
    if start.is_null() {
        kept.restore(framed);
        return failed(style);
    }
    // SAFETY: it gave that much.
    let new = unsafe { Framed::at(start.cast(), bytes, layer.letter, style) };
    if style.serial {
        new.set_serial(next_serial());
    }
    kept.put_back(new, bytes.min(old));
    if bytes > old {
        new.fill(old, bytes - old, style.clean);
    }
    new.block.cast()
}

/// The first and the last bytes of a block, kept while the allocator below resizes it.
///
/// While that runs, frame and ends of the old block are dead: if the block moves, what it leaves behind looks freed,
/// and what a shrink cuts off looks dead from its end.
struct Ends {
    marks: bool,
    old: usize,
    /// The frame's serial number, which marking overwrites.
    serial: u64,
    letter: u8,
    style: Style,
    first: [u8; Self::LEN],
    last: [u8; Self::LEN],
}

impl Ends {
    const LEN: usize = 64;

    /// Keeps the ends of a block of `old` bytes, and marks them dead where the style does.
    fn keep(framed: Framed, old: usize, style: Style) -> Self {
        let mut ends = Self {
            marks: style.marks_on_resize,
            old,
            serial: if style.serial { framed.serial() } else { 0 },
            letter: framed.letter(),
            style,
            first: [0; Self::LEN],
            last: [0; Self::LEN],
        };
        if !ends.marks {
            return ends;
        }
        for (offset, byte) in ends.first.iter_mut().enumerate().take(old) {
            *byte = framed.byte(offset);
        }
        let from = old.saturating_sub(Self::LEN);
        for (offset, byte) in ends.last.iter_mut().enumerate().take(old) {
            *byte = framed.byte(from + offset);
        }
        if old <= 2 * Self::LEN {
            framed.kill(old + style.overhead());
        } else {
            framed.kill(HEAD + Self::LEN);
            framed.fill(from, Self::LEN + style.overhead() - HEAD, style.dead);
        }
        ends
    }

    /// Makes the old block whole again, which the allocator below has left as it was.
    fn restore(&self, framed: Framed) {
        if !self.marks {
            return;
        }
        // SAFETY: it has the room that it had.
        let whole = unsafe { Framed::at(framed.start(), self.old, self.letter, self.style) };
        if self.style.serial {
            whole.set_serial(self.serial);
        }
        self.put_back(whole, self.old);
    }

    /// Puts what was kept into the first `bytes` bytes of a block.
    fn put_back(&self, framed: Framed, bytes: usize) {
        if !self.marks {
            return;
        }
        for (offset, byte) in self.first.iter().enumerate().take(bytes) {
            framed.fill(offset, 1, *byte);
        }
        let from = self.old.saturating_sub(Self::LEN);
        for (offset, byte) in self.last.iter().enumerate().take(bytes.saturating_sub(from)) {
            framed.fill(from + offset, 1, *byte);
        }
    }
}
