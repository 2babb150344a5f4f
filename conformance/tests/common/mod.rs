//! Runs the program as its users do, and looks at everything that a run may leave behind.

#![allow(dead_code, unused_imports, reason = "each test file uses its part")]

mod lab;
mod machine;
mod processes;
mod report;
mod run;

pub use lab::Lab;
pub use machine::{compiled, each, in_loader_cache, libraries, not_run};
pub use processes::{Turn, signal};
pub use report::{Checked, untestable};
pub use run::{Ended, Run, Running, patience};
