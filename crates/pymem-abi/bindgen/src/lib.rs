//! Writes the Rust bindings of `include/pymem_abi.h`.
//!
//! Only types and constants come out: what a target offers is looked up at run
//! time, so a declaration to link against would be a mistake waiting to be used.

use std::path::{Path, PathBuf};

use bindgen::{CodegenConfig, EnumVariation, Formatter};

/// The header the bindings are made from.
pub fn header() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/pymem_abi.h")
}

/// Where the bindings are checked in.
pub fn checked_in() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/bindings.rs")
}

/// The bindings as Rust source, asserts of every layout included.
///
/// # Errors
///
/// What clang says of the header.
///
/// # Panics
///
/// Where libclang is not found (bindgen offers no other answer).
pub fn generate() -> Result<String, bindgen::BindgenError> {
    let header = header();
    let header = header.to_str().expect("the repository's path is UTF-8, or cargo had refused it");
    let bindings = bindgen::Builder::default()
        .header(header)
        .with_codegen_config(CodegenConfig::TYPES | CodegenConfig::VARS)
        .allowlist_file(".*pymem_abi\\.h")
        .blocklist_item("(__)?size_t|NULL|PYMEM_ABI_H")
        .blocklist_item("Py_ssize_t")
        .raw_line("/// A size or count that may be negative: `isize` on every platform.")
        .raw_line("pub type Py_ssize_t = isize;")
        .size_t_is_usize(true)
        .use_core()
        .default_enum_style(EnumVariation::Consts)
        .prepend_enum_name(false)
        .derive_debug(true)
        .derive_copy(true)
        .layout_tests(true)
        .formatter(Formatter::Prettyplease)
        .generate()?;
    Ok(bindings.to_string())
}
