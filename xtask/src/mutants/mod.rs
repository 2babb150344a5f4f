//! `cargo xtask mutants`: what the suite catches, and whom it never accuses.
//!
//! Reading order: [`options`], [`library`] (the allocators that are broken on purpose, and the sound
//! ones), [`trial`] (one of them before the suite, and the [`class`] that it gets), [`proof`] (all of
//! them together, by mutant, clause and area), then what is printed and written: [`human`],
//! [`markdown`], [`json`], [`html`].

mod class;
mod heat;
mod html;
mod human;
mod inside;
mod interval;
mod json;
pub mod library;
mod markdown;
mod options;
mod panel;
mod proof;
#[cfg(test)]
mod samples;
mod suite;
mod trial;

use std::ffi::OsString;
use std::io::{IsTerminal, Write, stderr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::failure::Failure;
use crate::list::coverage::Known;
use crate::{conform, print};
use options::{Options, Wish};
use proof::Proof;

/// Builds all, tries all, prints what came of it, and writes it to files.
pub fn run(args: &[OsString]) -> Result<(), Failure> {
    let options = match options::parse(args).map_err(Failure::usage)? {
        Wish::Help => return print(options::HELP),
        Wish::Run(options) => options,
    };
    let folder = library::folder()?;
    let suite = conform::build()?;
    let known = Known::gather()?;
    let listing = library::list()?;
    let started = Instant::now();
    let mut everything = everything(&listing, &options)?;
    if let Some(python) = &options.inside {
        everything.retain(inside::fits);
        let trials = in_parallel(&everything, options.jobs, |subject| inside::of(&suite, subject, python))?;
        let (text, complaint) = inside::render(&trials, python, started);
        print(&text)?;
        return complaint.map_or(Ok(()), |complaint| Err(Failure::failed(complaint)));
    }
    let trials = in_parallel(&everything, options.jobs, |subject| trial::of(&suite, subject, &options))?;
    let proof = Proof::new(trials, &listing, &known, &options, started.elapsed());
    print(&human::render(&proof, std::io::stdout().is_terminal()))?;
    // A part does not take the place of the whole.
    if proof.complete {
        write(&folder, "mutants.json", &json::render(&proof))?;
        write(&folder, "mutants.md", &markdown::render(&proof))?;
        write(&folder, "mutants.html", &html::render(&proof))?;
        print(&format!("\nWritten to {}: mutants.html, mutants.md, mutants.json\n", folder.display()))?;
    }
    proof.complaint().map_or(Ok(()), |complaint| Err(Failure::failed(complaint)))
}

/// What is tried: the slow ones first, so that none is waited for at the end.
fn everything(listing: &library::Listing, options: &Options) -> Result<Vec<trial::Subject>, Failure> {
    let mut all: Vec<trial::Subject> = panel::of_this_machine().into_iter().collect();
    let (mutants, sound): (Vec<_>, Vec<_>) = listing.libraries.iter().cloned().partition(|one| one.breaks.is_some());
    all.extend(sound.into_iter().chain(mutants).map(|library| trial::Subject::Library(Box::new(library))));
    let is_there = |name: &&String| all.iter().any(|subject| subject.name().contains(*name));
    if let Some(name) = options.names.iter().find(|name| !is_there(name)) {
        return Err(Failure::usage(format!("no mutant and no allocator has `{}` in its name", name.escape_debug())));
    }
    all.retain(|subject| options.takes(subject.name()));
    Ok(all)
}

fn write(folder: &std::path::Path, name: &str, text: &str) -> Result<(), Failure> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// `map` of each item, in order, `jobs` at a time; what is going on is told where somebody watches.
fn in_parallel<I: Sync, T: Send>(
    items: &[I],
    jobs: usize,
    map: impl Fn(&I) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    let watched = stderr().is_terminal();
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some((index, item)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).map(|item| (index, item))
                } {
                    let result = map(item);
                    let mut results = results.lock().expect("no thread panics");
                    let failed = result.is_err();
                    results.push((index, result));
                    if watched {
                        let _ = write!(stderr(), "\r\x1b[K{} of {}", results.len(), items.len());
                    }
                    if failed {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    if watched {
        let _ = write!(stderr(), "\r\x1b[K");
    }
    let mut results = results.into_inner().expect("no thread panics");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
