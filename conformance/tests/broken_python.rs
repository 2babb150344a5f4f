//! Each clause that only an interpreter can break is broken in one, and its own checks notice.
//!
//! The objects of a Python are linked into a shared library again, with the functions of one file of `c-tests/python` in
//! the place of its own.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Ended, Lab, Run, Turn, not_run};
use pymem_abi::Found;
use pymem_spec::Registry;

#[test]
fn every_broken_python_is_noticed_by_its_own_clause() {
    let Some(python) = Python::newest() else {
        return not_run("broken Pythons", "apt-get install -y gcc binutils python3-dev");
    };
    let (parts, later): (Vec<Part>, Vec<Part>) = parts().into_iter().partition(|part| python.has(&part.breaks));
    later.iter().for_each(|part| println!("not run: {} is of a later version", part.breaks));
    assert!(!parts.is_empty());
    let survivors: Vec<String> = parts.iter().filter_map(|part| python.survives(part)).collect();
    assert!(survivors.is_empty(), "{} of {}:\n{}", survivors.len(), parts.len(), survivors.join("\n"));
}

#[test]
fn the_same_python_whole_keeps_every_clause() {
    // That it was not run is said above.
    let Some(python) = Python::newest() else { return };
    let clauses = parts().into_iter().filter(|part| python.has(&part.breaks));
    let clauses = clauses.map(|part| format!("--only={}", part.breaks));
    let ended = Run::json(python.lab.path(WHOLE)).with(["--strict"]).with(clauses).with(python.home()).end();
    let report = ended.has_status(0).report();
    assert!(report.failing().is_empty(), "{}", report.failures());
}

/// The library without a broken part.
const WHOLE: &str = "libpython.so";

/// A file that takes the place of some functions.
struct Part {
    source: PathBuf,
    breaks: String,
    replaces: Vec<String>,
}

/// Every file of `c-tests/python`, in order.
fn parts() -> Vec<Part> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../c-tests/python");
    let entries = fs::read_dir(folder).expect("the folder is part of the repository");
    let files = entries.map(|entry| entry.expect("it can be read").path());
    let mut parts: Vec<Part> =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "c")).map(part).collect();
    parts.sort_by(|one, other| one.source.cmp(&other.source));
    parts
}

fn part(source: PathBuf) -> Part {
    let text = fs::read_to_string(&source).expect("it can be read");
    let said = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(" * ")?.strip_prefix(key)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("{} has no `{key}`", source.display())).trim().to_owned()
    };
    let replaces = said("replaces").split_whitespace().map(str::to_owned).collect();
    Part { breaks: said("breaks"), replaces, source: source.clone() }
}

/// The objects of a Python, taken apart.
struct Python {
    lab: Lab,
    found: Found,
    include: PathBuf,
    /// The object that defines a function.
    homes: BTreeMap<String, PathBuf>,
    objects: Vec<PathBuf>,
}

impl Python {
    /// The newest that can be taken apart and put together again.
    fn newest() -> Option<Self> {
        let tools = ["cc", "ar", "nm", "objcopy"];
        if !tools.iter().all(|tool| Command::new(tool).arg("--version").output().is_ok()) {
            return None;
        }
        pymem_abi::pythons().into_iter().rev().find_map(|found| {
            let include = found.headers()?;
            archives(&include).into_iter().find_map(|archive| Self::of(&archive, &found, &include))
        })
    }

    /// None if the objects make no shared library: those of a program are in places of their own.
    fn of(archive: &Path, found: &Found, include: &Path) -> Option<Self> {
        let lab = Lab::new();
        fs::create_dir(lab.path("objects")).expect("the folder is ours");
        made(Command::new("ar").arg("x").arg(archive).current_dir(lab.path("objects")));
        let mut objects: Vec<PathBuf> = files(lab.path("objects")).collect();
        objects.sort();
        let listed = made(Command::new("nm").args(["--print-file-name", "--defined-only"]).args(&objects));
        let homes = String::from_utf8_lossy(&listed.stdout).lines().filter_map(home_of).collect();
        let python = Self { lab, found: found.clone(), include: include.to_owned(), homes, objects };
        let whole = python.link(&python.lab.path(WHOLE), &BTreeMap::new()).status.success();
        whole.then_some(python)
    }

