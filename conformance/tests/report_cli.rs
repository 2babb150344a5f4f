//! What the command line means, and what it refuses.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::time::Duration;

use pymem_conform::cli::{self, Format, MAX_SEED, Options, Output, Usage, parse};
use pymem_conform::status::Status;
use pymem_spec::Mode;
use rstest::rstest;

#[test]
fn without_options_everything_has_its_default() {
    let options = read(&[]);
    assert_eq!(options.target, "reference");
    assert_eq!(options.outputs, [Output { format: Format::Human, file: None }]);
    assert_eq!((options.timeout, options.seed), (Duration::from_secs(2), 1));
    assert_eq!((options.spec, options.mode, options.deep), (None, None, None));
    assert!(!options.strict && !options.list && options.only.is_empty() && options.env.is_empty());
    assert_eq!(options.jobs, std::thread::available_parallelism().unwrap());
    assert_eq!(options.command, ["pymem-conform"]);
}

#[test]
fn every_option_is_understood() {
    let options = read(&[
        "--spec",
        "3.13",
        "--only",
        "zero-size.*",
        "--only=free",
        "--skip",
        "*.large",
        "--strict",
        "--deep",
        "5m",
        "--format",
        "json=a=b.json",
        "--format",
        "human",
        "--output",
        "out.txt",
        "--mode",
        "embedded",
        "--prefix",
        "PyPy",
        "--vtable-symbol",
        "my_table",
        "--home",
        "/opt/py",
        "--env",
        "A=b=c",
        "--env",
        "EMPTY=",
        "--jobs",
        "3",
        "--timeout",
        "0.5",
        "--seed",
        "9007199254740991",
        "--list",
        "./lib.so",
    ]);
    assert_eq!(options.target, "./lib.so");
    assert_eq!(options.spec.as_deref(), Some("3.13"));
    assert_eq!((options.only, options.skip), (vec!["zero-size.*".into(), "free".into()], vec!["*.large".into()]));
    assert_eq!((options.strict, options.list), (true, true));
    assert_eq!(options.deep, Some(Duration::from_secs(300)));
    let file = |format, file: &str| Output { format, file: Some(PathBuf::from(file)) };
    assert_eq!(options.outputs, [file(Format::Json, "a=b.json"), file(Format::Human, "out.txt")]);
    assert_eq!(options.mode, Some(Mode::Embedded));
    assert_eq!((options.prefix.as_deref(), options.vtable_symbol.as_deref()), (Some("PyPy"), Some("my_table")));
    assert_eq!(options.home, Some("/opt/py".into()));
    assert_eq!(options.env, [("A".into(), "b=c".into()), ("EMPTY".into(), OsString::new())]);
    assert_eq!((options.jobs.get(), options.timeout, options.seed), (3, Duration::from_millis(500), MAX_SEED));
}

#[rstest]
#[case("30s", 30_000)]
#[case("5m", 300_000)]
#[case("1.5h", 5_400_000)]
#[case("0.25s", 250)]
fn durations(#[case] text: &str, #[case] milliseconds: u64) {
    assert_eq!(read(&["--deep", text]).deep, Some(Duration::from_millis(milliseconds)));
}

#[rstest]
#[case(b"-lib.so")]
#[case(b"--list")]
#[case(b"a\nb \x1b[31m.so")]
#[case(b"\xff\xfe.so")]
#[case(b"")]
#[case(b"-")]
#[case(b"python:3.13t")]
#[case(b"malloc:/lib/x.so")]
fn any_target_can_be_named(#[case] name: &[u8]) {
    let words = [OsStr::new("pymem-conform"), OsStr::new("--strict"), OsStr::new("--"), OsStr::from_bytes(name)];
    let options = parse(words.map(OsString::from)).unwrap();
    assert_eq!(options.target.as_bytes(), name);
    assert!(options.strict && !options.list);
    let again = parse(options.command.clone()).unwrap();
    assert_eq!(again, options);
}

#[test]
fn file_names_of_any_bytes() {
    let words = [
        &b"pymem-conform"[..],
        b"--format=json=\xff\n",
        b"--format=human",
        b"--output=-x",
        b"--env=V=\xff",
        b"--home=\xfe",
    ];
    let options = parse(words.map(|word| OsStr::from_bytes(word).to_owned())).unwrap();
    let files: Vec<_> =
        options.outputs.iter().map(|output| output.file.as_ref().unwrap().as_os_str().as_bytes()).collect();
    assert_eq!(files, [&b"\xff\n"[..], b"-x"]);
    assert_eq!(
        (options.env[0].1.as_bytes(), options.home.unwrap().as_os_str().as_bytes()),
        (&b"\xff"[..], &b"\xfe"[..])
    );
}

