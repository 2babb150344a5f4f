//! Reports that no suite made, for the tests of what is shown.

use std::collections::BTreeMap;

use pymem_spec::{Build, Domain, Level};

use super::model::Matrix;
use super::run::Ran;
use crate::report::{ClauseResult, Report, Summary, Target, Verdict};

pub fn target(name: &str, version: Option<&str>, build: &[Build]) -> Target {
    Target {
        kind: pymem_spec::Kind::Cpython,
        name: name.into(),
        python_version: version.map(|version| version.parse().expect("a version")),
        build: build.to_vec(),
    }
}

pub fn result(clause: &str, verdict: Verdict, reason: &str) -> ClauseResult {
    ClauseResult {
        clause: clause.into(),
        level: Level::Must,
        domain: Some(Domain::Raw),
        verdict,
        reason: reason.into(),
        expected: None,
    }
}

/// A report of a Python in which each clause has one result: a pass where the reason is empty, a failure where it
/// begins with `expected`, else a skip.
pub fn report(version: &str, clauses: &[(&str, &str)]) -> Report {
    let results: Vec<_> = clauses
        .iter()
        .map(|(clause, reason)| match reason {
            reason if reason.is_empty() => result(clause, Verdict::Pass, reason),
            reason if reason.starts_with("expected") => result(clause, Verdict::Fail, reason),
            reason => result(clause, Verdict::Skip, reason),
        })
        .collect();
    let count = |verdict| results.iter().filter(|result| result.verdict == verdict).count();
    let (pass, fail, skip) = (count(Verdict::Pass), count(Verdict::Fail), count(Verdict::Skip));
    Report {
        spec: version.parse().expect("a version"),
        target: target(&format!("/opt/{version}/lib/libpython.so"), Some(version), &[Build::Release, Build::Gil]),
        verdict: if fail == 0 { "conforms".into() } else { "violates".into() },
        summary: Summary { pass, fail, skip, seconds: 1.5, ..Summary::default() },
        results,
        witnesses: Vec::new(),
        traits: BTreeMap::from([("bare.default.raw.alignment".to_owned(), 16.into())]),
    }
}

pub fn ran(found: Result<Report, String>) -> Ran {
    let target = found.as_ref().map_or("/opt/libnone.so", |report| &report.target.name).into();
    let status = match &found {
        Ok(report) if report.verdict == "conforms" => 0,
        Ok(_) => 1,
        Err(_) => 3,
    };
    Ran { target, status: Some(status), found }
}

/// Three versions, one of which fails, and a target that cannot be tested.
pub fn matrix() -> Matrix {
    let mut old = report(
        "3.6.15",
        &[
            ("symbols.gc-queries", "holds since 3.9"),
            ("symbols.vtable", "not for cpython targets"),
            ("zero-size.free", ""),
            ("free.null", ""),
            ("free.reuse", "expected the block again; another one"),
            ("debug-hooks.layout.serial-number", ""),
            ("debug-hooks.report.state", "holds since 3.8"),
        ],
    );
    old.traits = BTreeMap::from([
        ("bare.default.raw.alignment".to_owned(), 16.into()),
        ("bare.default.mem.alignment".to_owned(), 8.into()),
        ("bare.default.obj.alignment".to_owned(), 8.into()),
        ("bare.debug-hooks.mem.alignment".to_owned(), 16.into()),
        ("bare.debug-hooks.obj.alignment".to_owned(), 16.into()),
    ]);
    let mut newer = report(
        "3.11.2",
        &[
            ("symbols.gc-queries", ""),
            ("symbols.vtable", "not for cpython targets"),
            ("zero-size.free", ""),
            ("free.null", "expected the call returns; it is killed by signal 11 (SIGSEGV)"),
            ("free.reuse", "expected the block again; another one"),
            ("debug-hooks.layout.serial-number", "holds until 3.7"),
            ("debug-hooks.report.state", ""),
        ],
    );
    newer.results[4].level = Level::Should;
    (newer.summary.fail, newer.summary.warn) = (1, 1);
    let mut newest = report(
        "3.13.5",
        &[
            ("symbols.gc-queries", ""),
            ("symbols.vtable", "not for cpython targets"),
            ("zero-size.free", ""),
            ("free.null", ""),
            ("free.reuse", "expected the block again; another one"),
            ("debug-hooks.layout.serial-number", "holds until 3.7"),
            ("debug-hooks.report.state", "out of time after 3 of 7"),
        ],
    );
    newest.target.build = vec![Build::Release, Build::FreeThreaded];
    let refused = Err("`/opt/libnone.so` cannot be tested: it is no ELF file".to_owned());
    Matrix::new(&[ran(Ok(old)), ran(Ok(newer)), ran(Ok(newest)), ran(refused)])
}

/// More Pythons than fit beside each other, two of which look alike.
pub fn wide() -> Matrix {
    let versions = (6..18).flat_map(|minor| [format!("3.{minor}.10"), format!("3.{minor}.1")]);
    let clauses = |minor: u16| {
        [
            ("debug-hooks.detects.underflow.realloc", if minor < 9 { "holds since 3.9" } else { "" }),
            ("limits.calloc.product-above-ssize-max", if minor < 12 { "" } else { "only for debug builds" }),
        ]
    };
    let reports = versions.map(|version| {
        let minor = version.split('.').nth(1).and_then(|minor| minor.parse().ok()).expect("a version");
        ran(Ok(report(&version, &clauses(minor))))
    });
    let twice = [ran(Ok(report("3.13.1", &clauses(13)))), ran(Ok(report("3.13.1", &clauses(13))))];
    Matrix::new(&reports.chain(twice).collect::<Vec<_>>())
}

/// One Python that fails.
pub fn one() -> Matrix {
    let clauses = [
        ("free.null", "expected nothing; a crash"),
        ("zero-size.free", ""),
        ("symbols.vtable", "not for cpython targets"),
    ];
    Matrix::new(&[ran(Ok(report("3.12.1", &clauses)))])
}

/// Texts that would steer a terminal or break a table.
pub fn hostile() -> Matrix {
    let odd = "\x1b[31m| `x` <b \"'> |\n# y";
    let mut bad = report("3.12.1", &[("free.null", &format!("expected {odd}")), ("free.reuse", odd)]);
    bad.target = target(&format!("/opt/{odd}.so"), None, &[]);
    bad.traits = BTreeMap::from([("odd".to_owned(), odd.into())]);
    let sound = report("3.13.0", &[("free.null", ""), ("free.reuse", "")]);
    Matrix::new(&[ran(Ok(bad)), ran(Ok(sound)), ran(Err(odd.to_owned()))])
}
