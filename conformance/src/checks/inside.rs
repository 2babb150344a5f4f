//! Real programs in an interpreter that runs on an allocator that was put into it. The guard between the two verifies
//! every block; what it finds ends the check.

use std::ffi::CString;

use crate::harness::{Harness, Outcome, Stop};
use crate::inside::{found, guard};

/// Lives that an interpreter gets, one after the other.
const LIVES: usize = 3;

/// An interpreter starts on it, and every block that it gets until then keeps the contract.
pub fn start(h: &mut Harness) -> Outcome {
    if let Some(found) = found::at_start() {
        return Err(found::stop(found));
    }
    // It has started, or this would not run.
    run(h, "import sys; assert sys.version_info[0] == 3")
}

/// Modules of the standard library are imported.
pub fn imports(h: &mut Harness) -> Outcome {
    run(h, include_str!("workloads/imports.py"))
}

/// What grows to millions of bytes and shrinks again holds what was put into it.
pub fn containers(h: &mut Harness) -> Outcome {
    run(h, include_str!("workloads/containers.py"))
}

/// What parsers build is what was written.
pub fn texts(h: &mut Harness) -> Outcome {
    run(h, include_str!("workloads/texts.py"))
}

/// Recursion goes to its limit, past it and back.
pub fn recursion(h: &mut Harness) -> Outcome {
    run(h, include_str!("workloads/recursion.py"))
}

/// Thousands of cycles are made and collected.
pub fn garbage(h: &mut Harness) -> Outcome {
    run(h, include_str!("workloads/garbage.py"))
}

/// Threads make objects and hand them on.
pub fn threads(h: &mut Harness) -> Outcome {
    h.on_every_core();
    run(h, include_str!("workloads/threads.py"))
}

/// It forks while other threads make objects, and its children make some.
pub fn forks(h: &mut Harness) -> Outcome {
    h.on_every_core();
    run(h, include_str!("workloads/forks.py"))
}

/// Further interpreters start, work and end.
pub fn interpreters(h: &mut Harness) -> Outcome {
    for _ in 0..LIVES {
        let refused = h.in_further_interpreter(None, |h| run(h, include_str!("workloads/texts.py")))?;
        refused.map_err(|why| Stop::Skip(format!("no further interpreter starts here: {why}")))?;
    }
    run(h, include_str!("workloads/garbage.py"))
}

/// The interpreter ends and starts again, several times.
pub fn restarts(h: &mut Harness) -> Outcome {
    for _ in 0..LIVES {
        run(h, include_str!("workloads/texts.py"))?;
        h.finalise()?;
        h.initialise()?;
    }
    run(h, include_str!("workloads/garbage.py"))
}

/// Runs a program, whose assertions are the check's.
fn run(h: &mut Harness, source: &str) -> Outcome {
    let refusals = guard::refusals();
    let ended = run_here(h, source);
    // A refusal is legal, and a program that cannot go on without may end in many ways.
    match ended {
        Err(Stop::Skip(_)) if guard::refusals() > refusals => Err(Stop::OutOfMemory),
        ended => ended,
    }
}

fn run_here(h: &mut Harness, source: &str) -> Outcome {
    let refusals = guard::refusals();
    let interpreter = h.interpreter()?;
    let program = CString::new(source).expect("a program without NUL");
    // An assertion that does not hold raises, and so does a lack of memory; each is told with its line.
    interpreter.run(PRELUDE)?;
    let main = interpreter.module(c"__main__")?;
    interpreter.define(c"program", interpreter.bytes(program.as_bytes_with_nul())?)?;
    interpreter.run(c"outcome = run(program)")?;
    let outcome = interpreter.attribute(main, c"outcome")?;
    let outcome = String::from_utf8_lossy(&interpreter.text_of(outcome)?).into_owned();
    if let Some(found) = found::first() {
        return Err(found::stop(&found));
    }
    match outcome.split_once(' ') {
        None => Ok(()),
        Some(("MemoryError", _)) => Err(Stop::OutOfMemory),
        Some(_) if guard::refusals() > refusals => Err(Stop::OutOfMemory),
        Some((_, told)) => Err(Stop::fail("the program runs as on the interpreter's own allocators", told)),
    }
}

/// Runs a program in a namespace of its own; `b"ok"`, or the class of what it raised, and where.
const PRELUDE: &std::ffi::CStr = cr#"
def run(source):
    try:
        exec(compile(source, "<program>", "exec"), {"__name__": "program"})
    except BaseException as error:
        lines, at = [], error.__traceback__
        while at is not None:
            lines.append("%s:%d" % (at.tb_frame.f_code.co_filename, at.tb_lineno))
            at = at.tb_next
        told = "%s %s: %s at %s" % (type(error).__name__, type(error).__name__, error, lines[-1])
        return told.encode("ascii", "backslashreplace")
    return b"ok"
"#;
