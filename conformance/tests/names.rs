//! A target may have any name, which reaches neither a shell, nor a terminal, nor a search.

mod common;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use common::{Ended, Lab, Run, compiled, untestable};
use pymem_conform::report::{escape_bytes, name_of};
use rstest::rstest;

/// A sound library under an odd name, named as a user would: relative to the working directory.
#[rstest]
#[case::space("a b.so", "./a b.so")]
#[case::newline("a\nb.so", "./a\nb.so")]
#[case::escape("\x1b[31mred.so", "./\x1b[31mred.so")]
#[case::dash("-x.so", "./-x.so")]
#[case::bare_dash("-x.so", "-x.so")]
#[case::option("--list", "--list")]
#[case::colon("malloc:x.so", "./malloc:x.so")]
#[case::colons("a:b:c.so", "./a:b:c.so")]
#[case::percent("%s%n.so", "./%s%n.so")]
// The loader puts folders in place of these words.
#[case::tokens("$ORIGIN$LIB.so", "./$ORIGIN$LIB.so")]
#[case::quotes("'\";$(touch x)`.so", "./'\";$(touch x)`.so")]
#[case::kanji("メモリ.so", "./メモリ.so")]
#[case::right_to_left("\u{202e}os.bil", "./\u{202e}os.bil")]
#[case::bare_name("libx.so", "libx.so")]
#[case::reference("reference", "./reference")]
#[case::python("python:3.13", "./python:3.13")]
fn odd_names_work(#[case] file: &str, #[case] target: &str, #[values("control", "control-malloc")] allocator: &str) {
    named(OsStr::new(file), OsStr::new(target), allocator);
}

#[rstest]
fn names_that_are_not_utf8_work(#[values("control", "control-malloc")] allocator: &str) {
    named(OsStr::from_bytes(b"\xff\xfe.so"), OsStr::from_bytes(b"./\xff\xfe.so"), allocator);
}

#[track_caller]
fn named(file: &OsStr, target: &OsStr, allocator: &str) {
    let Some(library) = compiled(allocator) else { return };
    let run = |format: &str| -> Ended {
        let words = [OsStr::new(format), OsStr::new("--only=free.null"), OsStr::new("--"), target];
        let run = Run::new(words).may_leave(file);
        fs::copy(&library, run.path(file)).expect("the folder is ours");
        run.end()
    };
    let report = run("--format=json");
    let report = report.has_status(0).report();
    assert_eq!(report.target.name, name_of(target));
    assert!(report.summary.pass > 0);

    let human = run("--format=human");
    let shown = escape_bytes(target.as_bytes());
    let lines = human.has_status(0).text();
    assert!(lines.contains(&shown), "{lines}");
    assert!(lines.chars().all(|c| c == '\n' || !c.is_control()) && !lines.contains('\u{202e}'), "{lines:?}");
}

#[test]
fn an_odd_name_of_nothing_is_escaped() {
    let name = OsString::from_vec(b"/no/\x1b[2J\n\xff\xe2\x80\xae.so".to_vec());
    untestable(&name, r"/no/\x1b[2J\n\xff\u{202e}.so");
}

/// A name without a slash means the file of that name here, and nothing that the loader would find.
#[test]
fn a_bare_name_is_never_searched_for() {
    let Some(library) = compiled("control") else { return };
    let folder = library.parent().expect("it is an absolute path");
    for name in ["control.so", "libc.so.6"] {
        let mut run = Run::new([name]);
        run.command().env("LD_LIBRARY_PATH", folder).env("PATH", folder);
        let ended = run.end();
        ended.has_status(3).within(1.0);
        assert!(ended.sentence().contains("there is no such file"), "{}", ended.sentence());
    }
}

#[rstest]
#[case("pymem", "control", 0, "")]
#[case("malloc", "control-malloc", 0, "")]
#[case("vtable", "control-vtable", 0, "")]
#[case("malloc", "control", 3, "there is no allocator in it")]
#[case("cpython", "control", 3, "it is not of kind cpython")]
#[case("vtable", "control", 3, "it exports no function `pymem_get_allocator`")]
#[case("pymem", "control-malloc", 3, "it is not of kind pymem")]
fn a_kind_can_be_forced(#[case] kind: &str, #[case] allocator: &str, #[case] status: i32, #[case] words: &str) {
    let Some(library) = compiled(allocator) else { return };
    let argument = format!("{kind}:{}", library.display());
    if status == 3 {
        return untestable(&argument, words);
    }
    let ended = Run::json(&argument).with(["--only=free.null"]).end();
    let report = ended.has_status(status).report();
    assert_eq!((report.target.kind.to_string(), &report.target.name), (kind.to_owned(), &argument));
}

/// A preloaded library that needs another one beside it: `$ORIGIN` in its run path is its own folder.
#[test]
fn a_library_finds_what_lies_beside_it() {
    let lab = Lab::new();
    let Some(part) = lab.library("libpart.so", "void part(void) { }", &["-Wl,-soname,libpart.so"]) else { return };
    let part = part.to_str().expect("names here are UTF-8");
    let source = r#"
        #include <string.h>
        #include <sys/mman.h>
        void part(void);
        /* Each block is a mapping of its own, with its size in front. */
        void *malloc(size_t n) {
            part();
            if (n > (size_t)1 << 40) return 0;
            size_t *p = mmap(0, n + 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (p == MAP_FAILED) return 0;
            *p = n;
            return p + 2;
        }
        void free(void *p) { if (p) munmap((size_t *)p - 2, ((size_t *)p)[-2] + 16); }
        void *calloc(size_t n, size_t s) { return s && n > (size_t)-1 / s ? 0 : malloc(n * s); }
        void *realloc(void *p, size_t n) {
            void *q = malloc(n);
            if (p && q) {
                size_t old = ((size_t *)p)[-2];
                memcpy(q, p, old < n ? old : n);
                free(p);
            }
            return q;
        }"#;
    let Some(library) = lab.library("libwhole.so", source, &["-fno-builtin", part, "-Wl,-rpath,$ORIGIN"]) else {
        return;
    };
    let ended = Run::json(library).with(["--only=free.null"]).end();
    assert!(ended.has_status(0).report().summary.pass > 0);
}
