//! The JSON report keeps to its schema, and the schema lets nothing else pass.

mod report_samples;

use pymem_conform::report::{self, NoVerdict, Report, json};
use pymem_spec::{Area, Build, Configuration, Domain, Kind, Level, Mode};
use rstest::rstest;
use serde_json::{Value, json};

use report_samples::{conforming, failing, hopeless, over, pass, runs};

#[rstest]
#[case(conforming())]
#[case(failing())]
#[case(hopeless())]
#[case(Report { partial: true, ..conforming() })]
#[case(report_samples::report(Vec::new()))]
fn a_report_is_valid_and_reads_back(#[case] report: Report) {
    let text = json::render(&report);
    assert_valid(&serde_json::from_str(&text).unwrap());
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    assert!(text.ends_with("}\n"));
}

#[rstest]
#[case(NoVerdict::Untestable, "untestable")]
#[case(NoVerdict::HarnessFailed, "harness-failed")]
fn a_run_without_results_is_valid(#[case] verdict: NoVerdict, #[case] word: &str) {
    let report = json::no_report("lib\\xff.so".to_owned(), verdict, "not an ELF file".to_owned());
    let text = json::render_no_report(&report);
    let expected = json!({
        "format": "pymem-conform-report", "version": 1, "target": "lib\\xff.so", "verdict": word, "reason": "not an ELF file",
    });
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    assert_valid(&expected);
}

#[test]
fn fields_stand_in_the_order_of_the_contract() {
    let text = json::render(&failing());
    let fields = |indent: &str, from: &str| -> Vec<String> {
        let lines = text[text.find(from).unwrap()..].lines().skip(1);
        let names = lines
            .take_while(|line| line.starts_with(indent))
            .filter(|line| !line[indent.len()..].starts_with([' ', '}', ']']));
        names.map(|line| line.trim().split('"').nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(
        fields("  ", "{"),
        [
            "format",
            "version",
            "suite",
            "spec",
            "seed",
            "target",
            "verdict",
            "summary",
            "results",
            "traits",
            "witnesses"
        ]
    );
    assert_eq!(fields("    ", "\"target\""), ["name", "kind", "sha256", "python_version", "build"]);
    assert_eq!(
        fields("    ", "\"summary\""),
        ["clauses", "pass", "fail", "warn", "note", "skip", "known", "fixed", "seconds"]
    );
    let result =
        "clause area level domain mode configuration verdict reason expected actual operation witness microseconds";
    assert_eq!(fields("      ", "    {").join(" "), result);
}

/// Words in the types that the schema does not know would fail here.
#[test]
fn the_schema_knows_every_word() {
    let mut results =
        over(&pass("free.null"), &runs(), &[None, Some(Domain::Raw), Some(Domain::Mem), Some(Domain::Obj)]);
    for area in Area::ALL {
        for level in Level::ALL {
            results.push(report::ClauseResult { level: *level, ..pass(&format!("{area}.some-thing.2")) });
        }
    }
    let mut report = report_samples::report(results);
    report.target.python_version = Some("3.15.0a0".parse().unwrap());
    report.target.build = Build::ALL.to_vec();
    for kind in Kind::ALL {
        report.target.kind = *kind;
        assert_valid(&value(&report));
    }
    assert_eq!((Mode::ALL.len(), Configuration::ALL.len()), (2, 10), "`runs` covers every mode and configuration");
}

/// Every field of every object is required, and no object has room for another.
#[rstest]
#[case("")]
#[case("/target")]
#[case("/summary")]
#[case("/results/0")]
#[case("/witnesses/0")]
fn fields_are_required_and_no_others_allowed(#[case] object: &str) {
    let whole = value(&failing());
    let names: Vec<_> = whole.pointer(object).unwrap().as_object().unwrap().keys().cloned().collect();
    assert!(names.len() >= 5);
    // It is left out where nothing failed.
    for name in names.into_iter().filter(|name| name != "witnesses") {
        let mut broken = whole.clone();
        broken.pointer_mut(object).unwrap().as_object_mut().unwrap().remove(&name);
        assert_invalid(&broken, &format!("{object} without {name}"));
    }
    let mut broken = whole;
    broken.pointer_mut(object).unwrap()["surplus"] = json!(1);
    assert_invalid(&broken, &format!("{object} with a surplus field"));
}

#[rstest]
#[case("/format", json!("pymem-report"))]
#[case("/version", json!(2))]
#[case("/suite", json!("new"))]
#[case("/spec", json!("3.13"))]
#[case("/seed", json!(1u64 << 53))]
#[case("/seed", json!(-1))]
#[case("/verdict", json!("untestable"))]
#[case("/verdict", json!("passes"))]
#[case("/partial", json!(false))]
#[case("/target/kind", json!("CPython"))]
#[case("/target/sha256", json!("0123"))]
#[case("/target/python_version", json!("3"))]
#[case("/target/build", json!(["fast"]))]
#[case("/target/build", json!(["release"]))]
#[case("/summary/pass", json!(-1))]
#[case("/summary/fail", json!(0.5))]
#[case("/summary/seconds", json!(null))]
#[case("/results/0/clause", json!("zero-size"))]
#[case("/results/0/clause", json!("zerosize.malloc"))]
#[case("/results/0/clause", json!("zero-size.Malloc"))]
#[case("/results/0/area", json!("zero"))]
#[case("/results/0/level", json!("may"))]
#[case("/results/0/domain", json!("object"))]
#[case("/results/0/mode", json!("init"))]
#[case("/results/0/configuration", json!("PYTHONMALLOC=jemalloc"))]
#[case("/results/0/verdict", json!("warn"))]
#[case("/results/0/reason", json!(""))]
#[case("/results/0/reason", json!(null))]
#[case("/results/0/microseconds", json!(-1))]
#[case("/witnesses", json!([]))]
#[case("/witnesses/0/state", json!("proven"))]
#[case("/witnesses/0/why", json!(null))]
#[case("/traits", json!({"bare.default.raw.alignment": [16]}))]
fn wrong_values_are_rejected(#[case] field: &str, #[case] wrong: Value) {
    let mut broken = value(&failing());
    let (object, name) = field.rsplit_once('/').unwrap();
    broken.pointer_mut(object).unwrap()[name] = wrong.clone();
    assert_invalid(&broken, &format!("{field} = {wrong}"));
}

fn value(report: &Report) -> Value {
    serde_json::to_value(report).unwrap()
}

fn assert_valid(value: &Value) {
    let errors: Vec<_> =
        schema().iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

fn assert_invalid(value: &Value, what: &str) {
    assert!(!schema().is_valid(value), "the schema accepts {what}");
}

fn schema() -> jsonschema::Validator {
    let text = include_str!("../report.schema.json");
    let schema: Value = serde_json::from_str(text).expect("the schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::draft202012::new(&schema).expect("the schema compiles")
}
