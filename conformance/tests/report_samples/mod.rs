//! Reports made by hand, and a contract of a few clauses to tell them by.
#![allow(dead_code, reason = "each test program uses its own part")]

use std::collections::BTreeMap;

use pymem_conform::report::{ClauseResult, Clauses, FORMAT_VERSION, Report, State, Target, Verdict, Witness, assemble};
use pymem_spec::{Area, Build, Configuration, Domain, Kind, Level, Mode, Section};
use serde_json::json;

/// The clauses that the samples name.
pub struct Contract;

impl Clauses for Contract {
    fn section(&self, clause: &str) -> Option<Section> {
        Some(CLAUSES.iter().find(|(id, ..)| *id == clause)?.1)
    }

    fn text(&self, clause: &str) -> Option<&str> {
        Some(CLAUSES.iter().find(|(id, ..)| *id == clause)?.2)
    }
}

pub const DOMAINS: [Option<Domain>; 3] = [Some(Domain::Raw), Some(Domain::Mem), Some(Domain::Obj)];

/// A result that passed, in the first place there is.
pub fn pass(clause: &str) -> ClauseResult {
    let area = clause.split('.').next().expect("split yields at least one part");
    ClauseResult {
        clause: clause.to_owned(),
        area: area.parse::<Area>().expect("samples name known areas"),
        level: Level::Must,
        domain: Some(Domain::Raw),
        mode: Mode::Bare,
        configuration: Configuration::Default,
        verdict: Verdict::Pass,
        reason: String::new(),
        expected: None,
        actual: None,
        operation: None,
        witness: None,
        microseconds: 250,
    }
}

/// A failure with all its fields.
pub fn fail(clause: &str, level: Level) -> ClauseResult {
    ClauseResult {
        level,
        verdict: Verdict::Fail,
        reason: "two live blocks have the same address".to_owned(),
        expected: Some("a pointer that no other live block has".to_owned()),
        actual: Some("b3 and b2 are the same pointer".to_owned()),
        operation: Some("op 3: PyMem_RawMalloc(0)".to_owned()),
        ..pass(clause)
    }
}

/// A skip for the given reason.
pub fn skip(clause: &str, reason: &str) -> ClauseResult {
    ClauseResult { verdict: Verdict::Skip, reason: reason.to_owned(), ..pass(clause) }
}

/// One result in each of many places.
pub fn over(result: &ClauseResult, runs: &[(Mode, Configuration)], domains: &[Option<Domain>]) -> Vec<ClauseResult> {
    let places = runs.iter().flat_map(|&run| domains.iter().map(move |&domain| (run, domain)));
    places
        .map(|((mode, configuration), domain)| ClauseResult { mode, configuration, domain, ..result.clone() })
        .collect()
}

/// All runs of a CPython.
pub fn runs() -> Vec<(Mode, Configuration)> {
    let bare = [Configuration::Default, Configuration::DebugHooks].map(|c| (Mode::Bare, c));
    bare.into_iter().chain(Configuration::ALL.iter().map(|&c| (Mode::Embedded, c))).collect()
}

/// A report of these results.
pub fn report(mut results: Vec<ClauseResult>) -> Report {
    assemble::sort(&mut results);
    Report {
        format: "pymem-conform-report".to_owned(),
        version: FORMAT_VERSION,
        suite: "0.1.0".to_owned(),
        spec: "3.13.0".parse().expect("a version"),
        seed: 1,
        target: Target {
            name: "./liballoc.so".to_owned(),
            kind: Kind::Pymem,
            sha256: Some("0123456789abcdef".repeat(4)),
            python_version: None,
            build: Vec::new(),
        },
        verdict: assemble::conformance(&results, false),
        summary: assemble::summarise(&results, 0.8412),
        results,
        traits: BTreeMap::new(),
        witnesses: Vec::new(),
        partial: false,
    }
}

