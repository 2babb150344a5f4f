//! What only a header has, judged by programs that are compiled with it and run with its library.
//!
//! The programs of `macros/` print a line for each expectation: the clause, `kept` or `broken`, and what is expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use c_tests::{compiler_missing, find};
use tempfile::TempDir;

/// Clauses, the programs that judge them, and how many expectations each has.
const JUDGED: [(&str, &str, usize); 7] = [
    ("arrays", "macros.aliases", 14),
    ("arrays", "macros.domains", 6),
    ("arrays", "macros.new", 6),
    ("arrays", "macros.new.overflow", 4),
    ("arrays", "macros.new.zero", 1),
    ("arrays", "macros.resize", 11),
    ("objects", "macros.objects", 19),
];
/// `objects` has some of this clause's, too.
const OLDER_OBJECTS: usize = 8;

/// Names that the limited API never declares, each with the first version that declares it otherwise.
const NEVER_LIMITED: [(&str, u16); 8] = [
    ("PyMem_GetAllocator", 5),
    ("PyMem_SetAllocator", 5),
    ("PyMem_SetupDebugHooks", 5),
    ("PyObject_GetArenaAllocator", 5),
    ("PyObject_SetArenaAllocator", 5),
    ("PyTraceMalloc_Track", 7),
    ("PyTraceMalloc_Untrack", 7),
    ("PyUnstable_Object_GC_NewWithExtraData", 12),
];
/// Names that the limited API declares from a version on; not those of `macros.limited-api.calloc`.
const RAW: [&str; 4] = ["PyMem_RawMalloc", "PyMem_RawCalloc", "PyMem_RawRealloc", "PyMem_RawFree"];
const RAW_LIMITED_SINCE: u16 = 13;
const NO_LIMITED_CALLOC: [u16; 2] = [8, 9];

#[test]
fn every_python_keeps_what_its_header_promises() {
    let pythons = pymem_abi::shared_pythons();
    let with_headers: Vec<_> = pythons.iter().filter_map(|python| Some((python, python.headers()?))).collect();
    if with_headers.is_empty() {
        return not_run("the macros of Python.h", "apt-get install -y python3-dev");
    }
    for (python, include) in with_headers {
        println!("{}", include.display());
        let lab = Lab::new();
        let header = Header { text: "<Python.h>", folder: &include, library: &python.path };
        let found: Vec<String> = ["arrays", "objects"].iter().flat_map(|program| lab.run(program, &header)).collect();
        let mut expected: BTreeMap<String, usize> = BTreeMap::new();
        JUDGED.iter().for_each(|(_, clause, count)| *expected.entry((*clause).to_owned()).or_default() += count);
        *expected.get_mut("macros.aliases").expect("it is judged") += OLDER_OBJECTS;
        assert_eq!(kept(&found), Ok(expected), "{}", include.display());
    }
}

#[test]
fn our_header_keeps_it_too() {
    let Some(library) = find("customizable") else { return missing() };
    let header = Header { text: "\"pymem_abi.h\"", folder: &our_include(), library: &library.file };
    let found = Lab::new().run("arrays", &header);
    assert_eq!(kept(&found), Ok(arrays()));
}

/// Each change of a header is noticed by the clause that it breaks, and by no other.
#[test]
fn a_broken_header_is_noticed() {
    let Some(library) = find("customizable") else { return missing() };
    let changes: [(&str, &[&str]); 9] = [
        (
            "#undef PyMem_New\n#define PyMem_New(type, n) ((type *)PyMem_Malloc((n) * sizeof(type)))",
            // The older spelling stands for it.
            &["macros.aliases", "macros.new.overflow"],
        ),
        (
            "#undef PyMem_New\n#define PyMem_New(type, n) ((type *)((n) > 0 && PYMEM_ARRAY_FITS(type, n) ? \
             PyMem_Malloc((n) * sizeof(type)) : NULL))",
            &["macros.new.zero"],
        ),
        (
            "#undef PyMem_New\n#define PyMem_New(type, n) \
             ((type *)(PYMEM_ARRAY_FITS(type, n) ? PyObject_Malloc((n) * sizeof(type)) : NULL))",
            &["macros.aliases", "macros.new", "macros.new.zero"],
        ),
        (
            "#undef PyMem_New\n#define PyMem_New(type, n) \
             (PYMEM_ARRAY_FITS(type, n) ? PyMem_Malloc((n) * sizeof(type)) : NULL)",
            &["macros.new"],
        ),
        (
            "#undef PyMem_Resize\n#define PyMem_Resize(p, type, n) \
             ((p) = (type *)PyMem_Realloc((p), (size_t)(n) * sizeof(type)))",
            &["macros.aliases", "macros.resize"],
        ),
        (
            "#undef PyMem_Resize\n#define PyMem_Resize(p, type, n) do { void *q = PYMEM_ARRAY_FITS(type, n) ? \
             PyMem_Realloc((p), (size_t)(n) * sizeof(type)) : NULL; if (q) (p) = (type *)q; } while (0)",
            &["macros.aliases", "macros.resize"],
        ),
        ("#undef PyMem_DEL\n#define PyMem_DEL(p) PyObject_Free((p))", &["macros.aliases"]),
        ("#undef PyObject_REALLOC\n#define PyObject_REALLOC(p, n) PyMem_Realloc((p), (n))", &["macros.aliases"]),
        ("#define PYMEM_DOMAIN_RAW 3", &["macros.domains"]),
    ];
    for (change, clauses) in changes {
        let lab = Lab::new();
        fs::write(lab.path("broken.h"), format!("#include \"pymem_abi.h\"\n{change}\n")).expect("the folder is ours");
        let header = Header { text: "\"broken.h\"", folder: &our_include(), library: &library.file };
        let broken = kept(&lab.run("arrays", &header)).expect_err("something is broken");
        let broken: BTreeSet<&str> = broken.iter().map(|line| line.split(' ').next().unwrap_or_default()).collect();
        assert_eq!(broken, clauses.iter().copied().collect(), "{change}");
    }
}

