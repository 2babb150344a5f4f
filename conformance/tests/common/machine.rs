//! What this machine has and lacks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;

use c_tests::{Group, Library};

use super::Turn;

/// Says that a test was not run, and how it would be. Fails where everything is required.
pub fn not_run(test: &str, remedy: &str) {
    println!("not run: {test}: {remedy}");
    let required = std::env::var_os("PYMEM_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(!required, "{test} was not run, and PYMEM_REQUIRE_ALL=1 demands it: {remedy}");
}

/// The C allocators of a group; none, with a line that says so, where nothing could compile them.
pub fn libraries(group: Group) -> Vec<Library> {
    if let Some(reason) = c_tests::compiler_missing() {
        not_run(&format!("{group:?} allocators ({reason})"), "apt-get install -y gcc libc6-dev");
    }
    c_tests::all().into_iter().filter(|library| library.group == group).collect()
}

/// Makes `check` of each library, also after one that fails, and fails if one did. Tells the time
/// that each took.
pub fn each(libraries: &[Library], check: impl Fn(&Library)) {
    let mut failed = Vec::new();
    for library in libraries {
        let started = Instant::now();
        // What a check shares with the next one is guarded by its turn.
        if catch_unwind(AssertUnwindSafe(|| check(library))).is_err() {
            failed.push(library.name);
        }
        println!("{:5.1} s  {}", started.elapsed().as_secs_f64(), library.name);
    }
    assert!(failed.is_empty(), "{} of {} failed: {}", failed.len(), libraries.len(), failed.join(", "));
}

/// The path of the C allocator `name`; none, with a line that says so, where nothing could compile it.
pub fn compiled(name: &str) -> Option<PathBuf> {
    if let Some(reason) = c_tests::compiler_missing() {
        not_run(&format!("the allocator {name} ({reason})"), "apt-get install -y gcc libc6-dev");
        return None;
    }
    Some(c_tests::find(name).unwrap_or_else(|| panic!("no allocator is called {name}")).file)
}

/// Where the dynamic loader finds the 64-bit library `name`.
pub fn in_loader_cache(name: &str) -> Option<PathBuf> {
    static CACHE: LazyLock<String> = LazyLock::new(|| {
        // A child of this process while somebody looks for strays would be taken for one.
        let _turn = Turn::take();
        // Not on the PATH of every user.
        let list = |program| Command::new(program).arg("-p").output();
        let list = list("ldconfig").or_else(|_| list("/sbin/ldconfig")).expect("glibc brings ldconfig");
        String::from_utf8_lossy(&list.stdout).into_owned()
    });
    let lines = CACHE.lines().filter_map(|line| line.trim().split_once(" => "));
    let is_it =
        |entry: &str| entry.split_once(" (").is_some_and(|(known, abi)| known == name && abi.contains("x86-64"));
    lines.filter(|(entry, _)| is_it(entry)).map(|(_, path)| Path::new(path).to_owned()).next()
}