/// A CPython of which everything passes or does not apply.
pub fn conforming() -> Report {
    let mut results = Vec::new();
    for (clause, ..) in CLAUSES {
        results.extend(over(&pass(clause), &runs(), &DOMAINS));
    }
    let absent = skip("tracemalloc.track", "symbol absent: PyTraceMalloc_Track");
    results.extend(over(&absent, &runs()[..1], &[None]));
    let older = skip("mimalloc.default", "version: holds from 3.13 on");
    results.extend(over(&older, &runs()[..2], &[None]));
    let mut report = report(results);
    report.target = Target {
        name: "/usr/lib/libpython3.13.so.1.0".to_owned(),
        kind: Kind::Cpython,
        sha256: report.target.sha256,
        python_version: Some(report.spec),
        build: vec![Build::Release, Build::Gil],
    };
    report
}

/// One of everything that a report can hold.
pub fn failing() -> Report {
    let bare = &runs()[..2];
    let mut results = Vec::new();
    for clause in ["free.null", "calloc.zeroed", "calloc.zeroed-after-reuse", "integrity.disjoint"] {
        results.extend(over(&pass(clause), bare, &DOMAINS));
    }
    for (domain, name) in DOMAINS.into_iter().zip(["PyMem_RawMalloc", "PyMem_Malloc", "PyObject_Malloc"]) {
        let operation = Some(format!("op {}: {name}(0)", name.len()));
        results.extend(over(
            &ClauseResult { operation, ..fail("zero-size.malloc.distinct", Level::Must) },
            bare,
            &[domain],
        ));
    }
    let crash = ClauseResult {
        reason: "the process died".to_owned(),
        expected: Some("the old block, or a copy of its contents".to_owned()),
        actual: Some("killed by SIGSEGV (write to unmapped memory)".to_owned()),
        operation: Some("op 17: PyMem_RawRealloc(b3, 100000)".to_owned()),
        witness: Some("pymem-conform-witnesses/realloc.preserves.c".to_owned()),
        ..fail("realloc.preserves", Level::Must)
    };
    results.push(crash.clone());
    results.push(ClauseResult {
        domain: Some(Domain::Mem),
        reason: "a byte of the block changed".to_owned(),
        actual: Some("byte 96 of b4 is 0x00, was 0x5a".to_owned()),
        operation: Some("op 21: PyMem_Realloc(b4, 97)".to_owned()),
        ..crash
    });
    let warning = ClauseResult {
        reason: "calloc accepted a product that wraps around".to_owned(),
        expected: Some("NULL".to_owned()),
        actual: Some("a block of 0 bytes".to_owned()),
        operation: Some("op 1: PyMem_RawCalloc(2, 9223372036854775808)".to_owned()),
        ..fail("limits.calloc.wraps", Level::Should)
    };
    results.push(warning);
    let note = ClauseResult {
        domain: None,
        reason: "the size class differs".to_owned(),
        expected: Some("512".to_owned()),
        actual: Some("1024".to_owned()),
        operation: None,
        ..fail("pymalloc.threshold", Level::Detail)
    };
    results.push(note);
    let known = ClauseResult { verdict: Verdict::Known, ..fail("malloc.uninitialised", Level::Must) };
    results.push(ClauseResult { reason: "waived until 2027-01-31: upstream#12".to_owned(), ..known });
    let fixed = "waived until 2027-01-31, but passes: remove the waiver";
    results.push(ClauseResult { verdict: Verdict::Fixed, reason: fixed.to_owned(), ..pass("malloc.basic") });
    results.extend(over(&skip("integrity.random", "out of time after 1200 of 5000 operations"), bare, &DOMAINS));
    results.extend(over(&skip("resources.reuse", "out of memory: 48 MiB refused"), bare, &DOMAINS[..1]));
    results.extend(over(&skip("tracemalloc.track", "symbol absent: PyTraceMalloc_Track"), bare, &[None]));
    results.extend(over(&skip("tracemalloc.untrack", "symbol absent: PyTraceMalloc_Untrack"), &bare[..1], &[None]));
    results.extend(over(&skip("mimalloc.default", "kind: binds cpython only"), bare, &[None]));
    let mut report = report(results);
    report.traits = traits();
    report.witnesses = vec![
        Witness {
            clause: "realloc.preserves".to_owned(),
            path: Some("pymem-conform-witnesses/realloc.preserves.c".to_owned()),
            state: State::Confirmed,
            why: String::new(),
            command: "cc -g realloc.preserves.c -o realloc.preserves && ./realloc.preserves ./liballoc.so".to_owned(),
            debugger: "gdb --args pymem-conform-witnesses/realloc.preserves ./liballoc.so".to_owned(),
        },
        Witness {
            clause: "limits.calloc.wraps".to_owned(),
            path: None,
            state: State::None,
            why: "its defect is not shown by one small program".to_owned(),
            command: String::new(),
            debugger: String::new(),
        },
    ];
    report
}

