//! A command that makes no sense is told so in one sentence, at once.

mod common;

use common::{Run, in_loader_cache};
use rstest::rstest;

/// Status 2, one sentence that holds these words, and nothing else.
#[track_caller]
fn bad_use(words: &[&str], sentence: &str) {
    let ended = Run::new(words).end();
    ended.has_status(2).within(1.0);
    assert!(ended.sentence().contains(sentence), "{}", ended.sentence());
    assert!(ended.stdout.is_empty(), "{ended:?}");
}

#[rstest]
#[case(&["--no-such-option"], "unknown option `--no-such-option`")]
#[case(&["--sed=1"], "did you mean `--seed`")]
#[case(&["reference", "reference"], "one target at a time")]
#[case(&["--only=no-such-clause"], "no clause matches `no-such-clause`")]
#[case(&["--only=free", "--skip=no-such-clause"], "no clause matches `no-such-clause`")]
#[case(&["--only=Free!"], "`--only` takes a clause id")]
#[case(&["--only=free", "--skip=free"], "nothing is selected")]
#[case(&["--skip=*"], "nothing is selected")]
#[case(&["--mode=embedded"], "nothing of what was selected applies")]
#[case(&["--only=symbols.vtable"], "nothing of what was selected applies")]
#[case(&["--mode=half"], "`--mode` takes bare or embedded")]
#[case(&["--seed=-1"], "`--seed` takes a whole number")]
#[case(&["--seed=9007199254740992"], "`--seed` takes a whole number")]
#[case(&["--seed="], "`--seed`")]
#[case(&["--jobs=0"], "`--jobs` takes a whole number above 0")]
#[case(&["--jobs=two"], "`--jobs` takes a whole number above 0")]
#[case(&["--timeout=0"], "`--timeout` takes seconds above 0")]
#[case(&["--timeout=inf"], "`--timeout` takes seconds above 0")]
#[case(&["--deep=5"], "`--deep` takes a time")]
#[case(&["--env=NAME"], "`--env` takes NAME=VALUE")]
#[case(&["--env==VALUE"], "`--env` takes NAME=VALUE")]
#[case(&["--env=PYTHONMALLOC=debug"], "`--env` cannot set PYTHONMALLOC")]
#[case(&["--env=PYTHONDEVMODE=1"], "`--env` cannot set PYTHONDEVMODE")]
#[case(&["--spec=three"], "`--spec` takes a version")]
#[case(&["--spec=2.7"], "2.7")]
#[case(&["--spec=3.99"], "3.99")]
#[case(&["--prefix=a b"], "`--prefix` takes a name of the C language")]
#[case(&["--format=yaml"], "unknown format `yaml`")]
#[case(&["--format=json", "--format=human"], "only one `--format` can go without a file")]
#[case(&["--format=junit"], "junit")]
#[case(&["--shard=1/2"], "this version does not have `--shard` yet")]
#[case(&["python:three"], "three")]
#[case(&["mutant:x"], "not supported yet")]
#[case(&["--seed"], "`--seed` needs a value")]
fn a_command_that_makes_no_sense(#[case] words: &[&str], #[case] sentence: &str) {
    bad_use(words, sentence);
}

#[test]
fn a_malloc_library_has_no_interpreter() {
    let libc = in_loader_cache("libc.so.6").expect("this program needs it too");
    let target = format!("malloc:{}", libc.display());
    bad_use(&["--mode=embedded", &target], "nothing of what was selected applies");
}
