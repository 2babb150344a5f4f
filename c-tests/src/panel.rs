//! The panel: real allocators, where they lie on this machine, and what the suite is known to find of each.
//!
//! What is known stands in `panel.toml`. A run that finds anything else is told by [`Member::differences`] in sentences
//! that say what to change there, once it is clear which of the two is right.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use pymem_spec::{Configuration, Domain, Kind, Level, Mode};
use serde::{Deserialize, Serialize};

/// An allocator of the panel.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Member {
    /// For people; no two share one.
    pub name: String,
    /// The name of its file; none for the one that this package compiles.
    pub library: Option<String>,
    /// The Debian package that brings it.
    pub package: Option<String>,
    /// The version of which the rest is known.
    pub version: String,
    /// How it offers the API.
    pub kind: Kind,
    /// What its functions begin with, where the suite has to be told.
    pub prefix: Option<String>,
    /// Results that pass.
    pub pass: usize,
    /// Results that are skipped.
    pub skip: usize,
    /// What fails, and why.
    #[serde(default, rename = "failure")]
    pub failures: Vec<Failure>,
}

/// Clauses that fail in one place for one reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// How grave they are.
    pub level: Level,
    /// None where a clause is not of one domain.
    pub domain: Option<Domain>,
    /// With an interpreter or without.
    pub mode: Mode,
    /// With which allocators.
    pub configuration: Configuration,
    /// Their ids.
    pub clauses: Vec<String>,
    /// Whether they may as well pass, because chance decides.
    #[serde(default)]
    pub sometimes: bool,
    /// Why they really fail.
    pub reason: String,
}

/// One result that failed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failed {
    /// The clause's id.
    pub clause: String,
    /// Its domain.
    pub domain: Option<Domain>,
    /// Its mode.
    pub mode: Mode,
    /// Its configuration.
    pub configuration: Configuration,
    /// How grave it is.
    pub level: Level,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = self.domain.map(|domain| format!("{domain}, ")).unwrap_or_default();
        write!(f, "{} ({}; {domain}{}, {})", self.clause, self.level, self.mode, self.configuration)
    }
}

/// Where the panel is written down, for people.
pub const FILE: &str = "c-tests/panel.toml";

#[derive(Deserialize)]
struct Panel {
    member: Vec<Member>,
}

/// All members, in the order of the file.
///
/// # Panics
/// If the file that this package was built with is wrong.
pub fn members() -> Vec<Member> {
    toml::from_str::<Panel>(include_str!("../panel.toml")).unwrap_or_else(|error| panic!("{FILE}: {error}")).member
}

impl Member {
    /// Where it lies on this machine.
    pub fn path(&self) -> Option<PathBuf> {
        match &self.library {
            None => Some(PathBuf::from(super::MIMALLOC)).filter(|path| path.is_file()),
            Some(name) => folders().into_iter().map(|folder| folder.join(name)).find(|path| path.is_file()),
        }
    }

    /// What the suite is given: the target, and the words before it.
    pub fn arguments(&self, path: &Path) -> Vec<String> {
        let prefix = self.prefix.as_ref().map(|prefix| format!("--prefix={prefix}"));
        prefix.into_iter().chain([format!("{}:{}", self.kind, path.display())]).collect()
    }

    /// How a machine gets it.
    pub fn remedy(&self) -> String {
        let package = self.package.as_deref().unwrap_or("gcc libc6-dev");
        format!("apt-get install -y {package}")
    }

    /// Whether chance decides some results.
    pub fn is_settled(&self) -> bool {
        !self.failures.iter().any(|failure| failure.sometimes)
    }

    /// Results that are known to fail, by level.
    pub fn known(&self) -> BTreeMap<Failed, &Failure> {
        let of_one = |failure| {
            let &Failure { level, domain, mode, configuration, ref clauses, .. } = failure;
            clauses
                .iter()
                .map(move |clause| (Failed { clause: clause.clone(), domain, mode, configuration, level }, failure))
        };
        self.failures.iter().flat_map(of_one).collect()
    }

    /// A sentence for each failure that is not known, and for each that is and does not show.
    pub fn differences(&self, failed: &BTreeSet<Failed>) -> Vec<String> {
        let (name, known) = (&self.name, self.known());
        let new = failed.iter().filter(|failed| !known.contains_key(failed)).map(|failed| {
            format!(
                "{name} fails {failed}, which {FILE} does not know: mend the suite if that is no fault of the \
                 allocator, else add the clause there with the reason"
            )
        });
        let gone =
            known.iter().filter(|(known, failure)| !failure.sometimes && !failed.contains(known)).map(|(known, _)| {
                format!(
                    "{name} passes {known}, which {FILE} says it fails: take the clause out there, or find out why \
                     the suite misses it (known of version {})",
                    self.version
                )
            });
        new.chain(gone).collect()
    }
}

/// Where libraries lie: those of the system, and the runtimes of clang, the newest first.
fn folders() -> Vec<PathBuf> {
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let mut folders: Vec<PathBuf> =
        [multiarch.as_str(), "/usr/lib64", "/usr/lib", "/usr/local/lib"].map(PathBuf::from).into();
    let clangs = below("/usr/lib".as_ref()).into_iter().filter(|folder| is_llvm(folder));
    let mut resources: Vec<PathBuf> = clangs.flat_map(|llvm| below(&llvm.join("lib/clang"))).collect();
    resources.extend(below("/usr/lib/clang".as_ref()));
    resources.reverse();
    folders.extend(resources.iter().flat_map(|folder| below(&folder.join("lib"))));
    folders
}

fn is_llvm(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"llvm-"))
}

/// The folders in a folder, by name.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[cfg(test)]
mod tests {
    use pymem_spec::Registry;

    use super::*;

    #[test]
    fn what_is_known_is_of_the_contract_and_has_a_reason() {
        let members = members();
        let names: BTreeSet<_> = members.iter().map(|member| &member.name).collect();
        assert_eq!(names.len(), members.len(), "two members share a name");
        for failure in members.iter().flat_map(|member| &member.failures) {
            assert!(!failure.reason.trim().is_empty(), "{failure:?}");
            for clause in &failure.clauses {
                assert!(Registry::embedded().get(clause).is_some(), "no clause is called {clause}");
            }
        }
    }

    #[test]
    fn what_differs_is_told_with_what_to_change() {
        let failed = |clause: &str| Failed {
            clause: clause.into(),
            domain: Some(Domain::Raw),
            mode: Mode::Bare,
            configuration: Configuration::Default,
            level: Level::Must,
        };
        let text = r#"[[member]]
            name = "x"
            version = "1"
            kind = "malloc"
            pass = 1
            skip = 2
            failure = [
                { level = "must", domain = "raw", mode = "bare", configuration = "default", clauses = ["a", "b"], reason = "r" },
                { level = "must", domain = "raw", mode = "bare", configuration = "default", clauses = ["c"], reason = "r", sometimes = true },
            ]"#;
        let member = &toml::from_str::<Panel>(text).expect("it is right").member[0];
        assert!(member.differences(&BTreeSet::from([failed("a"), failed("b")])).is_empty());
        assert!(member.differences(&BTreeSet::from([failed("a"), failed("b"), failed("c")])).is_empty());
        let told = member.differences(&BTreeSet::from([failed("a"), failed("d")]));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("x fails d (must; raw, bare, default), which c-tests/panel.toml does not know: "));
        assert!(told[1].starts_with("x passes b (must; raw, bare, default), which c-tests/panel.toml says it fails: "));
    }
}
