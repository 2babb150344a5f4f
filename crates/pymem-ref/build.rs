//! Link options that the code relies on.

fn main() {
    // Blocks, a thread key and fork handlers outlive any `dlclose`, so the
    // shared library must never be unmapped.
    println!("cargo::rustc-link-arg-cdylib=-Wl,-z,nodelete");
    println!("cargo::rustc-check-cfg=cfg(loom)");
    println!("cargo::rerun-if-changed=build.rs");
}
