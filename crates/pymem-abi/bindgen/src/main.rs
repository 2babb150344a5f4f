//! Prints the bindings; `cargo xtask bindgen` writes them to their file.

use std::process::ExitCode;

fn main() -> ExitCode {
    match pymem_abi_bindgen::generate() {
        Ok(bindings) => {
            print!("{bindings}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("pymem_abi.h: {error}");
            ExitCode::FAILURE
        }
    }
}
