//! Every kind of line that a person can see.

mod report_samples;

use pymem_conform::report::{Conformance, Planned, Report, Style, assemble, list, render};
use pymem_spec::{Domain, Level, Registry};

use report_samples::{Contract, DOMAINS, conforming, fail, failing, hopeless, over, pass, report, runs, skip};

#[test]
fn all_pass() {
    insta::assert_snapshot!(shown(&conforming()));
}

#[test]
fn one_of_everything() {
    insta::assert_snapshot!(shown(&failing()));
}

#[test]
fn strict() {
    let mut report = failing();
    report.verdict = assemble::conformance(&report.results, true);
    insta::assert_snapshot!(render(&report, &Contract, &Style { strict: true, ..Style::default() }));
}

#[test]
fn hopeless_target() {
    insta::assert_snapshot!(shown(&hopeless()));
}

#[test]
fn many_ways_of_one_clause() {
    let mut results = over(&fail("malloc.basic", Level::Must), &runs()[..2], &DOMAINS);
    for (i, result) in results.iter_mut().enumerate() {
        result.actual = Some(format!("{i} bytes"));
    }
    insta::assert_snapshot!(shown(&report(results)));
}

#[test]
fn clauses_that_fail_alike_in_different_places() {
    let mut results = Vec::new();
    for (clause, domains) in
        [("malloc.basic", &DOMAINS[..]), ("free.null", &DOMAINS[..1]), ("calloc.zeroed", &DOMAINS[1..])]
    {
        let mut result = fail(clause, Level::Should);
        result.expected = Some(format!("what {clause} says"));
        result.witness = Some(format!("witnesses/{clause}.c"));
        results.extend(over(&result, &runs()[..1], domains));
    }
    insta::assert_snapshot!(shown(&report(results)));
}

#[test]
fn warnings_and_notes_conform() {
    let results = vec![fail("malloc.basic", Level::Should), fail("free.null", Level::Detail), pass("calloc.zeroed")];
    insta::assert_snapshot!(shown(&report(results)));
}

#[test]
fn interrupted() {
    insta::assert_snapshot!(shown(&Report { partial: true, ..report(vec![pass("malloc.basic")]) }));
    let mut violating = report(vec![fail("malloc.basic", Level::Must)]);
    violating.partial = true;
    assert!(shown(&violating).contains("\ninterrupted, violates: 1 clause, 1 fail in 0.84 s; rerun: "));
}

#[test]
fn a_clause_that_the_contract_does_not_have() {
    insta::assert_snapshot!(shown(&report(vec![fail("macros.new", Level::Must), pass("malloc.basic")])));
}

