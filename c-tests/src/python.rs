//! Pythons that break one clause each, for what only an interpreter can break.
//!
//! The objects of a real one are linked into a shared library again, with the functions of one
//! file of `python/` in the place of its own. The original of such a function is left in the
//! library under its name with `_before` behind it. Functions can be hidden, too: the library has them then for itself.

mod objects;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use pymem_abi::Found;
use pymem_spec::Registry;

use crate::header::{self, Header};
use objects::Objects;

/// A Python made from the objects of another one.
pub struct Python {
    /// The name of its C file without extension; of one without a broken part `whole` and that of its build.
    pub name: String,
    /// The shared library, or why it could not be made.
    pub file: Result<PathBuf, Missing>,
    /// The clause that it breaks; none where it is whole.
    pub breaks: Option<String>,
    /// What is special about it.
    pub about: String,
    /// Why the process that calls it dies, where that is how its defect shows.
    pub dies: Option<String>,
    /// Whether it has no defect, and stands for those that have.
    pub control: bool,
    /// The first words of the clauses that are judged of one that stands for few; else none.
    pub areas: Vec<String>,
    /// The whole one that it was made from, where that was possible.
    pub base: Option<PathBuf>,
    /// Where its standard library is.
    pub home: PathBuf,
    /// A program that asks such a library, loaded before it, about the clause that it is given.
    pub probe: PathBuf,
}

/// Why a Python is not there.
pub enum Missing {
    /// No Python that it could be made from is on this machine.
    Base(String),
    /// It cannot be compiled or linked.
    Fault(String),
}

/// Makes them all in `folder`, those that are not there or older than what they are made of, and
/// a whole one for each build that they are made from.
///
/// # Errors
///
/// What is wrong with a file of `python/`: a sentence, or what the compiler says of the probe.
pub fn make_all(folder: &Path) -> Result<Vec<Python>, String> {
    let sources = crate::sources(Path::new(SOURCES));
    let mut bases = Bases { folder, found: pymem_abi::shared_pythons(), taken_apart: Vec::new() };
    let mut parts = Vec::new();
    for source in sources {
        let header = header::read(&source).map_err(|error| format!("{}: {error}", source.display()))?;
        let base = bases.named(header.of("python"))?;
        parts.push((source, header, base));
    }
    let objects: Vec<&Objects> = bases.taken_apart.iter().filter_map(|(_, base)| base.as_ref()).collect();
    for base in &objects {
        base.make_probe(&Path::new(SOURCES).join("probe"))?;
    }
    let mut made: Vec<Python> = bases
        .taken_apart
        .iter()
        .enumerate()
        .filter_map(|(number, (name, base))| {
            let of_it = parts.iter().filter(|(_, _, base)| *base == number);
            let broken = of_it.filter_map(|(_, header, _)| header.of("breaks")?.split('.').next());
            // The one that nobody named stands for all.
            let areas: BTreeSet<String> = broken.filter(|_| name.is_some()).map(str::to_owned).collect();
            Some(whole(base.as_ref()?, areas.into_iter().collect()))
        })
        .collect();
    made.extend(in_parallel(&parts, |(source, header, base)| {
        broken(source, header, bases.taken_apart[*base].1.as_ref())
    }));
    Ok(made)
}

/// Why none can be made on this machine.
pub fn missing() -> Option<String> {
    let tools = ["cc", "ar", "nm", "objcopy"];
    if let Some(tool) = tools.iter().find(|tool| Command::new(tool).arg("--version").output().is_err()) {
        return Some(format!("`{tool}` cannot be run"));
    }
    let has_archive = |found: &Found| objects::archive(found).is_some();
    let none = !pymem_abi::shared_pythons().iter().any(has_archive);
    none.then(|| "no Python here comes with its headers and an archive of its objects".to_owned())
}

/// The files that take the place of functions.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// The Pythons that are taken apart, each once.
struct Bases<'f> {
    folder: &'f Path,
    found: Vec<Found>,
    taken_apart: Vec<(Option<String>, Option<Objects>)>,
}

impl Bases<'_> {
    /// The number of the one that `python:NAME` names, or of the newest ordinary build whose objects are here.
    ///
    /// # Errors
    ///
    /// What a tool has to say that takes it apart.
    fn named(&mut self, name: Option<&str>) -> Result<usize, String> {
        if let Some(known) = self.taken_apart.iter().position(|(known, _)| known.as_deref() == name) {
            return Ok(known);
        }
        let is_named = |found: &&Found| match name.map(pymem_abi::resolve) {
            None => found.name() == found.version.to_string(),
            Some(path) => path.is_ok_and(|path| path == found.path),
        };
        let mut named = self.found.iter().rev().filter(is_named);
        let base = named.find_map(|found| Objects::of(found, self.folder).transpose()).transpose()?;
        self.taken_apart.push((name.map(str::to_owned), base));
        Ok(self.taken_apart.len() - 1)
    }
}

fn whole(base: &Objects, areas: Vec<String>) -> Python {
    Python {
        name: format!("whole-{}", base.name),
        file: Ok(base.whole.clone()),
        breaks: None,
        dies: None,
        control: true,
        areas,
        base: None,
        about: format!("the objects of Python {}, put together again", base.name),
        home: base.home.clone(),
        probe: base.probe.clone(),
    }
}

fn broken(source: &Path, header: &Header, base: Option<&Objects>) -> Python {
    let name = source.file_stem().and_then(|stem| stem.to_str()).expect("names are plain ASCII");
    let wanted = header.of("python").unwrap_or("of any version");
    let clause = header.of("breaks").and_then(|clause| Registry::embedded().get(clause));
    let has_clause = |base: &&Objects| clause.is_none_or(|clause| clause.holds_in(base.version));
    let missing = || Missing::Base(format!("no Python {wanted} with its clause and an archive of its objects is here"));
    let part = |base: &Objects| base.with_part(name, source, header).map_err(Missing::Fault);
    let file = base.filter(has_clause).ok_or_else(missing).and_then(part);
    Python {
        name: name.to_owned(),
        file,
        breaks: header.of("breaks").map(str::to_owned),
        dies: header.of("dies").map(str::to_owned),
        control: header.of("breaks").is_none(),
        areas: Vec::new(),
        base: base.map(|base| base.whole.clone()),
        about: header.of("about").unwrap_or_default().to_owned(),
        home: base.map(|base| base.home.clone()).unwrap_or_default(),
        probe: base.map(|base| base.probe.clone()).unwrap_or_default(),
    }
}

/// `map` of each item, in order, as many at a time as there are cores.
fn in_parallel<I: Sync, O: Send>(items: &[I], map: impl Fn(&I) -> O + Sync) -> Vec<O> {
    let queue = Mutex::new(items.iter().enumerate());
    let results = Mutex::new(Vec::new());
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let Some((index, item)) = queue.lock().expect("no thread panics").next() else { break };
                    let result = map(item);
                    results.lock().expect("no thread panics").push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no thread panics");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
