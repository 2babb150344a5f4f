//! CPython's own tests, each module twice: on the interpreter's own allocators and on the candidate.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::launcher::Launcher;
use super::violation::Violation;
use crate::progress::Progress;
use crate::run::is_interrupted;
use crate::sandbox::program::Ended;
use crate::sandbox::python::Python;
use crate::sandbox::watch;
use crate::target::Target;

/// What notes how each test ends.
const RUNNER: &str = include_str!("runner.py");
/// How long a module may take.
const LIMIT: Duration = Duration::from_secs(600);
/// How often the running ones are looked at.
const TICK: Duration = Duration::from_millis(5);

/// Whether tests were run.
#[derive(Clone, Debug)]
pub enum Tests {
    /// None, for this reason.
    NotRun(String),
    /// This is what they showed.
    Run(Compared),
}

/// What the tests showed.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// Tests that ended in both runs.
    pub tests: usize,
    /// Modules that are not installed, or not for this build.
    pub absent: Vec<String>,
    /// Tests whose ends differ, twice.
    pub different: Vec<Difference>,
    /// What the guard found.
    pub found: Vec<Violation>,
}

/// A test that ends otherwise on the candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name: `test.test_list.ListTest.test_append`.
    pub test: String,
    /// How it ends by default.
    pub by_default: String,
    /// How it ends on the candidate.
    pub inside: String,
}

/// How the tests of a module end, by their names.
type Ends = BTreeMap<String, String>;

/// Runs the tests that are asked for of an interpreter, `jobs` modules at once. None if the user interrupts.
pub fn run(interpreter: &Target, jobs: usize) -> Option<Tests> {
    let not_run = |why: &str| Some(Tests::NotRun(why.to_owned()));
    let Some(candidate) = interpreter.candidate.as_ref().filter(|candidate| !candidate.tests.is_empty()) else {
        return not_run("no tests are asked for");
    };
    let launcher = match Launcher::of(interpreter) {
        Ok(launcher) => launcher,
        Err(why) => return not_run(&why),
    };
    match compare(&launcher, &candidate.tests, jobs) {
        Ok(compared) => compared.map(Tests::Run),
        Err(error) => not_run(&error.to_string()),
    }
}

/// Runs the modules, `jobs` at once, and compares. None if the user interrupts.
///
/// # Errors
/// If no process or no file can be made.
fn compare(launcher: &Launcher, modules: &[String], jobs: usize) -> io::Result<Option<Compared>> {
    let runner = launcher.folder().join("runner.py");
    fs::write(&runner, RUNNER)?;
    let mut compared = Compared::default();
    let Some(first) = both(launcher, &runner, modules, jobs)? else { return Ok(None) };
    let mut doubtful = Vec::new();
    for (module, [by_default, inside]) in &first {
        if by_default.keys().any(|test| test == module) && by_default[module] == ABSENT {
            compared.absent.push(module.clone());
            continue;
        }
        compared.tests += inside.keys().filter(|test| by_default.contains_key(*test)).count();
        if by_default != inside {
            doubtful.push(module.clone());
        }
    }
    compared.found = launcher.found();
    if doubtful.is_empty() {
        return Ok(Some(compared));
    }
    // What depends on time or chance does not differ in the same way once more.
    let Some(second) = both(launcher, &runner, &doubtful, jobs)? else { return Ok(None) };
    for module in &doubtful {
        let again = differences(&second[module]);
        compared.different.extend(differences(&first[module]).into_iter().filter(|seen| again.contains(seen)));
    }
    compared.found = launcher.found();
    Ok(Some(compared))
}

/// The end of a module that cannot be imported.
const ABSENT: &str = "absent";

fn differences([by_default, inside]: &[Ends; 2]) -> Vec<Difference> {
    let end = |ends: &Ends, test: &String| ends.get(test).cloned().unwrap_or_else(|| "not run".into());
    let tests: std::collections::BTreeSet<&String> = by_default.keys().chain(inside.keys()).collect();
    let all = tests.into_iter().map(|test| Difference {
        test: test.clone(),
        by_default: end(by_default, test),
        inside: end(inside, test),
    });
    all.filter(|one| one.by_default != one.inside).collect()
}

/// Runs each module by default and on the candidate.
fn both(
    launcher: &Launcher,
    runner: &Path,
    modules: &[String],
    jobs: usize,
) -> io::Result<Option<BTreeMap<String, [Ends; 2]>>> {
    // What is named last takes longest, as a rule.
    let mut waiting: VecDeque<(usize, bool)> =
        (0..modules.len()).rev().flat_map(|module| [(module, false), (module, true)]).collect();
    let mut running: Vec<Test> = Vec::new();
    let mut ends = vec![[Ends::new(), Ends::new()]; modules.len()];
    let (mut progress, all) = (Progress::new(waiting.len()), waiting.len());
    while !waiting.is_empty() || !running.is_empty() {
        if is_interrupted() {
            running.into_iter().for_each(|test| test.python.kill());
            watch::sweep(None);
            return Ok(None);
        }
        if let Some((module, inside)) = (running.len() < jobs).then(|| waiting.pop_front()).flatten() {
            match Test::start(launcher, runner, &modules[module], (module, inside)) {
                Ok(test) => running.push(test),
                Err(error) => {
                    running.into_iter().for_each(|test| test.python.kill());
                    return Err(error);
                }
            }
            continue;
        }
        let mut index = 0;
        while index < running.len() {
            let ended = running[index].python.ended()?;
            if ended.is_none() && running[index].python.started.elapsed() < LIMIT {
                index += 1;
                continue;
            }
            let test = running.swap_remove(index);
            let (module, inside) = test.what;
            ends[module][usize::from(inside)] = test.ends(ended, &modules[module]);
        }
        progress.show(all - waiting.len() - running.len());
        std::thread::sleep(TICK);
    }
    progress.clear();
    // What they have left behind was adopted.
    watch::sweep(None);
    Ok(Some(modules.iter().cloned().zip(ends).collect()))
}