#[test]
fn nothing_of_the_target_reaches_the_terminal_unescaped() {
    let evil = "\u{1b}[2J\u{202e}evil\n\u{7}\u{9b}1m";
    let mut failure = fail("free.null", Level::Must);
    failure.reason = format!("reason {evil}");
    for field in [&mut failure.expected, &mut failure.actual, &mut failure.operation, &mut failure.witness] {
        *field = Some(evil.to_owned());
    }
    let starved = format!("out of time {evil}");
    let mut report = report(vec![failure, skip("malloc.basic", &starved), skip("calloc.zeroed", evil)]);
    report.target.name = format!("{evil}.so");
    report.traits = [(evil.to_owned(), evil.into())].into();
    let text = shown(&report);
    assert!(!text.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'));
    insta::assert_snapshot!(text);
}

#[test]
fn reasons_of_one_kind_are_told_in_one_line() {
    let unchecked =
        Registry::embedded().clauses().iter().find(|clause| clause.unchecked.is_some()).expect("there are some");
    let why = unchecked.unchecked.as_deref().expect("it was looked for");
    insta::assert_snapshot!(shown(&report(vec![
        pass("free.null"),
        skip("symbols.gc-queries", "holds since 3.9"),
        skip("debug-hooks.layout.serial-number", "holds until 3.7"),
        skip("defaults.no-pymalloc", "only for no-pymalloc builds"),
        skip("customize.get", "symbol absent: PyMem_GetAllocator"),
        skip(&unchecked.id, why),
    ])));
}

#[test]
fn narrow() {
    insta::assert_snapshot!(render(&failing(), &Contract, &Style { width: 60, ..Style::default() }));
}

#[test]
fn colour_is_there_where_asked_for_and_changes_nothing_else() {
    let plain = shown(&failing());
    let coloured = render(&failing(), &Contract, &Style { color: true, ..Style::default() });
    assert!(!plain.contains('\u{1b}'));
    insta::assert_snapshot!(coloured.replace('\u{1b}', "ESC"));
    let mut stripped = String::new();
    for (i, piece) in coloured.split('\u{1b}').enumerate() {
        stripped.push_str(if i == 0 { piece } else { piece.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain);
}

#[test]
fn under_strict_a_warning_has_the_colour_of_a_failure() {
    let label = |word: &str, strict| {
        let text = render(&failing(), &Contract, &Style { color: true, strict, ..Style::default() });
        let line = text.lines().find(|line| line.contains(&format!("  {word}\u{1b}"))).expect("it is told");
        line.split_once("  ").expect("a label is indented").0.to_owned()
    };
    assert_ne!(label("WARN", false), label("FAIL", false));
    assert_eq!(label("WARN", true), label("FAIL", true));
}

#[test]
fn a_reason_is_told_unless_both_sides_of_it_are() {
    let told = |expected: Option<&str>, actual: Option<&str>| {
        let mut result = fail("free.null", Level::Must);
        (result.expected, result.actual) = (expected.map(Into::into), actual.map(Into::into));
        shown(&report(vec![result])).contains("  reason  ")
    };
    assert!(told(None, None) && told(Some("a block"), None) && told(None, Some("NULL")));
    assert!(!told(Some("a block"), Some("NULL")));
}

#[test]
fn what_was_not_judged_keeps_within_the_width() {
    for width in 50..100 {
        let text = render(&failing(), &Contract, &Style { width, ..Style::default() });
        let (_, skips) = text.split_once("\nNot judged").expect("some were not");
        let (skips, _) = skips.split_once("\nTraits").expect("they come next");
        let widest = skips.lines().skip(1).map(|line| line.chars().count()).max();
        assert!(widest <= Some(width), "{width}: {skips}");
    }
}

#[test]
fn the_command_to_rerun_is_the_users_own() {
    let words = ["cargo", "xtask", "conform", "--env=A=b c", "--", "-odd\n.so"];
    let style = Style { command: words.map(Into::into).into(), ..Style::default() };
    let all_but_one = vec![fail("zero-size.a", Level::Must), fail("zero-size.b", Level::Must), pass("free.null")];
    let text = render(&report(all_but_one), &Contract, &style);
    let last = text.lines().last().unwrap();
    let expected = r"; rerun: cargo xtask conform '--env=A=b c' --only zero-size -- $'-odd\n.so'";
    assert!(last.ends_with(expected), "{last}");
}

#[test]
fn under_strict_a_starved_clause_is_run_again() {
    let starved = report(vec![skip("malloc.basic", "out of memory"), pass("free.null")]);
    let rerun =
        |strict| render(&starved, &Contract, &Style { strict, ..Style::default() }).contains("--only malloc.basic");
    assert_eq!([rerun(false), rerun(true)], [false, true]);
    assert_eq!(starved.verdict, Conformance::Conforms);
}

#[test]
fn listing() {
    let mut planned = Vec::new();
    let clauses = [
        ("zero-size.malloc.distinct", Level::Must),
        ("limits.calloc.wraps", Level::Should),
        ("pymalloc.threshold", Level::Detail),
    ];
    for (i, (clause, level)) in clauses.into_iter().enumerate() {
        for (mode, configuration) in runs() {
            let domains: &[Option<Domain>] = if i < 2 { &DOMAINS } else { &[None] };
            for &domain in domains {
                planned.push(Planned { clause: clause.to_owned(), level, domain, mode, configuration });
            }
        }
    }
    insta::assert_snapshot!(list(&planned, &Contract, &Style::default()));
    assert_eq!(list(&[], &Contract, &Style::default()), "0 clauses, 0 results\n");
}

fn shown(report: &Report) -> String {
    render(report, &Contract, &Style::default())
}
