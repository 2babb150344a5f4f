//! The members of the panel, as `c-tests` lists them.

use std::process::{Command, Stdio};

use pymem_spec::{Kind, Level};
use serde::Deserialize;

use crate::failure::Failure;
use crate::{cargo, repository};

/// A member, and where it is.
#[derive(Clone, Debug, Deserialize)]
pub struct Listed {
    pub member: Member,
    /// What the suite is given, the target last; none where it is not here.
    pub arguments: Option<Vec<String>>,
    /// How a machine gets it.
    pub remedy: String,
}

/// What is known of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Member {
    pub name: String,
    /// The Debian package that brings it.
    pub package: Option<String>,
    /// The version of which the rest is known.
    pub version: String,
    pub kind: Kind,
    pub pass: usize,
    pub skip: usize,
    #[serde(rename = "failure")]
    pub failures: Vec<KnownFailure>,
}

/// Clauses that fail for one reason.
#[derive(Clone, Debug, Deserialize)]
pub struct KnownFailure {
    pub level: Level,
    pub clauses: Vec<String>,
    /// Whether chance decides.
    pub sometimes: bool,
    pub reason: String,
}

/// Makes what there is to make, and lists all.
///
/// # Errors
///
/// If something does not build.
pub fn list() -> Result<Vec<Listed>, Failure> {
    let mut cargo = cargo::command("build --release --quiet --package c-tests --bin list-panel");
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    if !cargo.status().is_ok_and(|status| status.success()) {
        return Err(Failure::no_suite("the panel does not build"));
    }
    let program = repository::target().map_err(Failure::no_suite)?.join("release/list-panel");
    let mut command = Command::new(&program);
    cargo::forget(&mut command);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::no_suite(format!("{} cannot be run: {error}", program.display())))?;
    serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::no_suite(format!("the list of the panel cannot be read: {error}")))
}

/// The version of its package, without what the distribution adds; that which is known where no package says it.
pub fn installed_version(member: &Member) -> String {
    let asked = member.package.as_ref().and_then(|package| {
        let mut command = Command::new("dpkg-query");
        let output =
            command.args(["--show", "--showformat=${Version}", package]).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    });
    asked.as_deref().map_or(&*member.version, upstream).to_owned()
}

/// `14.0.6` of `1:14.0.6-12+deb12u1`.
fn upstream(version: &str) -> &str {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    version.split(['-', '+']).next().unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("1:14.0.6-12", "14.0.6")]
    #[case("2.0.9+ds-2", "2.0.9")]
    #[case("2.36", "2.36")]
    fn versions_without_what_the_distribution_adds(#[case] version: &str, #[case] expected: &str) {
        assert_eq!(upstream(version), expected);
    }
}