#[test]
fn the_limited_api_has_neither_exchange_nor_tracing() {
    let folders = pymem_abi::headers();
    if folders.is_empty() {
        return not_run("the limited API of Python.h", "apt-get install -y python3-dev");
    }
    for folder in folders {
        let minor = minor_version(&folder);
        let (limited, whole) = (undeclared(&folder, true), undeclared(&folder, false));
        let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        let mut expected: Vec<&str> = NEVER_LIMITED.iter().map(|(name, _)| *name).collect();
        expected.extend(RAW.iter().filter(|_| minor < RAW_LIMITED_SINCE));
        expected.extend(NO_LIMITED_CALLOC.contains(&minor).then_some("PyMem_Calloc"));
        assert_eq!(limited, names(expected), "with Py_LIMITED_API: {}", folder.display());
        let not_yet = NEVER_LIMITED.iter().filter(|(_, since)| *since > minor).map(|(name, _)| *name);
        assert_eq!(whole, names(not_yet.collect()), "without Py_LIMITED_API: {}", folder.display());
    }
}

/// A header, and the library that has what it declares.
struct Header<'a> {
    /// As it is included.
    text: &'a str,
    folder: &'a Path,
    library: &'a Path,
}

/// A folder of programs.
struct Lab(TempDir);

impl Lab {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for temporary files is writable"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Compiles and runs a program of `macros/`, and gives what it prints, line by line.
    fn run(&self, program: &str, header: &Header<'_>) -> Vec<String> {
        let output = self.path(program);
        let mut command = compiler();
        command.args(["-std=gnu11", "-w", "-o"]).arg(&output).arg(source(program));
        command.arg(format!("-DHEADER={}", header.text)).arg("-I").arg(self.0.path()).arg("-I").arg(header.folder);
        command.arg(header.library);
        let compiled = command.output().expect("a C compiler is installed");
        assert!(compiled.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&compiled.stderr));

        let lib = header.library.parent().expect("a file lies in a folder");
        let mut command = Command::new(&output);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PYTHON")) {
            command.env_remove(name);
        }
        let home = lib.ancestors().find(|folder| folder.join("include").is_dir());
        command.env("LD_LIBRARY_PATH", lib).env("PYTHONHOME", home.unwrap_or(lib));
        let ran = command.output().expect("it was just compiled");
        assert!(ran.status.success(), "{command:?}: {}\n{}", ran.status, String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("it prints clauses and words").lines().map(str::to_owned).collect()
    }
}

/// How many expectations of each clause were kept; the lines of those that were not.
fn kept(lines: &[String]) -> Result<BTreeMap<String, usize>, Vec<String>> {
    let mut counts = BTreeMap::new();
    let (kept, broken): (Vec<_>, Vec<_>) =
        lines.iter().partition(|line| line.split(' ').nth(1).is_some_and(|word| word == "kept:"));
    if !broken.is_empty() {
        return Err(broken.into_iter().cloned().collect());
    }
    for line in kept {
        let clause = line.split(' ').next().unwrap_or_default();
        *counts.entry(clause.to_owned()).or_default() += 1;
    }
    Ok(counts)
}

/// The clauses that `arrays` judges.
fn arrays() -> BTreeMap<String, usize> {
    let of_arrays = JUDGED.iter().filter(|(program, _, _)| *program == "arrays");
    of_arrays.map(|(_, clause, count)| ((*clause).to_owned(), *count)).collect()
}

/// The names of `limited.c` that a header does not declare.
fn undeclared(folder: &Path, limited: bool) -> BTreeSet<String> {
    let mut command = compiler();
    command.args(["-fsyntax-only", "-DHEADER=<Python.h>", "-I"]).arg(folder).arg(source("limited")).env("LC_ALL", "C");
    if limited {
        // As much as the version has.
        command.arg("-DPy_LIMITED_API=0x03ff0000");
    }
    let run = command.output().expect("a C compiler is installed");
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    let complaints = text.lines().filter(|line| line.contains("undeclared") && line.contains("error"));
    let names: BTreeSet<String> = complaints.filter_map(|line| Some(line.split('\'').nth(1)?.to_owned())).collect();
    assert_eq!(run.status.success(), names.is_empty(), "{text}");
    names
}

/// `7` of a folder `python3.7m`.
fn minor_version(folder: &Path) -> u16 {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let line = name.trim_start_matches("python3.").trim_end_matches(|flag: char| flag.is_ascii_alphabetic());
    line.parse().unwrap_or_else(|_| panic!("{name} names no version"))
}

fn source(program: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("macros/{program}.c"))
}

fn our_include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/pymem-abi/include")
}

/// The machine's C compiler, as a build script would find it.
fn compiler() -> Command {
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut build = cc::Build::new();
    build.target(&triple).host(&triple).opt_level(0).cargo_metadata(false);
    build.get_compiler().to_command()
}

fn missing() {
    not_run("the macros of our header", &compiler_missing().unwrap_or_default());
}

/// Says that a test was not run, and how it would be. Fails where everything is required.
fn not_run(test: &str, remedy: &str) {
    println!("not run: {test}: {remedy}");
    let required = std::env::var_os("PYMEM_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(!required, "{test} was not run, and PYMEM_REQUIRE_ALL=1 demands it: {remedy}");
}
