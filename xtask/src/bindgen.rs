//! `cargo xtask bindgen`: makes the bindings anew.

use std::ffi::OsString;
use std::process::Stdio;

use crate::components::LIBCLANG;
use crate::failure::Failure;
use crate::{cargo, only_flag, repository};

/// Writes `crates/pymem-abi/src/bindings.rs`, if it is to change.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    only_flag("bindgen", None, args)?;
    if !LIBCLANG.is_here() {
        return Err(Failure::failed(format!("bindgen needs {}: {}", LIBCLANG.name, LIBCLANG.remedy())));
    }
    let mut cargo = cargo::on_bindgen("run --quiet")?;
    let run = cargo.stderr(Stdio::inherit()).output();
    let run = run.map_err(|error| Failure::failed(format!("cargo cannot be run: {error}")))?;
    if !run.status.success() {
        return Err(Failure::failed("no bindings were made, and those that are there stay"));
    }
    let file = repository::root().join("crates/pymem-abi/src/bindings.rs");
    let before = std::fs::read(&file).unwrap_or_default();
    if before == run.stdout {
        eprintln!("{} is what the header gives", file.display());
        return Ok(());
    }
    std::fs::write(&file, run.stdout).map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
    eprintln!("{} was written", file.display());
    Ok(())
}
