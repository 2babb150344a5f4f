//! Each clause that only an interpreter can break is broken in one, and its own checks notice.
//!
//! A distribution's archive of position-independent objects is linked into a shared library again, with the functions of
//! one file of `c-tests/python` in the place of its own.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Ended, Lab, Run, Turn, not_run};

#[test]
fn every_broken_python_is_noticed_by_its_own_clause() {
    let Some(python) = Python::find() else {
        return not_run("broken Pythons", "apt-get install -y gcc binutils python3-dev");
    };
    let parts = parts();
    assert!(!parts.is_empty());
    let survivors: Vec<String> = parts.iter().filter_map(|part| python.survives(part)).collect();
    assert!(survivors.is_empty(), "{} of {}:\n{}", survivors.len(), parts.len(), survivors.join("\n"));
}

#[test]
fn the_same_python_whole_keeps_every_clause() {
    // That it was not run is said above.
    let Some(python) = Python::find() else { return };
    let library = python.link(&python.lab.path("libpython.so"), &BTreeMap::new());
    let clauses = parts().into_iter().map(|part| format!("--only={}", part.breaks));
    let ended = Run::json(library).with(["--strict"]).with(HOME).with(clauses).end();
    let report = ended.has_status(0).report();
    assert!(report.failing().is_empty(), "{}", report.failures());
}

/// Where the standard library of the system's Python lies.
const HOME: [&str; 2] = ["--home", "/usr"];

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
    include: PathBuf,
    /// The object that defines a function.
    homes: BTreeMap<String, PathBuf>,
    objects: Vec<PathBuf>,
}

impl Python {
    /// The newest that can be taken apart; none without an archive, headers or tools.
    fn find() -> Option<Self> {
        let archive = archives().pop()?;
        let line = archive.file_name()?.to_str()?.strip_prefix("lib")?.strip_suffix("-pic.a")?.to_owned();
        let include = Path::new("/usr/include").join(line);
        let tools = ["cc", "ar", "nm", "objcopy"];
        let are_here = tools.iter().all(|tool| Command::new(tool).arg("--version").output().is_ok());
        if !include.join("Python.h").is_file() || !are_here {
            return None;
        }
        let lab = Lab::new();
        fs::create_dir(lab.path("objects")).expect("the folder is ours");
        made(Command::new("ar").arg("x").arg(&archive).current_dir(lab.path("objects")));
        let entries = fs::read_dir(lab.path("objects")).expect("the folder is ours");
        let mut objects: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
        objects.sort();
        let listed = made(Command::new("nm").args(["--print-file-name", "--defined-only"]).args(&objects));
        let homes = String::from_utf8_lossy(&listed.stdout).lines().filter_map(home_of).collect();
        Some(Self { lab, include, homes, objects })
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
        let library = self.link(&folder.join("libpython.so"), &instead);
        let ended = only(&library, &part.breaks);
        let report = ended.report();
        let noticed = report.failing().contains(part.breaks.as_str());
        fs::remove_dir_all(folder).expect("the folder is ours");
        (!noticed).then(|| format!("{}: {} was found to hold", part.source.display(), part.breaks))
    }

    /// The library, with some objects in the place of others or beside them.
    fn link(&self, library: &Path, instead: &BTreeMap<&PathBuf, PathBuf>) -> PathBuf {
        let others = self.objects.iter().filter(|object| !instead.contains_key(object));
        let mut linker = Command::new("cc");
        linker.args(["-shared", "-o"]).arg(library).args(instead.values()).args(others);
        made(linker.args(["-lm", "-lz", "-lexpat", "-ldl", "-lutil", "-lpthread"]));
        library.to_owned()
    }
}

/// The archives of the system's Pythons, the oldest first.
fn archives() -> Vec<PathBuf> {
    let is_archive = |path: &PathBuf| path.to_string_lossy().ends_with("-pic.a");
    let python = |folder: &PathBuf| folder.to_string_lossy().starts_with("/usr/lib/python3.");
    let mut found: Vec<PathBuf> =
        files("/usr/lib").filter(python).flat_map(files).flat_map(files).filter(is_archive).collect();
    found.sort_by_key(|path| path.to_string_lossy().len());
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

/// A run of the clause's own checks.
fn only(library: &Path, clause: &str) -> Ended {
    Run::json(library).with(["--strict", "--only", clause]).with(HOME).end()
}

fn made(command: &mut Command) -> Output {
    // A child of this process while somebody looks for strays would be taken for one.
    let turn = Turn::take();
    let output = command.output().expect("the tool is here");
    drop(turn);
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}
