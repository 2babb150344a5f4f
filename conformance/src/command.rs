//! The whole command: arguments in, reports out, status at the end.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use pymem_spec::{Clause, Mode, Registry};
use serde_json::Value;

use crate::cli::{self, Format, Options, Usage, WitnessDir};
use crate::corpus;
use crate::inside::install::NOT_PUT_IN;
use crate::inside::suite::{self, Tests};
use crate::judge::{self, NoResults};
use crate::plan::{self, Judged, Plan, Row};
use crate::python;
use crate::report::destination::{Delivery, Destination};
use crate::report::{
    self, ClauseResult, FORMAT_VERSION, Listing, NoVerdict, Planned, Report, Selected, Style, Verdict, assemble, json,
};
use crate::run::{self, Settings};
use crate::sandbox::sys;
use crate::session;
use crate::status::Status;
use crate::target::{NoTarget, Target};
use crate::witness::writing;

/// The variable in which `cargo xtask` says how it was called.
pub const CALLED_AS: &str = "PYMEM_CONFORM_COMMAND";

/// Runs the program.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // A limit on the size of files is an error of writing, not our end.
    sys::ignore(libc::SIGXFSZ);
    run::catch_interrupts();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if arguments.get(1).is_some_and(|word| word == python::WORD) {
        return python::main(arguments);
    }
    conform(arguments).into()
}

/// Judges a target.
fn conform(arguments: Vec<OsString>) -> Status {
    let options = match cli::parse(arguments) {
        Ok(options) => options,
        Err(usage) => return show_usage(&usage),
    };
    let outputs = match open_outputs(&options) {
        Ok(outputs) => outputs,
        Err(sentence) => return complain(Status::HarnessFailed, &sentence),
    };
    if let Err(sentence) = writing::try_folder(&options) {
        return complain(Status::HarnessFailed, &sentence);
    }
    let target = match Target::resolve(&options) {
        Ok(target) => target,
        Err(NoTarget::BadUse(sentence)) => return complain(Status::BadUse, &sentence),
        Err(NoTarget::Untestable(sentence)) => {
            return no_report(&options, outputs, Status::Untestable, NoVerdict::Untestable, &sentence);
        }
    };
    let plan = match Plan::new(&target, &options) {
        Ok(plan) => plan,
        Err(sentence) => return complain(Status::BadUse, &sentence),
    };
    if options.list {
        return show_plan(&plan, &target, outputs);
    }
    test(&target, &plan, &options, outputs)
}

