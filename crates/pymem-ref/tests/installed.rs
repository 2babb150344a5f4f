//! The reference as the allocator of real Pythons: installed in all three domains before the interpreter starts, it
//! serves the interpreter's own test suite.

#![cfg(feature = "c-names")]

#[allow(dead_code, reason = "each test uses its part")]
mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use common::{compile, not_run, shared_library};
use pymem_abi::discover::{self, Found};

/// Parts of CPython's own test suite: containers that grow, many small objects, the collector, threads, and what the
/// interpreter itself tests of its memory.
const MODULES: [&str; 6] = ["test_list", "test_dict", "test_json", "test_gc", "test_threading", "test_capi"];

#[test]
fn pythons_pass_their_own_tests() {
    // Shells start what runs in the background with interrupts ignored, and some of Python's tests wait for one.
    // SAFETY: the action that every process begins with.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
    let folder = tempfile::tempdir().unwrap();
    let Some(install) = compile(folder.path(), "install", &[]) else { return };
    let pythons: Vec<(Found, PathBuf)> = discover::shared_pythons()
        .into_iter()
        .filter_map(|found| interpreter(&found).map(|program| (found, program)))
        .collect();
    if pythons.is_empty() {
        return not_run("Python's own tests with the reference installed", "pyenv install 3.13");
    }
    let left = Mutex::new(pythons.into_iter());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((found, program)) = left.lock().unwrap().next() else { return };
                    for module in MODULES {
                        if let Err(text) = passes(&install, &found.path, &program, module) {
                            failed.lock().unwrap().push(format!("{} {module}: {text}", found.path.display()));
                        }
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Runs the tests of a module. What they printed if they fail, unless they fail with the interpreter's own allocator
/// too.
fn passes(install: &Path, library: &Path, program: &Path, module: &str) -> Result<(), String> {
    let mut ours = Command::new(install);
    ours.arg(library).arg(shared_library()).arg(program).arg("test");
    run(ours, program, module).or_else(|text| {
        let mut own = Command::new(program);
        own.args(["-m", "test"]);
        match run(own, program, module) {
            Ok(()) => Err(text),
            Err(_) => {
                println!("{}: {module} fails with its own allocator too", program.display());
                Ok(())
            }
        }
    })
}

fn run(mut command: Command, program: &Path, module: &str) -> Result<(), String> {
    // Tests leave files where they run.
    let room = tempfile::tempdir().unwrap();
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PYTHON")) {
        command.env_remove(name);
    }
    let home = program.parent().and_then(Path::parent).unwrap();
    command.env("PYTHONHOME", home).env("PYTHONDONTWRITEBYTECODE", "1");
    // Of one test, in seconds: the slowest takes ten.
    let output = command.args(["--timeout=300", module]).current_dir(room.path()).output().unwrap();
    let text = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)).join("\n");
    if output.status.success() { Ok(()) } else { Err(format!("{}\n{text}", output.status)) }
}

/// The program of a library, where it has a test suite: the standard library must lie beside both.
fn interpreter(found: &Found) -> Option<PathBuf> {
    let line = format!("python{}.{}", found.version.major, found.version.minor);
    let home =
        found.path.ancestors().find(|folder| folder.join("lib").join(&line).join("test/test_gc.py").is_file())?;
    Some(home.join("bin").join(line)).filter(|program| program.is_file())
}
