//! `cargo xtask test [--require-all]`: every test there is.

use std::ffi::OsString;
use std::process::Command;
use std::time::Instant;

use crate::components::{self, C_COMPILER, Component, LIBCLANG, VALGRIND};
use crate::failure::Failure;
use crate::{cargo, mutants, only_flag, readme, repository};

/// Tests that find something missing fail where this is 1.
const REQUIRE_ALL: &str = "PYMEM_REQUIRE_ALL";

/// Runs every step, also after one that failed, so that one run tells all.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    let require_all = only_flag("test", Some("--require-all"), args)?;
    let missing = components::missing();
    tell(&missing);
    if require_all && !missing.is_empty() {
        return Err(Failure::failed(format!("{} missing, and `--require-all` demands all", things(missing.len()))));
    }
    let mut failed = Vec::new();
    for step in STEPS.iter().filter(|step| (step.applies)()) {
        let started = Instant::now();
        eprintln!("== {}", step.name);
        if let Err(failure) = (step.run)(require_all) {
            eprintln!("xtask: {failure}");
            failed.push(format!("{} ({failure})", step.name));
        }
        eprintln!("== {}: {:.0} s", step.name, started.elapsed().as_secs_f64());
    }
    // Once more, where a reader looks last.
    tell(&missing);
    match failed.as_slice() {
        [] => Ok(()),
        steps => Err(Failure::failed(format!("failed: {}", steps.join(", ")))),
    }
}

/// A part of the tests that runs by itself.
struct Step {
    name: &'static str,
    applies: fn() -> bool,
    run: fn(require_all: bool) -> Result<(), Failure>,
}

/// The workspace's tests come last, because their result lines say most.
const STEPS: &[Step] = &[
    Step {
        name: "the bindings are those of the header",
        applies: || LIBCLANG.is_here(),
        run: |_| succeed(&mut cargo::on_bindgen("test --quiet")?),
    },
    Step { name: "the reference under loom", applies: || true, run: loom },
    Step { name: "the reference under valgrind", applies: || VALGRIND.is_here(), run: valgrind },
    Step {
        name: "README.md shows what its commands print",
        applies: || C_COMPILER.is_here(),
        run: |_| readme::check(),
    },
    Step {
        name: "every mutant is killed, and no sound allocator is accused",
        applies: || C_COMPILER.is_here(),
        run: |require_all| mutants::run(&if require_all { vec!["--require-all".into()] } else { Vec::new() }),
    },
    Step { name: "the workspace", applies: || true, run: workspace },
];

fn workspace(require_all: bool) -> Result<(), Failure> {
    let mut cargo = cargo::command("test --workspace --no-fail-fast");
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    if require_all {
        cargo.env(REQUIRE_ALL, "1");
    }
    succeed(&mut cargo)
}

/// Every interleaving of the one lock-free list, which needs a build of its own.
fn loom(_require_all: bool) -> Result<(), Failure> {
    let mut cargo = cargo::command("test --quiet --package pymem-ref --release --test loom_remote");
    cargo.arg("--manifest-path").arg(repository::root().join("Cargo.toml"));
    cargo.arg("--target-dir").arg(repository::target().map_err(Failure::failed)?.join("loom"));
    succeed(cargo.env("RUSTFLAGS", "--cfg loom"))
}

/// The reference's tests, but for those that start a Python, with every access to memory watched. Children that they
/// fork are watched too; of what is the C library's and behind a raw block, valgrind knows the bounds.
fn valgrind(_require_all: bool) -> Result<(), Failure> {
    const TESTS: &str = "--lib --test contract --test customize --test exports --test fork --test held_back --test hooks --test model \
                         --test resident --test reuse --test threads --test tracing";
    let root = repository::root();
    let suppressions = root.join("crates/pymem-ref/tests/valgrind.supp");
    let runner =
        format!("valgrind --quiet --fair-sched=yes --error-exitcode=99 --suppressions={}", suppressions.display());
    let mut cargo = cargo::command(&format!("test --quiet --package pymem-ref {TESTS}"));
    cargo.arg("--manifest-path").arg(root.join("Cargo.toml"));
    let variable = format!("CARGO_TARGET_{}_UNKNOWN_LINUX_GNU_RUNNER", std::env::consts::ARCH.to_uppercase());
    succeed(cargo.env(variable, runner))
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::failed(format!("cargo ended with {status}"))),
        Err(error) => Err(Failure::failed(format!("cargo cannot be run: {error}"))),
    }
}

fn tell(missing: &[&Component]) {
    for component in missing {
        eprintln!("{}", component.missing());
    }
}

fn things(count: usize) -> String {
    if count == 1 { "one component is".to_owned() } else { format!("{count} components are") }
}