/// Runs the plan and reports.
fn test(target: &Target, plan: &Plan, options: &Options, outputs: Vec<(Format, Destination)>) -> Status {
    let started = Instant::now();
    let settings = Settings {
        jobs: options.jobs.get(),
        timeout: options.timeout,
        seed: options.seed,
        hurry: options.deep.is_none(),
    };
    let mut told = match run::run(&plan.sessions, settings) {
        Ok(told) => told,
        Err(error) => {
            let sentence = format!("the run failed: {error}");
            return no_report(options, outputs, Status::HarnessFailed, NoVerdict::HarnessFailed, &sentence);
        }
    };
    if plan.rows.iter().any(|row| matches!(row.judged, Judged::ByTests)) && !told.interrupted {
        told.tests = run_tests(target, options, &told);
        told.interrupted = run::is_interrupted();
    }
    if target.candidate.is_some() && !told.not_ready.is_empty() && starts_by_itself(target, options, settings) {
        told.blame_start();
    }
    let mut results = match judge::judge(plan, &told, &target.names) {
        Ok(results) => results,
        Err(NoResults::Untestable(sentence)) => {
            let untestable = if sentence.starts_with(NOT_PUT_IN) { target.judged() } else { target };
            let sentence =
                format!("`{}` cannot be tested: {}", report::name_of(&untestable.name), report::escape(&sentence));
            return no_report(options, outputs, Status::Untestable, NoVerdict::Untestable, &sentence);
        }
        Err(NoResults::Harness(sentence)) => {
            return no_report(options, outputs, Status::HarnessFailed, NoVerdict::HarnessFailed, &sentence);
        }
    };
    assemble::sort(&mut results);
    if let Some(reason) = nothing_judged(&results).filter(|_| !told.interrupted) {
        return complain(Status::BadUse, &format!("nothing of what was selected could be judged: {reason}"));
    }
    if let Err(sentence) = assemble::verify(&results) {
        return no_report(options, outputs, Status::HarnessFailed, NoVerdict::HarnessFailed, &sentence);
    }
    if options.deep.is_some()
        && let Err(error) = corpus::remember(failing_seeds(&told))
    {
        complain(Status::Conforms, &format!("the seeds that failed are not remembered: {error}"));
    }
    let witnesses = match &options.witnesses {
        // Programs that show a failure know one library, not two.
        _ if told.interrupted || target.candidate.is_some() => Vec::new(),
        WitnessDir::Given(folder) => writing::all(plan, &told, (target, options), started, &mut results, folder),
        WitnessDir::Default => {
            writing::all(plan, &told, (target, options), started, &mut results, Path::new(cli::DEFAULT_WITNESS_DIR))
        }
        WitnessDir::None => Vec::new(),
    };
    // Witnesses that were not written are missed too.
    told.interrupted |= run::is_interrupted();
    let report = Report {
        format: json::FORMAT.to_owned(),
        version: FORMAT_VERSION,
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        spec: plan.spec,
        seed: options.seed,
        target: report::Target {
            name: report::name_of(&target.judged().name),
            kind: target.judged().kind,
            sha256: target.judged().audit.as_ref().map(|audit| audit.sha256.clone()),
            python_version: target.version,
            build: target.builds.clone(),
        },
        verdict: assemble::conformance(&results, options.strict),
        summary: assemble::summarise(&results, started.elapsed().as_secs_f64()),
        traits: traits(plan, &told, target),
        witnesses,
        partial: told.interrupted,
        results,
    };
    let status = assemble::status(&report.results, options.strict);
    let written = write_reports(&report, options, outputs);
    if told.interrupted { Status::Interrupted } else { status.merge(written) }
}

/// CPython's own tests on what was put into an interpreter; none if the user interrupts.
fn run_tests(target: &Target, options: &Options, told: &run::Told) -> Option<Tests> {
    if !told.not_ready.is_empty() {
        return Some(Tests::NotRun("the interpreter does not start".into()));
    }
    suite::run(target, options.jobs.get())
}

/// Whether an interpreter starts on its own allocators: then it is what was put into it that keeps it from starting.
fn starts_by_itself(target: &Target, options: &Options, settings: Settings) -> bool {
    let alone = Target { candidate: None, ..target.clone() };
    let options = Options {
        only: vec![plan::HARMLESS.into()],
        skip: Vec::new(),
        mode: Some(Mode::Embedded),
        deep: None,
        ..options.clone()
    };
    let Ok(plan) = Plan::new(&alone, &options) else { return false };
    run::run(&plan.sessions[..1], settings).is_ok_and(|told| told.not_ready.is_empty())
}

/// Seeds of the random programs of which the last one failed.
fn failing_seeds(told: &run::Told) -> Vec<Vec<u64>> {
    let failed = |at: &(usize, usize)| told.endings.get(at).is_some_and(|(ending, _)| ending.speaks_against());
    told.random.iter().filter(|(at, _)| failed(at)).map(|(_, seeds)| seeds.clone()).collect()
}

/// Facts that no clause judges, and what was taken out of the environment.
fn traits(plan: &Plan, told: &run::Told, target: &Target) -> BTreeMap<String, Value> {
    let mut traits = judge::traits(plan, told);
    if let Some(candidate) = &target.candidate {
        traits.insert("inside.python".into(), report::name_of(&target.name).into());
        traits.insert("inside.how".into(), candidate.order.how.to_string().into());
        let domains: Vec<_> = candidate.order.domains.iter().map(ToString::to_string).collect();
        traits.insert("inside.domains".into(), domains.join(",").into());
    }
    let removed = session::removed_variables();
    if !removed.is_empty() {
        traits.insert("environment.removed".into(), removed.join(" ").into());
    }
    traits
}

/// Why nothing was judged, if nothing was: a run must not pass because it did not
/// run.
fn nothing_judged(results: &[ClauseResult]) -> Option<&str> {
    let judged = results.iter().any(|result| result.verdict != Verdict::Skip);
    results.first().filter(|_| !judged).map(|result| result.reason.as_str())
}

