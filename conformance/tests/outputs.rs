//! Where reports go, and what happens when they cannot.

mod common;

use std::fs::{self, File};
use std::io::{Read, pipe};

use common::{Run, Turn, compiled, signal};
use rstest::rstest;

/// `| head -1`, and a reader that is gone before the first byte.
#[rstest]
#[case("control", 0)]
#[case("zero-malloc-null", 1)]
fn a_reader_that_goes_away_changes_nothing(
    #[case] name: &str,
    #[case] status: i32,
    #[values("human", "json")] format: &str,
    #[values(0, 1)] bytes: usize,
) {
    let Some(library) = compiled(name) else { return };
    let (mut reader, writer) = pipe().expect("descriptors are left");
    let mut run = Run::human(library).with([format!("--format={format}"), "--only=zero-size".to_owned()]);
    run.command().stdout(writer);
    let turn = Turn::take();
    let running = run.start(&turn);
    let _ = reader.read(&mut vec![0; bytes]);
    drop(reader);
    let ended = running.end();
    turn.nothing_is_left();
    assert_eq!((ended.has_status(status).stderr.as_str(), ended.signal), ("", None));
}

#[rstest]
#[case(&["--output=/dev/full"])]
#[case(&["--format=json=/dev/full"])]
fn a_full_device_is_told(#[case] words: &[&str]) {
    let ended = Run::new(["--only=free.null"]).with(words).end();
    ended.has_status(4);
    assert!(ended.sentence().starts_with("the report cannot be written to `/dev/full`: "), "{}", ended.sentence());
    assert!(ended.stdout.is_empty());
}

#[test]
fn a_full_device_behind_standard_output_is_told() {
    let mut run = Run::new(["--only=free.null"]);
    run.command().stdout(File::options().write(true).open("/dev/full").expect("it is everywhere"));
    let ended = run.end();
    ended.has_status(4);
    assert!(ended.sentence().starts_with("the report cannot be written to standard output: "), "{}", ended.sentence());
}

/// Nobody waits for a run whose report has no place.
#[rstest]
#[case("no/such/folder/report")]
#[case(".")]
#[case("/proc/no-file-can-be-made-here")]
#[case("a-name-with-a-slash-at-its-end/")]
fn an_output_is_tried_before_the_run(#[case] path: &str) {
    // Loading alone would take two seconds.
    let Some(library) = compiled("slow-load") else { return };
    let ended = Run::json(library).with(["--output", path]).end();
    ended.has_status(4).within(0.5);
    let shown = format!("the report cannot be written to `{path}`: ");
    assert!(ended.sentence().starts_with(&shown), "{}", ended.sentence());
    assert!(ended.stdout.is_empty(), "{ended:?}");
}

/// Half a report is never there: the old one stays until the new one is whole.
#[test]
fn a_file_keeps_its_contents_until_the_report_is_whole() {
    let Some(library) = compiled("slow-load") else { return };
    let run = Run::json(library).with(["--only=free.null", "--output=report"]);
    let path = run.path("report");
    fs::write(&path, "old").expect("the folder is ours");
    let turn = Turn::take();
    let running = run.start(&turn);
    while running.age().as_secs() < 1 {
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "old");
        std::thread::yield_now();
    }
    let (mut ended, report) = running.end_with(|| fs::read(&path).expect("it is there"));
    assert!(ended.stdout.is_empty());
    ended.stdout = report;
    ended.has_status(0).report();
}

/// The same where there was no file; an interrupt is no excuse.
#[test]
fn an_interrupted_report_is_whole() {
    let Some(library) = compiled("slow-operations") else { return };
    let run = Run::json(library).with(["--output=report"]).may_leave("report");
    let path = run.path("report");
    let turn = Turn::take();
    let running = run.start(&turn);
    while running.age().as_millis() < 500 {
        assert!(!path.exists());
        std::thread::yield_now();
    }
    signal(running.pid(), libc::SIGINT);
    let (mut ended, report) = running.end_with(|| fs::read(&path).expect("it is there"));
    turn.nothing_is_left();
    ended.stdout = report;
    assert!(ended.report().partial);
}

#[test]
fn without_a_report_nothing_is_written() {
    let run = Run::new(["/no/such/library", "--output=report"]);
    let path = run.path("report");
    fs::write(&path, "old").expect("the folder is ours");
    let (ended, after) = {
        let turn = Turn::take();
        run.start(&turn).end_with(|| fs::read_to_string(&path))
    };
    ended.has_status(3);
    assert_eq!(after.expect("it is there"), "old");
    // For programs there is a report that there is none.
    let run = Run::json("/no/such/library").with(["--output=report"]).may_leave("report");
    let path = run.path("report");
    let turn = Turn::take();
    let (mut ended, report) = run.start(&turn).end_with(|| fs::read(&path).expect("it is there"));
    ended.stdout = report;
    ended.has_status(3).no_report();
}

#[test]
fn several_reports_of_one_run() {
    let run = Run::json("reference").with(["--only=free.null", "--format=human=a.txt"]).may_leave("a.txt");
    let path = run.path("a.txt");
    let turn = Turn::take();
    let (ended, human) = run.start(&turn).end_with(|| fs::read_to_string(&path).expect("it is there"));
    assert!(human.starts_with("target    reference"), "{human}");
    ended.has_status(0).report();
}
