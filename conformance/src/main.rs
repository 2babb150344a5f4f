//! `pymem-conform`: the command line, from arguments to exit status.

use std::process::ExitCode;

use pymem_conform::sandbox::entry::{self, Entry};
use pymem_conform::sandbox::preload;

/// This package's library, which the program carries along.
static AGENT: &[u8] = include_bytes!(env!("PYMEM_CONFORM_AGENT"));

/// Runs before any shared library's constructor.
#[used]
#[unsafe(link_section = ".preinit_array")]
static PREINIT: Entry = entry::preinit;

/// Runs after them, before `main`: a worker never gets that far.
#[used]
#[unsafe(link_section = ".init_array")]
static INIT: Entry = entry::init;

fn main() -> ExitCode {
    preload::carry(AGENT);
    pymem_conform::command::main(std::env::args_os())
}
