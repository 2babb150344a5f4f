//! Order, counts and the verdict.

mod report_samples;

use pymem_conform::report::assemble::{conformance, is_starved, sort, status, summarise, verify};
use pymem_conform::report::{ClauseResult, Conformance, Verdict};
use pymem_conform::status::Status;
use pymem_spec::{Area, Configuration, Domain, Level, Mode};
use rstest::rstest;

use report_samples::{DOMAINS, fail, failing, over, pass, runs, skip};

#[test]
fn results_stand_in_report_order() {
    let clauses =
        ["symbols.all", "zero-size.calloc", "zero-size.malloc", "alignment.rule", "free.null", "robustness.survives"];
    let domains = [None, Some(Domain::Raw), Some(Domain::Mem), Some(Domain::Obj)];
    let mut expected = Vec::new();
    for clause in clauses {
        for domain in domains {
            expected.extend(over(&pass(clause), &runs(), &[domain]));
        }
    }
    let mut shuffled = expected.clone();
    // 7 and the number of results (288) have no common factor: every result moves.
    let order: Vec<_> = (0..expected.len()).map(|i| i * 7 % expected.len()).collect();
    order.iter().zip(&mut shuffled).for_each(|(&from, to)| to.clone_from(&expected[from]));
    assert_ne!(shuffled, expected);
    sort(&mut shuffled);
    assert_eq!(shuffled, expected);
}

#[test]
fn clauses_are_counted_once_and_results_each() {
    let summary = summarise(&failing().results, 0.841_249);
    let counts = (summary.pass, summary.fail, summary.warn, summary.note, summary.skip, summary.known, summary.fixed);
    assert_eq!((summary.clauses, counts), (15, (24, 8, 1, 1, 13, 1, 1)));
    assert_eq!(summary.seconds, 0.841);
}

#[rstest]
#[case(pass("free.null"), [false, false])]
#[case(fail("free.null", Level::Must), [true, true])]
#[case(fail("free.null", Level::Should), [false, true])]
#[case(fail("free.null", Level::Detail), [false, false])]
#[case(skip("free.null", "out of memory"), [false, true])]
#[case(skip("free.null", "out of time after 3 of 10"), [false, true])]
#[case(skip("free.null", "version: holds from 3.13 on"), [false, false])]
#[case(ClauseResult { verdict: Verdict::Known, ..fail("free.null", Level::Must) }, [false, false])]
#[case(ClauseResult { verdict: Verdict::Fixed, ..pass("free.null") }, [true, true])]
// A failure that only mentions memory is no skip.
#[case(ClauseResult { reason: "out of memory".into(), ..fail("free.null", Level::Detail) }, [false, false])]
fn one_result_decides(#[case] result: ClauseResult, #[case] violates: [bool; 2]) {
    for (strict, violates) in [false, true].into_iter().zip(violates) {
        let results = [pass("malloc.basic"), result.clone()];
        let expected = if violates { Conformance::Violates } else { Conformance::Conforms };
        assert_eq!(conformance(&results, strict), expected, "strict: {strict}");
        assert_eq!(status(&results, strict), if violates { Status::Violates } else { Status::Conforms });
    }
}

#[test]
fn only_skips_are_starved() {
    assert!(is_starved(&skip("free.null", "out of memory")));
    assert!(!is_starved(&skip("free.null", "ran out of memory")));
    assert!(!is_starved(&ClauseResult { verdict: Verdict::Fail, ..skip("free.null", "out of time") }));
}

#[test]
fn a_report_cannot_hold_two_results_of_one_place() {
    let mut results = over(&pass("free.null"), &runs(), &DOMAINS);
    assert_eq!(verify(&results), Ok(()));
    results.push(ClauseResult { mode: Mode::Embedded, configuration: Configuration::EnvDebug, ..pass("free.null") });
    let expected = "two results of clause `free.null` in raw (embedded PYTHONMALLOC=debug)";
    assert_eq!(verify(&results), Err(expected.to_owned()));
}

#[rstest]
#[case(ClauseResult { area: Area::Limits, ..pass("free.null") }, "a result of clause `free.null` is filed under the area `limits`")]
#[case(ClauseResult { area: Area::Malloc, ..pass("mimalloc.default") }, "a result of clause `mimalloc.default` is filed under the area `malloc`")]
#[case(skip("free.null", ""), "a result of clause `free.null` that is no pass gives no reason")]
fn a_result_must_be_consistent(#[case] result: ClauseResult, #[case] sentence: &str) {
    assert_eq!(verify(&[pass("malloc.basic"), result]), Err(sentence.to_owned()));
}
