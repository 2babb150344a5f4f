//! What must be true of an allocator's answers. Everything here judges
//! recorded observations and bytes; nothing here calls the target.

pub mod address_map;
pub mod alignment;
pub mod diagnostic;
pub mod pattern;

pub use address_map::AddressMap;
pub use alignment::required_alignment;
pub use diagnostic::Diagnostic;
pub use pattern::{Mismatch, Pattern};
