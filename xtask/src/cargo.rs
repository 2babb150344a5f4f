//! cargo, called again, and what it leaves in the environment of what it runs.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::repository;

/// cargo, as the one that runs us; `arguments` are split at spaces.
pub fn command(arguments: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split_whitespace());
    command
}

/// cargo on the package that writes the bindings, which is a workspace of its
/// own. It builds beside all others, so that `cargo clean` takes it along.
pub fn on_bindgen(subcommand: &str) -> Result<Command, Failure> {
    let mut command = command(subcommand);
    command.arg("--manifest-path").arg(repository::root().join("crates/pymem-abi/bindgen/Cargo.toml"));
    command.arg("--target-dir").arg(repository::target().map_err(Failure::failed)?.join("bindgen"));
    Ok(command)
}

/// Takes away what `cargo run` added to the environment, so that a program sees
/// the user's own.
pub fn forget(command: &mut Command) {
    let variables = std::env::vars_os().map(|(name, _)| name);
    for name in variables.filter(|name| is_cargos(name)) {
        command.env_remove(name);
    }
    let Some(list) = std::env::var_os(LIBRARIES) else { return };
    match users_folders(&list, &cargos_folders()) {
        Some(rest) => command.env(LIBRARIES, rest),
        None => command.env_remove(LIBRARIES),
    };
}

/// Where the dynamic loader looks first.
const LIBRARIES: &str = "LD_LIBRARY_PATH";

fn is_cargos(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name == "CARGO" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// Folders in which cargo lets a program it runs find libraries: its own builds,
/// and the toolchain's.
fn cargos_folders() -> Vec<PathBuf> {
    let toolchain = std::env::var_os("CARGO").and_then(|cargo| Some(Path::new(&cargo).parent()?.parent()?.to_owned()));
    repository::target().ok().into_iter().chain(toolchain).collect()
}

/// What is left of a list of folders; nothing if nothing is.
fn users_folders(list: &OsStr, cargos: &[PathBuf]) -> Option<OsString> {
    let is_users = |folder: &PathBuf| !cargos.iter().any(|cargos| folder.starts_with(cargos));
    let rest: Vec<_> = std::env::split_paths(list).filter(is_users).collect();
    match rest.as_slice() {
        [] => None,
        rest => std::env::join_paths(rest).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("/t/debug:/t/debug/deps:/rust/lib/rustlib/x/lib:/rust/lib", None)]
    #[case("/t/debug:/rust/lib:/opt/lib:/rusty/lib", Some("/opt/lib:/rusty/lib"))]
    #[case("/opt/lib", Some("/opt/lib"))]
    // An empty entry is the current folder, and the user's.
    #[case("/t/debug:/opt/lib:", Some("/opt/lib:"))]
    fn only_the_users_folders_are_left(#[case] list: &str, #[case] expected: Option<&str>) {
        let cargos = [PathBuf::from("/t"), PathBuf::from("/rust")];
        assert_eq!(users_folders(OsStr::new(list), &cargos), expected.map(OsString::from));
    }

    #[rstest::rstest]
    #[case("CARGO", true)]
    #[case("CARGO_PKG_NAME", true)]
    #[case("CARGO_MANIFEST_DIR", true)]
    #[case("CARGO_HOME", false)]
    #[case("CARGO_TARGET_DIR", false)]
    #[case("PATH", false)]
    fn the_users_settings_stay(#[case] name: &str, #[case] expected: bool) {
        assert_eq!(is_cargos(OsStr::new(name)), expected);
    }
}
