//! What checking costs: the same random programs on the same allocators, once
//! as bare calls and once with every step verified, side by side.
//!
//! `cargo run --release -p pymem-conform --example checked_operations [TARGET]...`
//! measures the reference, or shared libraries that can be opened late.

use std::ffi::c_void;
use std::hint::black_box;
use std::path::Path;
use std::ptr;
use std::time::{Duration, Instant};

use pymem_abi::audit::{Request, audit};
use pymem_abi::family::Family;
use pymem_abi::load::Loaded;
use pymem_conform::harness::{Harness, Recorder, Subject, Switches};
use pymem_conform::program::{self, Op, Program, SLOTS, Scope};
use pymem_conform::reference;
use pymem_conform::sandbox::launch::{Launch, Param};
use pymem_conform::sandbox::shm::Board;
use pymem_conform::sandbox::sys;
use pymem_spec::{Configuration, Domain, Kind, Mode};

/// Operations of one program.
const LENGTH: usize = 200_000;
/// Programs of each round.
const PROGRAMS: u64 = 5;
/// Rounds, of which the fastest counts: the machine has other things to do.
const ROUNDS: usize = 7;

fn main() -> Result<(), String> {
    let targets: Vec<String> = std::env::args().skip(1).collect();
    println!("| allocator | bare calls a second | checked operations a second | ratio |");
    println!("| --- | --- | --- | --- |");
    if targets.is_empty() {
        measure("reference", Some(reference::family(Domain::Raw)), Domain::Raw);
        measure("reference", Some(reference::family(Domain::Obj)), Domain::Obj);
    }
    for target in targets {
        let audit = audit(&Request::new(Path::new(&target))).map_err(|error| format!("{target}: {error}"))?;
        let loaded = Loaded::open(&audit)?;
        measure(&target, loaded.family(Domain::Raw), Domain::Raw);
        std::mem::forget(loaded);
    }
    Ok(())
}

fn measure(target: &str, family: Option<Family>, domain: Domain) {
    let Some(family) = family else { return };
    let programs: Vec<Program> =
        (0..PROGRAMS).map(|seed| Program::random(seed, LENGTH, &Scope::calls(&[domain]))).collect();
    let subject = subject(family, domain);
    let (mut bare, mut checked) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        bare = bare.min(time(|| programs.iter().for_each(|program| run_bare(family, program))));
        checked = checked.min(time(|| programs.iter().for_each(|program| run_checked(&subject, domain, program))));
    }
    let per_second = |time: Duration| (LENGTH as u64 * PROGRAMS) as f64 / time.as_secs_f64();
    let name = Path::new(target).file_name().map_or(target.into(), |name| name.to_string_lossy());
    println!(
        "| {name}, {domain} | {:.1e} | {:.1e} | {:.1} |",
        per_second(bare),
        per_second(checked),
        checked.as_secs_f64() / bare.as_secs_f64()
    );
}

fn time(run: impl FnOnce()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed()
}

/// The program's calls and nothing else.
fn run_bare(family: Family, program: &Program) {
    let mut slots = vec![ptr::null_mut::<c_void>(); usize::from(SLOTS)];
    for op in &program.ops {
        match *op {
            Op::Malloc { slot, size, .. } => {
                let slot = &mut slots[usize::from(slot)];
                // SAFETY: the slot is null or a live block of this family.
                unsafe { family.free(*slot) };
                // SAFETY: any size may be asked for.
                *slot = unsafe { family.malloc(size as usize) };
            }
            Op::Calloc { slot, nelem, elsize, .. } => {
                let slot = &mut slots[usize::from(slot)];
                // SAFETY: the slot is null or a live block of this family.
                unsafe { family.free(*slot) };
                // SAFETY: any factors may be asked for.
                *slot = unsafe { family.calloc(nelem as usize, elsize as usize) };
            }
            Op::Realloc { slot, size, .. } => {
                let slot = &mut slots[usize::from(slot)];
                // SAFETY: the slot is null or a live block of this family.
                *slot = unsafe { family.realloc(*slot, size as usize) };
            }
            Op::Free { slot } => {
                let slot = &mut slots[usize::from(slot)];
                // SAFETY: the slot is null or a live block of this family.
                unsafe { family.free(*slot) };
                *slot = ptr::null_mut();
            }
            Op::Verify { slot } => {
                black_box(slots[usize::from(slot)]);
            }
            // Nothing is around the calls of these programs.
            _ => {}
        }
    }
    for slot in slots {
        // SAFETY: the slot is null or a live block of this family.
        unsafe { family.free(slot) };
    }
}

fn run_checked(subject: &Subject, domain: Domain, program: &Program) {
    let board = sys::map_anonymous(size_of::<Board>()).expect("memory for the journal").cast();
    // SAFETY: the mapping is a zeroed board and stays.
    let recorder = unsafe { Recorder::new(board) };
    let mut harness = Harness::new(subject, domain, recorder, Switches::default(), 1, Duration::from_secs(600), 0);
    if let Err(stop) = program::run(&mut harness, program) {
        panic!("the target does not conform: {stop:?}");
    }
}

/// A family as the only one of a target.
fn subject(family: Family, domain: Domain) -> Subject {
    let mut families = [None; 3];
    families[domain as usize] = Some(family);
    let launch = Launch {
        inside: None,
        audit: None,
        kind: Kind::Pymem,
        mode: Mode::Bare,
        configuration: Configuration::Default,
        callable: vec![domain],
        replaceable: Vec::new(),
        threads_init: false,
        hooks: false,
        names: Vec::new(),
        home: None,
        params: vec![Param { name: "alignment-cap".into(), domain, value: 16 }],
        direct: false,
        failed_before: Vec::new(),
    };
    Subject { families, holes: Vec::new(), python: None, launch }
}
