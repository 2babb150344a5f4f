//! `cargo xtask COMMAND`: everything that is done with this repository, one
//! module a command.

mod bench;
mod bindgen;
mod cargo;
mod components;
mod conform;
mod explain;
mod failure;
mod list;
mod matrix;
mod mutants;
mod page;
mod panel;
mod pythons;
mod readme;
mod report;
mod repository;
mod test;
mod text;
mod tidy;

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::process::ExitCode;

use failure::Failure;

/// One of the commands.
struct Command {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&[OsString]) -> Result<(), Failure>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "conform",
        arguments: "[ARGUMENTS]",
        about: "build the suite, optimised, and run it: `cargo xtask conform --help`",
        run: conform::run,
    },
    Command {
        name: "list",
        arguments: "[GLOB]... [--coverage]",
        about: "the clauses of the contract, one a line; with `--coverage` what judges each",
        run: |args| list::command(&words(args)?),
    },
    Command {
        name: "explain",
        arguments: "CLAUSE",
        about: "all that the contract says of one clause",
        run: |args| print(&explain::run(&words(args)?).map_err(Failure::usage)?),
    },
    Command {
        name: "python",
        arguments: "--alloc LIBRARY -- [ARGUMENTS]",
        about: "run a program of Python on an allocator, every block verified: `cargo xtask python --help`",
        run: conform::python,
    },
    Command {
        name: "pythons",
        arguments: "[--format json]",
        about: "the CPythons of this machine, and how to name each as a target",
        run: pythons::run,
    },
    Command {
        name: "matrix",
        arguments: "[TARGET]...",
        about: "the suite on every CPython, and where they differ: `cargo xtask matrix --help`",
        run: matrix::run,
    },
    Command {
        name: "panel",
        arguments: "[--known]",
        about: "the suite on the real allocators of this machine: `cargo xtask panel --help`",
        run: panel::run,
    },
    Command {
        name: "mutants",
        arguments: "[NAME]...",
        about: "show what the suite catches, and whom it never accuses: `cargo xtask mutants --help`",
        run: mutants::run,
    },
    Command {
        name: "test",
        arguments: "[--require-all]",
        about: "every test of the repository; what cannot run for want of a component is named",
        run: test::run,
    },
    Command { name: "tidy", arguments: "", about: "the rules of the house that no compiler checks", run: tidy::run },
    Command {
        name: "bench",
        arguments: "[TARGET]... | --suite",
        about: "measure allocators side by side, or the suite itself",
        run: bench::run,
    },
    Command {
        name: "bindgen",
        arguments: "",
        about: "make crates/pymem-abi/src/bindings.rs anew from include/pymem_abi.h",
        run: bindgen::run,
    },
    Command {
        name: "readme",
        arguments: "[--check]",
        about: "put what its commands print into README.md, or see whether it is there",
        run: readme::run,
    },
];

fn main() -> ExitCode {
    match dispatch(&std::env::args_os().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If nobody reads this, the status still tells.
            let _ = writeln!(std::io::stderr(), "xtask: {failure}");
            ExitCode::from(failure.status())
        }
    }
}

fn dispatch(args: &[OsString]) -> Result<(), Failure> {
    let Some((name, rest)) = args.split_first() else { return print(&help()) };
    if ["help", "--help", "-h"].iter().any(|word| name == OsStr::new(word)) {
        return print(&help());
    }
    match COMMANDS.iter().find(|command| name == OsStr::new(command.name)) {
        Some(command) => (command.run)(rest),
        None => {
            let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
            Err(Failure::usage(format!(
                "unknown command `{}`; there are: {}",
                name.to_string_lossy().escape_debug(),
                names.join(", ")
            )))
        }
    }
}

fn help() -> String {
    let rows: Vec<_> = COMMANDS
        .iter()
        .map(|command| (format!("{} {}", command.name, command.arguments).trim_end().to_owned(), command.about))
        .collect();
    let width = rows.iter().map(|(use_, _)| use_.len()).max().unwrap_or(0);
    let lines: String = rows.iter().map(|(use_, about)| format!("  {use_:width$}  {about}\n")).collect();
    format!("Usage: cargo xtask COMMAND\n\n{lines}")
}

/// Writes to standard output. A reader that went away is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Arguments as text: no clause, glob or flag holds anything else.
fn words(args: &[OsString]) -> Result<Vec<String>, Failure> {
    let word = |arg: &OsString| {
        let shown = || format!("`{}` is no plain text", arg.to_string_lossy().escape_debug());
        arg.to_str().map(str::to_owned).ok_or_else(|| Failure::usage(shown()))
    };
    args.iter().map(word).collect()
}

/// Whether the one flag that a command takes was given.
///
/// # Errors
///
/// A sentence for every other argument.
fn only_flag(command: &str, flag: Option<&str>, args: &[OsString]) -> Result<bool, Failure> {
    let takes = flag.map_or("no arguments".to_owned(), |flag| format!("`{flag}` and nothing else"));
    for word in words(args)? {
        if Some(word.as_str()) != flag {
            return Err(Failure::usage(format!("unknown argument `{}`; {command} takes {takes}", word.escape_debug())));
        }
    }
    Ok(!args.is_empty())
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn refused(args: &[&str]) -> String {
        let failure = dispatch(&args.iter().map(OsString::from).collect::<Vec<_>>()).expect_err("a mistake");
        assert_eq!(failure.status(), 2, "{failure}");
        failure.to_string()
    }

    #[test]
    fn the_help_names_every_command() {
        insta::assert_snapshot!(help());
    }

    #[test]
    fn mistakes_are_told_in_one_sentence() {
        let uses = [
            &["mutant"][..],
            &["Test"],
            &["a\x1b[31m\nb"],
            &["test", "--require"],
            &["tidy", "now"],
            &["bindgen", "--check"],
            &["readme", "--check", "now"],
            &["pythons", "--format=xml"],
            &["list", "xyzzy"],
            &["explain"],
        ];
        insta::assert_snapshot!(uses.map(refused).join("\n"));
    }

    #[test]
    fn bytes_that_are_no_text_are_no_command() {
        let odd = OsString::from_vec(vec![0xff]);
        for args in [vec![odd.clone()], vec!["tidy".into(), odd.clone()], vec!["list".into(), odd]] {
            assert_eq!(dispatch(&args).expect_err("a mistake").status(), 2);
        }
    }
}
