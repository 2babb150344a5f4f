//! Deaths, and what is expected and told of them.

use super::*;
use crate::harness::expect::tests::with_harness;
use crate::judge;

const DUMP: &str = "Debug memory block at address p=0x7f00: API 'm'\n    17 bytes originally requested\n";

fn death(end: Option<End>, said: &str) -> Death {
    Death { end, said: said.as_bytes().to_vec() }
}

fn aborted(said: &str) -> Death {
    death(Some(End::Killed(libc::SIGABRT)), said)
}

/// Deaths of every kind, by what they are.
fn deaths() -> Vec<(&'static str, Death)> {
    let fatal = "Fatal Python error: _PyMem_DebugFree: bad trailing pad byte\n";
    let lock = "Fatal Python error: _PyMem_DebugFree: Python memory allocator called without holding the GIL\n";
    let state = "Fatal Python error: PyObject_Free: called without an active thread state\n";
    vec![
        ("the call returned", death(None, "")),
        ("the call returned with words", death(None, &format!("{DUMP}{fatal}"))),
        ("without a word", aborted("")),
        ("with words of its own", aborted("heap corruption detected\n")),
        ("with the C library's words", aborted("free(): invalid pointer\n")),
        ("with a dump", aborted(&format!("{DUMP}\n{fatal}"))),
        ("with a dump, by SIGSEGV", death(Some(End::Killed(libc::SIGSEGV)), DUMP)),
        ("with a dump, by SIGBUS", death(Some(End::Killed(libc::SIGBUS)), DUMP)),
        ("with a dump, by SIGKILL", death(Some(End::Killed(libc::SIGKILL)), DUMP)),
        ("with a dump, by exit", death(Some(End::Exited(1)), DUMP)),
        ("with a dump, then hung", death(Some(End::Hung), DUMP)),
        ("for want of the lock", aborted(lock)),
        ("for want of a thread state", aborted(state)),
        ("for want of the lock, which is only said", death(Some(End::Exited(0)), lock)),
        ("with words that a terminal would obey", aborted("Fatal Python error: \u{1b}[2J\n")),
    ]
}

#[test]
fn what_is_found_and_told_of_each_death() {
    let mut text = String::new();
    for (name, death) in deaths() {
        let found = |kind| with_harness(kind, |h| found(h, &death, Domain::Raw)).is_ok();
        let (python, other, lock) = (found(Kind::Cpython), found(Kind::Pymem), complains(&death).is_ok());
        text += &format!("{name}\n  told       {}\n", told(&death));
        text += &format!("  diagnosed  by a CPython: {python}, by another: {other}, as want of the lock: {lock}\n\n");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_said_where_a_death_is_not_as_it_should_be() {
    let quiet = aborted("");
    let stops = [
        with_harness(Kind::Cpython, |h| found(h, &quiet, Domain::Raw)).expect_err("no diagnostic"),
        complains(&quiet).expect_err("no complaint"),
        dump(&quiet).expect_err("no dump"),
    ];
    insta::assert_snapshot!(stops.map(|stop| judge::tests::told(&stop)).join("\n"));
}

#[test]
fn offsets_are_told_from_the_block_on() {
    assert_eq!([-7, 0, 24].map(at), ["p-7", "p+0", "p+24"]);
}