fn write_reports(report: &Report, options: &Options, outputs: Vec<(Format, Destination)>) -> Status {
    let mut status = Status::Conforms;
    for (format, destination) in outputs {
        let text = match format {
            Format::Json => json::render(report),
            Format::Human => report::render(report, Registry::embedded(), &style(options, &destination)),
        };
        status = status.merge(deliver(destination, &text));
    }
    status
}

/// Reports that there is no report: in words for people, and for programs where
/// they asked.
fn no_report(
    options: &Options,
    outputs: Vec<(Format, Destination)>,
    status: Status,
    verdict: NoVerdict,
    sentence: &str,
) -> Status {
    let report = json::no_report(report::name_of(&options.target), verdict, sentence.to_owned());
    let mut written = Status::Conforms;
    for (format, destination) in outputs {
        if format == Format::Json {
            written = written.merge(deliver(destination, &json::render_no_report(&report)));
        }
    }
    complain(status, sentence).merge(written)
}

pub(crate) fn show_usage(usage: &Usage) -> Status {
    match usage {
        Usage::Help(text) => deliver(Destination::stdout(), text),
        Usage::Bad(sentence) => complain(usage.status(), sentence),
    }
}

fn show_plan(plan: &Plan, target: &Target, outputs: Vec<(Format, Destination)>) -> Status {
    let listing = listing(plan, target);
    let mut status = Status::Conforms;
    for (format, destination) in outputs {
        let style = Style { color: destination.wants_color(), ..Style::default() };
        let text = match format {
            Format::Json => json::render_listing(&listing),
            Format::Human => report::list(&listing.results, Registry::embedded(), &style),
        };
        status = status.merge(deliver(destination, &text));
    }
    status
}

fn listing(plan: &Plan, target: &Target) -> Listing {
    let mut rows: Vec<&Row> = plan.rows.iter().collect();
    rows.sort_by_key(|row| (row.clause.area, &row.clause.id, row.domain, row.mode, row.configuration));
    let runs = rows.iter().filter(|row| !matches!(row.judged, Judged::Skipped(_)));
    let planned = |row: &&Row| Planned {
        clause: row.clause.id.clone(),
        level: row.level,
        domain: row.domain,
        mode: row.mode,
        configuration: row.configuration,
    };
    let mut clauses: Vec<&Clause> = rows.iter().map(|row| row.clause).collect();
    clauses.dedup();
    clauses.extend(&plan.elsewhere);
    clauses.sort_by_key(|clause| (clause.area, &clause.id));
    let selected =
        |clause: &&Clause| Selected { clause: clause.id.clone(), judged_by: plan::way_of(clause, target, &plan.spec) };
    Listing {
        format: Listing::FORMAT.to_owned(),
        version: FORMAT_VERSION,
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        spec: plan.spec,
        target: report::name_of(&target.name),
        clauses: clauses.iter().map(selected).collect(),
        results: runs.map(planned).collect(),
    }
}

fn open_outputs(options: &Options) -> Result<Vec<(Format, Destination)>, String> {
    let open = |output: &cli::Output| match &output.file {
        Some(path) => Destination::file(path).map(|file| (output.format, file)).map_err(|error| error.to_string()),
        None => Ok((output.format, Destination::stdout())),
    };
    options.outputs.iter().map(open).collect()
}

fn style(options: &Options, destination: &Destination) -> Style {
    Style {
        color: destination.wants_color(),
        strict: options.strict,
        command: called().into_iter().chain(options.command.iter().skip(1).cloned()).collect(),
        ..Style::default()
    }
}

/// The words by which the program was called: its name, or what ran it for the
/// user.
fn called() -> Vec<OsString> {
    let words = std::env::var(CALLED_AS).unwrap_or_else(|_| "pymem-conform".into());
    words.split(' ').map(OsString::from).collect()
}

fn deliver(destination: Destination, text: &str) -> Status {
    match destination.write(text) {
        Ok(Delivery::Complete | Delivery::ReaderGone) => Status::Conforms,
        Err(error) => complain(Status::HarnessFailed, &error.to_string()),
    }
}

/// Says one sentence on standard error; if even that fails nobody can be told.
pub(crate) fn complain(status: Status, sentence: &str) -> Status {
    let _ = writeln!(std::io::stderr(), "pymem-conform: {sentence}");
    status
}
