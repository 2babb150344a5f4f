//! One workload on one allocator, in a process of its own. `cargo xtask bench` puts many of these side by side.
//!
//! `cargo run --release -p pymem-conform --example allocators -- WORKLOAD TARGET` takes a target as the suite does. It
//! prints nanoseconds per operation and, for the workload that measures memory, bytes of peak resident memory per byte
//! asked for; or why this target is not measured.

mod calls;
mod resident;
mod sizes;
mod threads;
mod workloads;

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use pymem_abi::audit::Audit;
use pymem_abi::load::Loaded;
use pymem_conform::cli::{self, Usage};
use pymem_conform::target::Target;
use pymem_spec::{Build, Domain, Kind};

use calls::Calls;

/// What a workload found out.
pub struct Measured {
    /// Wall-clock time over the number of operations.
    pub nanoseconds: f64,
    /// Growth of resident memory at its peak over the bytes asked for.
    pub memory: Option<f64>,
}

fn main() -> ExitCode {
    match measure() {
        Ok(Measured { nanoseconds, memory }) => {
            println!("{nanoseconds:.3} {}", memory.map_or("-".into(), |memory| format!("{memory:.4}")));
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("allocators: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn measure() -> Result<Measured, String> {
    let mut words = env::args_os();
    let program = words.next().unwrap_or_default();
    let workload = words.next().and_then(|word| word.into_string().ok()).ok_or("which workload?")?;
    let audit = target(program, words)?;
    let loaded = load(&audit)?;
    if let Some(initialise) = loaded.python().and_then(|api| api.Py_InitializeEx) {
        // SAFETY: called once, in the main thread, which holds the interpreter's lock from then on.
        unsafe { initialise(0) };
    }
    // Of the Python API, obj is what objects come from; a malloc library has one domain.
    let domain = if audit.kind == Kind::Malloc { Domain::Raw } else { Domain::Obj };
    let family = loaded.family(domain).ok_or("it has no such domain")?;
    let needs_lock = audit.kind == Kind::Cpython;
    let measured = match family.functions() {
        Some(functions) => run(&workload, functions, needs_lock),
        None => run(&workload, family, needs_lock),
    };
    // What the target registered to run at exit must find it.
    std::mem::forget(loaded);
    measured
}

fn run(workload: &str, calls: impl Calls, needs_lock: bool) -> Result<Measured, String> {
    let time = |nanoseconds| Measured { nanoseconds, memory: None };
    let threads = match workload {
        "pairs" => return Ok(time(workloads::pairs(calls))),
        "replace" => return Ok(time(workloads::replace(calls))),
        "grow" => return Ok(time(workloads::grow(calls))),
        "long-lived" => return Ok(workloads::long_lived(calls)),
        "hand-over" => 2,
        _ => workload.strip_prefix("threads-").and_then(|count| count.parse().ok()).ok_or("no such workload")?,
    };
    if needs_lock {
        return Err("only the thread that holds the interpreter may call it".into());
    }
    Ok(time(if workload == "hand-over" { threads::hand_over(calls) } else { threads::beside(calls, threads) }))
}

fn target(program: OsString, words: impl Iterator<Item = OsString>) -> Result<Audit, String> {
    let options = cli::parse([program].into_iter().chain(words)).map_err(|usage| match usage {
        Usage::Bad(sentence) | Usage::Help(sentence) => sentence,
    })?;
    let target = Target::resolve(&options).map_err(|error| error.to_string())?;
    if target.kind == Kind::Cpython && target.builds.contains(&Build::FreeThreaded) {
        return Err("a free-threaded Python allocates objects only with an interpreter".into());
    }
    target.audit.ok_or_else(|| "the reference is measured as the shared library that users load".into())
}

/// A library with the plain names of `malloc` is preloaded, as its users run it: this process starts once more with it.
fn load(audit: &Audit) -> Result<Loaded, String> {
    if !audit.preload {
        return Loaded::open(audit);
    }
    if env::var_os("LD_PRELOAD").is_some_and(|list| list == *audit.path) {
        return Loaded::preloaded(audit);
    }
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let error = Command::new(program).args(env::args_os().skip(1)).env("LD_PRELOAD", &audit.path).exec();
    Err(error.to_string())
}
