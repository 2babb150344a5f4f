//! Where things lie.

use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies within the workspace")
}

/// The folder that cargo builds in, whatever decided on it: an environment
/// variable, a configuration file, or nothing.
///
/// # Errors
///
/// If this program does not lie where cargo put it.
pub fn target() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|error| format!("this program's file is not known: {error}"))?;
    let profile = profile_of(&program).ok_or_else(|| format!("{} was not built by cargo", program.display()))?;
    Ok(profile.parent().expect("a profile lies in a folder").to_owned())
}

/// `target/debug` of `target/debug/xtask`, and of `target/debug/deps/xtask-0123`.
fn profile_of(program: &Path) -> Option<&Path> {
    let folder = program.parent()?;
    let folder = if folder.ends_with("deps") { folder.parent()? } else { folder };
    folder.parent().map(|_| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file() && root().join("xtask/src/main.rs").is_file());
    }

    #[test]
    fn the_target_folder_holds_this_program() {
        let program = std::env::current_exe().unwrap();
        assert!(program.starts_with(target().unwrap()));
    }

    #[rstest::rstest]
    #[case("/t/debug/xtask", Some("/t/debug"))]
    #[case("/t/x86_64-unknown-linux-gnu/debug/deps/xtask-01", Some("/t/x86_64-unknown-linux-gnu/debug"))]
    #[case("/xtask", None)]
    fn profiles(#[case] program: &str, #[case] expected: Option<&str>) {
        assert_eq!(profile_of(Path::new(program)), expected.map(Path::new));
    }
}
