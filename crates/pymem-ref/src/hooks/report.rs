//! What is written to standard error before the process ends.
//!
//! Nothing here allocates: the allocator is what is broken.

use std::fmt::{self, Write};

use super::frame::{Damage, Framed};
use super::style::Style;
use crate::stderr::Stderr;
use crate::trace;

/// A damage and who noticed it.
pub(super) struct Noticed {
    pub(super) damage: Damage,
    /// The letter of the domain that was called.
    pub(super) letter: u8,
    /// The function's name in diagnostics.
    pub(super) function: &'static str,
}

/// Describes the block and ends the process.
pub(super) fn fatal(framed: Framed, noticed: Noticed) -> ! {
    let style = Style::chosen();
    let mut out = Stderr::new();
    // Errors of writing are nothing to act upon: the process ends anyway.
    let _ = describe(&mut out, framed, style);
    let _ = conclude(&mut out, framed, &noticed, style);
    out.flush();
    // SAFETY: ends the process.
    unsafe { libc::abort() }
}

fn describe(out: &mut Stderr, framed: Framed, style: Style) -> fmt::Result {
    let block = framed.block;
    out.write_fmt(format_args!("Debug memory block at address p={block:p}: API '"))?;
    out.write_bytes(&[framed.letter()]);
    out.write_str("'\n")?;
    writeln!(out, "    {} bytes originally requested", framed.size())?;
    // What can be told without trust in the size comes first, for what follows may crash.
    out.flush();
    front(out, framed, style)?;
    out.flush();
    back(out, framed, style)?;
    if style.serial {
        writeln!(out, "    The block was made by call #{} to debug malloc/realloc.", framed.serial())?;
    }
    data(out, framed)?;
    if style.tells_of_tracing {
        out.write_str("\n")?;
        trace::origin(out, block.addr())?;
    }
    Ok(())
}

fn front(out: &mut Stderr, framed: Framed, style: Style) -> fmt::Result {
    let found = framed.front();
    write!(out, "    The {} pad bytes at p-{} are ", found.len(), found.len())?;
    if found.iter().all(|byte| *byte == style.forbidden) {
        return out.write_str("FORBIDDENBYTE, as expected.\n");
    }
    writeln!(out, "not all FORBIDDENBYTE ({:#04x}):", style.forbidden)?;
    for (index, byte) in found.iter().enumerate() {
        write!(out, "        at p-{}: ", found.len() - index)?;
        pad_byte(out, *byte, style)?;
    }
    out.write_str(
        "    Because memory is corrupted at the start, the count of bytes requested\n       may be bogus, and checking the trailing pad bytes may segfault.\n",
    )
}

fn back(out: &mut Stderr, framed: Framed, style: Style) -> fmt::Result {
    let found = framed.back();
    write!(out, "    The {} pad bytes at tail={:p} are ", found.len(), framed.tail())?;
    if found.iter().all(|byte| *byte == style.forbidden) {
        return out.write_str("FORBIDDENBYTE, as expected.\n");
    }
    writeln!(out, "not all FORBIDDENBYTE ({:#04x}):", style.forbidden)?;
    for (index, byte) in found.iter().enumerate() {
        write!(out, "        at tail+{index}: ")?;
        pad_byte(out, *byte, style)?;
    }
    Ok(())
}

fn pad_byte(out: &mut Stderr, byte: u8, style: Style) -> fmt::Result {
    let mark = if byte == style.forbidden { "" } else { " *** OUCH" };
    writeln!(out, "{byte:#04x}{mark}")
}

/// The first and the last bytes of the data.
fn data(out: &mut Stderr, framed: Framed) -> fmt::Result {
    const EACH: usize = 8;
    let size = framed.size();
    if size == 0 {
        return Ok(());
    }
    out.write_str("    Data at p:")?;
    let first = if size <= 2 * EACH { size } else { EACH };
    for offset in 0..first {
        write!(out, " {:02x}", framed.byte(offset))?;
    }
    if size > first {
        out.write_str(" ...")?;
        for offset in size - EACH..size {
            write!(out, " {:02x}", framed.byte(offset))?;
        }
    }
    out.write_str("\n")
}

fn conclude(out: &mut Stderr, framed: Framed, noticed: &Noticed, style: Style) -> fmt::Result {
    out.write_str("Fatal Python error: ")?;
    if style.names_function {
        write!(out, "{}: ", noticed.function)?;
    }
    match noticed.damage {
        Damage::Letter => {
            out.write_str("bad ID: Allocated using API '")?;
            // Up to 3.8 the message was a C string.
            if framed.letter() == 0 && !style.names_function {
                out.write_str("\n")?;
            } else {
                out.write_bytes(&[framed.letter()]);
                writeln!(out, "', verified using API '{}'", char::from(noticed.letter))?;
            }
        }
        Damage::Front => out.write_str("bad leading pad byte\n")?,
        Damage::Back => out.write_str("bad trailing pad byte\n")?,
    }
    if style.tells_state {
        // There is no runtime that could have a state.
        out.write_str("Python runtime state: unknown\n")?;
    }
    Ok(())
}
