//! A run that is ended early ends at once, says so, and leaves nothing behind.

mod common;

use std::os::unix::process::CommandExt;
use std::thread::sleep;
use std::time::Duration;

use common::{Run, Running, Turn, compiled, patience, signal};
use rstest::rstest;

/// Long enough for checks to run, and short beside a slow run.
const LATER: Duration = Duration::from_millis(600);

/// Long enough for the allocator to be loaded, and short beside any run with one worker.
const SOON: Duration = Duration::from_millis(150);

/// A run over an allocator that takes its time, in a process group of its own.
fn long_run(name: &str, turn: &Turn) -> Option<Running> {
    let mut run = Run::json(compiled(name)?).with(["--jobs=1"]);
    run.command().process_group(0);
    Some(run.start(turn))
}

#[rstest]
// A terminal sends it to everyone in the group.
#[case::ctrl_c(libc::SIGINT, true)]
#[case::interrupt(libc::SIGINT, false)]
#[case::terminate(libc::SIGTERM, false)]
#[case::hang_up(libc::SIGHUP, true)]
fn an_interrupted_run_reports_what_it_knows(
    #[case] number: i32,
    #[case] to_group: bool,
    #[values("slow-operations", "hang-in-malloc", "hang-at-load", "thread-at-load", "strays-in-malloc")] name: &str,
) {
    let turn = Turn::take();
    let Some(running) = long_run(name, &turn) else { return };
    sleep(LATER);
    let before = running.age();
    signal(if to_group { -running.pid() } else { running.pid() }, number);
    let ended = running.end();
    turn.nothing_is_left();
    ended.has_status(130);
    assert!(ended.time - before < Duration::from_secs(1) * patience(), "it took {:?}", ended.time - before);
    let report = ended.report();
    assert!(report.partial);
    assert!(name != "slow-operations" || report.summary.pass > 0);
    assert_eq!(ended.stderr, "");
}

#[test]
fn the_human_report_says_that_it_is_partial() {
    let turn = Turn::take();
    let Some(library) = compiled("slow-operations") else { return };
    let running = Run::new([library]).start(&turn);
    sleep(LATER);
    signal(running.pid(), libc::SIGINT);
    let ended = running.end();
    turn.nothing_is_left();
    let last = ended.has_status(130).text().lines().last().map(str::to_owned);
    assert!(last.as_ref().is_some_and(|line| line.contains("interrupted")), "{last:?}");
}

/// A run that is killed cannot tidy up; what it started notices.
#[rstest]
#[case("slow-operations")]
#[case("hang-everywhere")]
#[case("hang-at-load")]
#[case("thread-at-load")]
#[case("no-dump-no-parent-death")]
#[case("mask-signals")]
fn a_killed_run_leaves_no_process(#[case] name: &str) {
    let turn = Turn::take();
    let Some(running) = long_run(name, &turn) else { return };
    sleep(SOON);
    signal(running.pid(), libc::SIGKILL);
    let ended = running.end();
    assert_eq!(ended.signal, Some(libc::SIGKILL));
    assert_eq!(ended.text(), "");
    turn.nothing_is_left();
}