/// A module that is being run.
struct Test {
    python: Python,
    what: (usize, bool),
    folder: PathBuf,
}

impl Test {
    fn start(launcher: &Launcher, runner: &Path, module: &str, what: (usize, bool)) -> io::Result<Self> {
        let side = if what.1 { "inside" } else { "default" };
        let folder = launcher.folder().join(format!("{module}-{side}"));
        fs::create_dir_all(&folder)?;
        let notes = folder.join("notes");
        fs::write(&notes, "")?;
        let words = [runner.into(), module.into(), notes.into_os_string()];
        let base = environment(&folder);
        let environment = if what.1 { launcher.environment(base) } else { base };
        let python = Python::start(&launcher.program, &words, &environment, &folder)?;
        Ok(Self { python, what, folder })
    }

    /// How its tests ended.
    fn ends(self, ended: Option<Ended>, module: &str) -> Ends {
        let notes = fs::read_to_string(self.folder.join("notes")).unwrap_or_default();
        self.python.kill();
        // Tests clean up behind themselves; a killed one did not.
        let _ = fs::remove_dir_all(&self.folder);
        read(&notes, ended.as_ref(), module)
    }
}

/// The ends that were noted; that of the process for the test that was running when it ended too soon.
fn read(notes: &str, ended: Option<&Ended>, module: &str) -> Ends {
    let notes = notes.lines().filter_map(|line| serde_json::from_str::<[String; 2]>(line).ok());
    let mut ends = Ends::new();
    let mut begun = None;
    let mut whole = false;
    for [end, test] in notes {
        match end.as_str() {
            "begin" => begun = Some(test),
            "end" => whole = true,
            _ => {
                begun = begun.filter(|begun| *begun != test);
                whole |= end == ABSENT;
                ends.insert(test, end);
            }
        }
    }
    if !whole {
        let end = match ended {
            None => "out of time".to_owned(),
            Some(Ended::Exited(status)) => format!("the process exited with {status}"),
            Some(Ended::Killed(signal)) => format!("{signal} killed the process"),
            Some(Ended::TimedOut | Ended::TooLarge) => "killed".to_owned(),
        };
        ends.insert(begun.unwrap_or_else(|| module.to_owned()), end);
    }
    ends
}

/// This process's environment without what steers a Python, and what makes two runs alike.
fn environment(folder: &Path) -> Vec<(OsString, OsString)> {
    let is_kept = |(name, _): &(OsString, OsString)| !name.as_encoded_bytes().starts_with(b"PYTHON");
    let own = [
        ("PYTHONHASHSEED", OsString::from("0")),
        ("PYTHONDONTWRITEBYTECODE", "1".into()),
        ("PYTHONNOUSERSITE", "1".into()),
        ("PYTHONFAULTHANDLER", "1".into()),
        ("TMPDIR", folder.into()),
    ];
    let kept = std::env::vars_os().filter(is_kept).filter(|(name, _)| name != "TMPDIR");
    kept.chain(own.map(|(name, value)| (name.into(), value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str =
        "[\"begin\", \"a\"]\n[\"ok\", \"a\"]\n[\"begin\", \"b\"]\n[\"skip\", \"b\"]\n[\"end\", \"test_x\"]\n";

    fn ends(notes: &str, ended: Option<Ended>) -> Vec<(String, String)> {
        read(notes, ended.as_ref(), "test_x").into_iter().collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(test, end)| ((*test).to_owned(), (*end).to_owned())).collect()
    }

    #[test]
    fn each_test_has_its_end() {
        assert_eq!(ends(WHOLE, Some(Ended::Exited(0))), pairs(&[("a", "ok"), ("b", "skip")]));
        let absent = "[\"absent\", \"test_x\"]\n";
        assert_eq!(ends(absent, Some(Ended::Exited(0))), pairs(&[("test_x", ABSENT)]));
    }

    #[test]
    fn who_ends_the_process_ends_so() {
        let (begun, _) = WHOLE.split_once("[\"skip").expect("a skip");
        let killed = || Some(Ended::Killed("SIGSEGV".into()));
        assert_eq!(ends(begun, killed()), pairs(&[("a", "ok"), ("b", "SIGSEGV killed the process")]));
        assert_eq!(ends("", None), pairs(&[("test_x", "out of time")]));
        assert_eq!(ends("", Some(Ended::Exited(1))), pairs(&[("test_x", "the process exited with 1")]));
    }

    #[test]
    fn what_differs_is_named_on_both_sides() {
        let by_default = read(WHOLE, None, "test_x");
        let mut inside = by_default.clone();
        assert_eq!(differences(&[by_default.clone(), inside.clone()]), []);
        inside.insert("a".into(), "failure".into());
        inside.remove("b");
        let found = differences(&[by_default, inside]);
        let seen: Vec<_> = found.iter().map(|one| (&*one.test, &*one.by_default, &*one.inside)).collect();
        assert_eq!(seen, [("a", "ok", "failure"), ("b", "skip", "not run")]);
    }
}
