//! `pymem-conform python`: any program of Python on an allocator, every block verified.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::python::{Run, parse};
use crate::command::{complain, show_usage};
use crate::inside::launcher::Launcher;
use crate::report;
use crate::sandbox::keeper::signal_name;
use crate::sandbox::python;
use crate::status::Status;
use crate::target::{NoTarget, Target};

/// The word that asks for it.
pub const WORD: &str = "python";
/// Violations that are told.
const TOLD: usize = 5;

/// Runs it.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let run = match parse(arguments, python_on_path) {
        Ok(run) => run,
        Err(usage) => return show_usage(&usage).into(),
    };
    let interpreter = match prepare(&run) {
        Ok(interpreter) => interpreter,
        Err(NoTarget::BadUse(sentence)) => return complain(Status::BadUse, &sentence).into(),
        Err(NoTarget::Untestable(sentence)) => return complain(Status::Untestable, &sentence).into(),
    };
    let launcher = match Launcher::of(&interpreter) {
        Ok(launcher) => launcher,
        Err(sentence) => return complain(Status::Untestable, &sentence).into(),
    };
    let environment = launcher.environment(std::env::vars_os());
    let ended = match python::run(&launcher.program, &run.words, &environment) {
        Ok(ended) => ended,
        Err(error) => {
            let program = report::name_of(launcher.program.as_os_str());
            return complain(Status::Untestable, &format!("`{program}` cannot be run: {error}")).into();
        }
    };
    let verified = tell(&launcher, &report::name_of(&run.options.target), run.guarded);
    if let Some(signal) = ended.signal() {
        complain(Status::Conforms, &format!("{} killed Python", signal_name(signal)));
    }
    match (ended.code(), ended.signal()) {
        _ if verified != Status::Conforms => verified.into(),
        (Some(status), _) => ExitCode::from(status as u8),
        (None, signal) => ExitCode::from(128 + signal.unwrap_or_default() as u8),
    }
}

fn prepare(run: &Run) -> Result<Target, NoTarget> {
    let mut interpreter = Target::resolve(&run.options)?;
    if let Some(candidate) = &mut interpreter.candidate {
        candidate.order.guarded = run.guarded;
    }
    Ok(interpreter)
}

/// Says what was verified, and how it went.
fn tell(launcher: &Launcher, allocator: &str, guarded: bool) -> Status {
    let found = launcher.found();
    let mut told: Vec<(String, usize)> = Vec::new();
    for violation in &found {
        let whose = if violation.what.is_the_programs() { "the program" } else { allocator };
        let text = format!("{whose}: {}", report::escape(&violation.to_string()));
        match told.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => told.push((text, 1)),
        }
    }
    for (text, count) in told.iter().take(TOLD) {
        let times = if *count > 1 { format!(" ({count} times)") } else { String::new() };
        complain(Status::Violates, &format!("{text}{times}"));
    }
    if told.len() > TOLD {
        complain(Status::Violates, &format!("and {} more", told.len() - TOLD));
    }
    match launcher.calls() {
        _ if found.iter().any(|violation| !violation.what.is_the_programs()) => Status::Violates,
        Some(calls) if guarded && found.is_empty() => {
            complain(Status::Conforms, &format!("{calls} calls of {allocator}, every block in order"))
        }
        None if guarded && found.is_empty() => complain(
            Status::Conforms,
            &format!("Python ended without a last word; no block of {allocator} was out of order"),
        ),
        _ => Status::Conforms,
    }
}

/// What a shell would start as `python3`.
fn python_on_path() -> Option<OsString> {
    let path = std::env::var_os("PATH")?;
    let programs = std::env::split_paths(&path).map(|folder| folder.join("python3"));
    programs.into_iter().find(|program| program.is_file()).map(PathBuf::into_os_string)
}
