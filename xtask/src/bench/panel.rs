//! Which allocators are measured.

use std::ffi::OsString;
use std::path::Path;

use pymem_abi::discover;
use pymem_spec::Build;

use crate::components::library_file;
use crate::failure::Failure;
use crate::{cargo, repository};

/// One of the allocators.
pub struct Member {
    /// Heads its column.
    pub label: String,
    /// What the suite takes as a target.
    pub target: OsString,
}

/// Libraries that are measured where they are installed.
const LIBRARIES: [&str; 4] = ["libc.so.6", "libmimalloc.so.2", "libjemalloc.so.2", "libtcmalloc_minimal.so.4"];

/// The reference, pymalloc of the newest shared CPython, and the well-known libraries.
pub fn of_this_machine() -> Result<Vec<Member>, Failure> {
    let mut panel = vec![reference()?];
    if let Some(python) = newest_python() {
        panel.push(Member { label: format!("pymalloc {}", python.version), target: python.path.into() });
    }
    let libraries = LIBRARIES.iter().filter_map(|name| library_file(name));
    panel.extend(libraries.map(|path| Member { label: label(&path), target: path.into() }));
    Ok(panel)
}

/// The newest of the Pythons that most people have: with the interpreter's lock and pymalloc, and without debugging.
pub fn newest_python() -> Option<discover::Found> {
    let special = [Build::FreeThreaded, Build::Debug, Build::NoPymalloc, Build::SerialNumber];
    discover::shared_pythons().into_iter().rfind(|found| !special.iter().any(|build| found.builds.contains(build)))
}

/// What the user named.
pub fn named(targets: &[String]) -> Result<Vec<Member>, Failure> {
    targets.iter().map(|target| if target == "reference" { reference() } else { Ok(member(target)) }).collect()
}

fn member(target: &str) -> Member {
    let label = if target.starts_with("python:") { target.to_owned() } else { label(Path::new(target)) };
    Member { label, target: target.into() }
}

/// The shared library that users load, optimised.
fn reference() -> Result<Member, Failure> {
    let mut cargo = cargo::command("build --release --quiet --package pymem-ref");
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    if !cargo.status().is_ok_and(|status| status.success()) {
        return Err(Failure::failed("the reference does not build"));
    }
    let file = repository::target().map_err(Failure::failed)?.join("release/libpymem_ref.so");
    Ok(Member { label: "reference".into(), target: file.into() })
}

/// `jemalloc` of `libjemalloc.so.2`; `libc` keeps its name, which is no name without.
fn label(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split(".so").next().unwrap_or_default().escape_debug().to_string();
    match stem.strip_prefix("lib") {
        Some(rest) if rest.len() > 1 => rest.to_owned(),
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("/usr/lib/libjemalloc.so.2", "jemalloc")]
    #[case("/usr/lib/libtcmalloc_minimal.so.4", "tcmalloc_minimal")]
    #[case("libc.so.6", "libc")]
    #[case("./my alloc.so", "my alloc")]
    fn labels(#[case] path: &str, #[case] expected: &str) {
        assert_eq!(label(Path::new(path)), expected);
    }
}
