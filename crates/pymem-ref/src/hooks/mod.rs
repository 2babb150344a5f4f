//! The debug hooks: a layer over a domain's allocator that surrounds each block with known bytes and checks them.
//!
//! - A block of `n` bytes at `p` has a *frame*: 16 bytes before `p`, 8 behind `p + n`, and in old versions 8 more.
//! - Before `p`: `n` as 8 bytes, the highest first; the letter of the domain; 7 *forbidden* bytes.
//! - Behind it: 8 forbidden bytes, and where the [`Style`] has one, a *serial number* as 8 bytes.
//! - Fresh bytes are *clean* (after calloc they are zero), those given back are *dead*.
//! - `realloc` and `free` check the letter, the bytes before and the bytes behind, in this order. The first damage
//!   is written to standard error, block and all, and ends the process.
//!
//! CPython's hooks also see to it that mem and obj are called with a thread state. There is no interpreter here and
//! so nothing to see to.
//!
//! `style` (what differs by version), `frame` (the layout), `layer` (the functions), `report` (the diagnostics).

mod frame;
mod layer;
mod report;
pub mod style;

pub use layer::setup;
pub use style::Style;
