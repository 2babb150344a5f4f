//! `cargo xtask bench`: how fast allocators are, and the suite itself. What is compared is measured in turn, in one
//! run, because the machine has other things to do.

mod allocators;
mod chart;
mod panel;
mod spread;
mod suite;
mod table;

use std::ffi::OsString;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::{print, repository, words};

/// Measures the allocators that are named, or those of this machine; with `--suite` the suite.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    let words = words(args)?;
    match words.iter().find(|word| word.starts_with('-')) {
        Some(_) if words == ["--suite"] => suite::run(),
        Some(word) => {
            Err(Failure::usage(format!("`bench` takes targets, or `--suite` alone, not `{}`", word.escape_debug())))
        }
        None => allocators(&words),
    }
}

fn allocators(targets: &[String]) -> Result<(), Failure> {
    let panel = if targets.is_empty() { panel::of_this_machine()? } else { panel::named(targets)? };
    let runs = allocators::measure(&panel)?;
    print(&table::render(&panel, &runs))?;
    let file = chart_file()?;
    let written = std::fs::write(&file, chart::render(&panel, &runs));
    written.map_err(|error| Failure::failed(format!("{} cannot be written: {error}", file.display())))?;
    eprintln!("chart: {}", file.display());
    Ok(())
}

fn chart_file() -> Result<PathBuf, Failure> {
    Ok(repository::target().map_err(Failure::failed)?.join("bench.svg"))
}

#[cfg(test)]
mod tests {
    use super::allocators::{Runs, WORKLOADS};
    use super::panel::Member;

    /// Three allocators, one of which is called by one thread at a time.
    pub fn example() -> (Vec<Member>, Vec<Vec<Runs>>) {
        let panel = ["first", "slow | odd", "<fast> & more"];
        let panel = panel.map(|label| Member { label: label.into(), target: label.into() });
        let runs = |base: f64, memory: bool, refused: Option<&str>| Runs {
            // Three rounds, the later the slower, and slower by more where they were slow to begin with.
            nanoseconds: if refused.is_some() {
                vec![]
            } else {
                (0..3).map(|round| base + base * base * f64::from(round) / 100.0).collect()
            },
            memory: if memory { vec![base / 10.0] } else { vec![] },
            refused: refused.map(str::to_owned),
        };
        let row = |index: usize| {
            let (memory, threads) = (index == 3, index >= 4);
            let base = 10.0 + index as f64;
            let alone = threads.then_some("one thread at a time may call it");
            vec![runs(base, memory, None), runs(base * 2.0, memory, alone), runs(base * 0.5, memory, None)]
        };
        (panel.into(), (0..WORKLOADS.len()).map(row).collect())
    }

    #[rstest::rstest]
    #[case(&["--fast"], "`--fast`")]
    #[case(&["--suite", "reference"], "`--suite`")]
    fn mistakes_are_told(#[case] args: &[&str], #[case] words: &str) {
        let args: Vec<_> = args.iter().map(std::ffi::OsString::from).collect();
        let failure = super::run(&args).expect_err("a mistake");
        assert_eq!(failure.status(), 2);
        assert!(failure.to_string().contains(words), "{failure}");
    }
}