    /// Whether its version has a clause.
    fn has(&self, clause: &str) -> bool {
        let clause = Registry::embedded().clauses().iter().find(|known| known.id == clause);
        let clause = clause.unwrap_or_else(|| panic!("no clause is broken by a file of c-tests/python"));
        clause.since.is_none_or(|since| since <= self.found.version)
    }

    /// Options that say where its standard library lies.
    fn home(&self) -> [PathBuf; 2] {
        let root = self.include.ancestors().nth(2).expect("an include folder lies in a root");
        ["--home".into(), root.to_owned()]
    }

    /// A complaint about a part that its clause does not notice.
    fn survives(&self, part: &Part) -> Option<String> {
        let name = part.source.file_stem().expect("it is a file").to_owned();
        let folder = self.lab.path(&name);
        fs::create_dir(&folder).expect("the folder is ours");
        let ours = folder.join("part.o");
        let mut compiler = Command::new("cc");
        compiler.args(["-O1", "-fPIC", "-Wall", "-c", "-o"]).arg(&ours).arg(&part.source).arg("-I").arg(&self.include);
        made(&mut compiler);

        let mut instead: BTreeMap<&PathBuf, PathBuf> = BTreeMap::new();
        for function in &part.replaces {
            let home = self.homes.get(function).unwrap_or_else(|| panic!("{name:?}: no object defines {function}"));
            let changed = folder.join(home.file_name().expect("it is a file"));
            let from = instead.insert(home, changed.clone()).unwrap_or_else(|| home.clone());
            let rename = format!("{function}={function}_before");
            made(Command::new("objcopy").args(["--redefine-sym", &rename]).arg(from).arg(changed));
        }
        // Nothing but its own file takes it in.
        instead.insert(&ours, ours.clone());
        let library = folder.join("libpython.so");
        let linked = self.link(&library, &instead);
        assert!(linked.status.success(), "{name:?}: {}", String::from_utf8_lossy(&linked.stderr));
        let ended = self.only(&library, &part.breaks);
        let report = ended.report();
        let noticed = report.failing().contains(part.breaks.as_str());
        fs::remove_dir_all(folder).expect("the folder is ours");
        (!noticed).then(|| format!("{}: {} was found to hold", part.source.display(), part.breaks))
    }

    /// A run of the clause's own checks.
    fn only(&self, library: &Path, clause: &str) -> Ended {
        Run::json(library).with(["--strict", "--only", clause]).with(self.home()).end()
    }

    /// Makes a library, with some objects in the place of others or beside them.
    fn link(&self, library: &Path, instead: &BTreeMap<&PathBuf, PathBuf>) -> Output {
        let others = self.objects.iter().filter(|object| !instead.contains_key(object));
        let mut linker = Command::new("cc");
        linker.args(["-shared", "-s", "-o"]).arg(library).args(instead.values()).args(others);
        linker.args(["-Wl,--as-needed", "-lm", "-ldl", "-lutil", "-lpthread"]);
        // What a distribution builds in, and others have as modules of their own.
        let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];
        let is_in = |name: &str, folder: &str| Path::new(folder).join(format!("lib{name}.so")).exists();
        let is_here = |name: &&&str| folders.iter().any(|folder| is_in(name, folder));
        ran(linker.args(["z", "expat"].iter().filter(is_here).map(|name| format!("-l{name}"))))
    }
}

/// The archives that were installed with some headers, those of position-independent objects first.
fn archives(include: &Path) -> Vec<PathBuf> {
    let root = include.ancestors().nth(2).expect("an include folder lies in a root");
    let line = include.file_name().unwrap_or_default().to_string_lossy();
    let library = root.join("lib").join(line.trim_end_matches('m'));
    let is_archive = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "a");
    let mut found: Vec<PathBuf> = files(library).flat_map(files).filter(is_archive).collect();
    found.sort_by_key(|path| !path.to_string_lossy().ends_with("-pic.a"));
    found
}

fn files(folder: impl AsRef<Path>) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Function and object of a line of `nm`: `objects/object.o:0000000000000000 T PyObject_Init`.
fn home_of(line: &str) -> Option<(String, PathBuf)> {
    let (object, rest) = line.rsplit_once(':')?;
    let [_, "T", function] = rest.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    Some((function.to_owned(), object.into()))
}

/// Runs a tool that has to succeed.
fn made(command: &mut Command) -> Output {
    let output = ran(command);
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn ran(command: &mut Command) -> Output {
    // A child of this process while somebody looks for strays would be taken for one.
    let _turn = Turn::take();
    command.output().expect("the tool is here")
}