/// The same value everywhere, values that differ, and a key of another shape.
pub fn traits() -> BTreeMap<String, serde_json::Value> {
    [
        ("bare.default.raw.alignment", json!(16)),
        ("bare.default.mem.alignment", json!(16)),
        ("bare.default.obj.alignment", json!(8)),
        ("bare.default.raw.reuses-last-freed", json!(true)),
        ("bare.debug-hooks.raw.reuses-last-freed", json!(true)),
        ("bare.default.arena-size", json!("1 MiB")),
        ("library-name", json!("lib\u{1b}[31m")),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// Every clause of every domain fails, most in one way.
pub fn hopeless() -> Report {
    let mut results = Vec::new();
    for (clause, ..) in CLAUSES {
        let dead = ClauseResult {
            reason: "the process died".to_owned(),
            expected: Some("the call returns".to_owned()),
            actual: Some("killed by SIGSEGV (read at NULL)".to_owned()),
            operation: Some("op 1: PyMem_RawMalloc(16)".to_owned()),
            ..fail(clause, Level::Must)
        };
        results.extend(over(&dead, &runs(), &DOMAINS));
    }
    report(results)
}

const CLAUSES: [(&str, Section, &str); 16] = {
    use Section::*;
    [
        (
            "zero-size.malloc.distinct",
            RawMemoryInterface,
            "A request for zero bytes returns a pointer that is not NULL and that no other live block has, as a request for one byte would.",
        ),
        ("malloc.basic", RawMemoryInterface, "A block has at least as many bytes as were asked for."),
        ("malloc.uninitialised", RawMemoryInterface, "The contents of a fresh block are unspecified."),
        ("calloc.zeroed", RawMemoryInterface, "Every byte of a block from calloc is zero."),
        (
            "calloc.zeroed-after-reuse",
            RawMemoryInterface,
            "Every byte of a block from calloc is zero, also where the memory was used before.",
        ),
        (
            "realloc.preserves",
            RawMemoryInterface,
            "Resizing keeps the contents up to the smaller of the old and the new size.",
        ),
        ("limits.calloc.wraps", RawMemoryInterface, "A product of count and size that does not fit is refused."),
        ("free.null", RawMemoryInterface, "Freeing NULL does nothing."),
        ("integrity.disjoint", MemoryInterface, "Live blocks do not overlap."),
        ("integrity.random", MemoryInterface, "Live blocks keep their contents through any sequence of calls."),
        ("debug-hooks.fill.clean", DebugHooks, "Fresh memory is filled with the byte for clean memory."),
        ("pymalloc.threshold", PymallocAllocator, "Requests of up to 512 bytes are served from pools."),
        ("mimalloc.default", Mimalloc, "A free-threaded build serves mem and obj with mimalloc."),
        ("tracemalloc.track", Tracemalloc, "A block can be tracked."),
        ("tracemalloc.untrack", Tracemalloc, "A tracked block can be forgotten."),
        ("resources.reuse", Resources, "Freed memory can be used again."),
    ]
};
