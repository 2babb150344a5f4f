//! Places the library that is preloaded into executables where the program can take it in.

use std::env;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The names of C that a dependency may export must not stand before those of the Python that loads the library.
    println!("cargo:rustc-link-arg-cdylib=-Wl,--exclude-libs,ALL");
    // It is carried along by every program.
    println!("cargo:rustc-link-arg-cdylib=-Wl,--strip-debug");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder"));
    let agent = library(&out);
    // Nothing but a build links it: what is only checked includes an empty one.
    let _: Result<File, _> = OpenOptions::new().create_new(true).write(true).open(&agent);
    println!("cargo:rustc-env=PYMEM_CONFORM_AGENT={}", agent.display());
}

/// Where cargo links this package's library before it compiles the program: `deps`, beside the folder `build` in which
/// `out` lies.
fn library(out: &Path) -> PathBuf {
    let profile = out.ancestors().nth(3).expect("below the profile's folder");
    profile.join("deps/libpymem_conform.so")
}
