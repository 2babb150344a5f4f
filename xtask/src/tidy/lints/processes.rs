//! Processes are made, signalled and killed in one place.

use super::{Exception, is_test};
#[cfg(test)]
use crate::tidy::Fixture;
use crate::tidy::rust::uses;
use crate::tidy::{Finding, Tree};

/// What the system offers for it.
const SYSTEM: &[&str] = &[
    "libc::clone",
    "libc::execv",
    "libc::execve",
    "libc::execvp",
    "libc::fork",
    "libc::kill",
    "libc::killpg",
    "libc::posix_spawn",
    "libc::prctl",
    "libc::ptrace",
    "libc::raise",
    "libc::sigaction",
    "libc::signal",
    "libc::sigprocmask",
    "libc::tgkill",
    "libc::vfork",
    "libc::wait4",
    "libc::waitid",
    "libc::waitpid",
    "Command::new",
];
/// What the sandbox offers for it.
const OURS: &[&str] = &["sys::clone_sibling", "sys::fork", "sys::kill", "sys::on_signal"];

const SANDBOX: &str = "conformance/src/sandbox/";
/// Who may call what the sandbox offers.
const CALLERS: &[Exception] = &[
    Exception::new(SANDBOX, "its own"),
    Exception::new("conformance/src/run.rs", "the supervisor makes keepers, and ends them"),
    Exception::new("conformance/src/checks/threads.rs", "a clause is about children that the program forks"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let suite = ["crates/", "conformance/"].into_iter().flat_map(|folder| tree.sources(folder));
    // The package beside pymem-abi is a tool of the repository, as xtask is.
    for file in suite.filter(|file| !is_test(&file.path) && !file.path.starts_with("crates/pymem-abi/bindgen/")) {
        let lines = file.code_lines();
        let mut found = Vec::new();
        if !file.path.starts_with(SANDBOX) {
            found.extend(uses(&lines, SYSTEM));
        }
        if !CALLERS.iter().any(|caller| caller.covers(&file.path)) {
            found.extend(uses(&lines, OURS));
        }
        findings.extend(found.into_iter().map(|(line, word)| Finding::new(&file.path, line, format!("`{word}`"))));
    }
    findings
}

#[cfg(test)]
pub(super) fn fixture() -> Fixture {
    let fork = "extern crate libc;\nfn f() { libc::fork(); }\n";
    let mentions = "// libc::fork()\nfn f() { my_libc::fork(\"libc::fork\"); }\n\
                    #[cfg(test)]\nmod t { fn g() { libc::fork(); } }\n";
    let kill = "fn f() { sys::kill(1, 9); }\n";
    Fixture {
        breaks: Tree::of(&[
            ("conformance/src/judge.rs", fork),
            ("conformance/src/plan.rs", kill),
            // It may ask the sandbox to fork, but not the system.
            ("conformance/src/run.rs", "fn f() { sys::kill(1, 9); libc::kill(1, 9); unsafe {} }\n"),
            ("crates/pymem-abi/src/load.rs", "fn f() { std::process::Command::new(\"sh\"); unsafe {} }\n"),
        ]),
        similar: Tree::of(&[
            ("conformance/src/sandbox/sys.rs", fork),
            ("conformance/src/judge.rs", mentions),
            ("conformance/src/sandbox/watch.rs", "fn f() { sys::kill(1, 9); unsafe {} }\n"),
            ("conformance/tests/interrupted.rs", fork),
            ("crates/pymem-abi/bindgen/src/lib.rs", "fn f() { Command::new(\"clang\"); unsafe {} }\n"),
            ("xtask/src/cargo.rs", "fn f() { Command::new(\"cargo\"); }\n"),
        ]),
    }
}