#[test]
fn a_dash_is_standard_output() {
    assert_eq!(read(&["--format", "json", "--output", "-"]).outputs, [Output { format: Format::Json, file: None }]);
    assert_eq!(read(&["--output", "./-"]).outputs[0].file, Some("./-".into()));
}

#[test]
fn the_command_keeps_what_decides_the_run_and_drops_what_selects() {
    let options = read(&[
        "--only", "a.b", "--skip", "c", "--output", "o", "--list", "--strict", "--env", "A=1", "--env", "B=2",
        "--seed", "7", "--mode", "bare", "--", "-x",
    ]);
    let expected = ["pymem-conform", "--mode=bare", "--seed=7", "--env=A=1", "--env=B=2", "--strict", "--", "-x"];
    assert_eq!(options.command, expected);
    let again = parse(options.command).unwrap();
    assert_eq!((again.env, again.seed, again.mode), (options.env, options.seed, options.mode));
}

/// Every refusal in one snapshot: what was typed, and the sentence.
#[test]
fn mistakes_are_told_in_one_sentence() {
    let lines: &[&[&str]] = &[
        &["--sped", "3.13"],
        &["--frobnicate"],
        &["-x"],
        &["--strict=yes"],
        &["a.so", "b.so"],
        &["--spec"],
        &["--spec", "--strict"],
        &["--spec", "3.12", "--spec", "3.13"],
        &["--strict", "--strict"],
        &["--spec", "new"],
        &["--spec", "3"],
        &["--only", ""],
        &["--only", "Zero*"],
        &["--skip", "a b"],
        &["--deep", "5"],
        &["--deep", "m"],
        &["--deep", "0s"],
        &["--deep", "1d"],
        &["--deep", "-1s"],
        &["--deep", "1e9h"],
        &["--deep", "5\u{b5}"],
        &["--format", "xml"],
        &["--format", "junit"],
        &["--format", "sarif=x"],
        &["--format", "json="],
        &["--format", "json", "--format", "human"],
        &["--format", "json=a", "--format", "human=a"],
        &["--format", "json=a", "--output", "a", "--format", "human"],
        &["--format", "json=a", "--output", "b"],
        &["--output", ""],
        &["--mode", "both"],
        &["--prefix", ""],
        &["--prefix", "a-b"],
        &["--vtable-symbol", "1st"],
        &["--home", ""],
        &["--env", "NAME"],
        &["--env", "=value"],
        &["--jobs", "0"],
        &["--jobs", "+2"],
        &["--jobs", "many"],
        &["--timeout", "0"],
        &["--timeout", "inf"],
        &["--timeout", "nan"],
        &["--timeout=-1"],
        &["--timeout", "1e400"],
        &["--seed", "9007199254740992"],
        &["--seed=-1"],
        &["--seed", "1.0"],
        &["--seed", "\u{1b}[31m\u{202e}\n"],
        &["--baseline", "b.toml"],
        &["--write-baseline", "b.toml"],
        &["--inside", ""],
        &["--domains", "raw"],
        &["--shard", "1/2"],
    ];
    let mut told = String::new();
    for words in lines {
        let typed: Vec<_> = words.iter().map(|word| word.escape_default().to_string()).collect();
        let usage = try_read(words).expect_err(&typed.join(" "));
        let Usage::Bad(sentence) = &usage else { panic!("{typed:?} is no cry for help") };
        assert_eq!(usage.status(), Status::BadUse);
        assert!(!sentence.contains(['\n', '\u{1b}']) && !sentence.is_empty(), "{sentence:?}");
        told.push_str(&format!("{}\n    {sentence}\n", typed.join(" ")));
    }
    insta::assert_snapshot!(told);
}

#[rstest]
#[case("--help")]
#[case("-h")]
fn help(#[case] word: &str) {
    let usage = try_read(&[word]).unwrap_err();
    assert_eq!(usage.status(), Status::Conforms);
    let Usage::Help(text) = usage else { panic!("help is no mistake") };
    insta::assert_snapshot!("help", text);
}

#[rstest]
#[case("--version")]
#[case("-V")]
fn version(#[case] word: &str) {
    let expected = format!("pymem-conform {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(try_read(&[word]), Err(Usage::Help(expected)));
}

fn read(words: &[&str]) -> Options {
    try_read(words).unwrap()
}

fn try_read(words: &[&str]) -> Result<Options, Usage> {
    cli::parse(["pymem-conform"].iter().chain(words).map(OsString::from))
}
