//! A Python taken apart, and put together again with a part in the place of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use pymem_abi::Found;
use pymem_spec::{Build, Version};

use crate::header::Header;

/// The objects of a Python.
pub struct Objects {
    /// As `python:NAME` has it.
    pub name: String,
    /// Where its standard library is.
    pub home: PathBuf,
    /// The library that they make.
    pub whole: PathBuf,
    /// The program that asks one about a clause.
    pub probe: PathBuf,
    /// Under this name the probe asks for a Python, and whichever is loaded before it serves. Up to 3.10 nothing else
    /// in a library tells its line.
    soname: String,
    include: PathBuf,
    folder: PathBuf,
    /// The object that defines a function.
    homes: BTreeMap<String, PathBuf>,
    objects: Vec<PathBuf>,
    archived: SystemTime,
    pub version: Version,
    /// No header tells.
    has_serial_numbers: bool,
}

/// What a linker says of objects that were not compiled for a shared library.
const NOT_SHARED: &str = "recompile with -fPIC";

impl Objects {
    /// None if `found` came without an archive of its objects, or if they make no shared library: those of a
    /// program are in places of their own.
    ///
    /// # Errors
    ///
    /// What else a tool has to say.
    pub fn of(found: &Found, folder: &Path) -> Result<Option<Self>, String> {
        let Some(include) = found.headers() else { return Ok(None) };
        let mut made = archives(&include).into_iter().map(|archive| Self::from(&archive, found, &include, folder));
        made.find(|made| !matches!(made, Err(said) if said.contains(NOT_SHARED))).transpose()
    }

    fn from(archive: &Path, found: &Found, include: &Path, folder: &Path) -> Result<Self, String> {
        let name = found.name();
        let archived = modified(archive).ok_or_else(|| format!("{}: it is gone", archive.display()))?;
        let apart = folder.join(format!("objects-{name}"));
        let whole = folder.join(format!("whole-{name}.so"));
        if modified(&whole).is_none_or(|made| made < archived) {
            let _ = fs::remove_dir_all(&apart);
            fs::create_dir_all(&apart).map_err(|error| format!("{}: {error}", apart.display()))?;
            make(Command::new("ar").arg("x").arg(archive).current_dir(&apart))?;
        }
        let mut objects: Vec<PathBuf> = files(&apart).collect();
        objects.sort();
        let listed = make(Command::new("nm").args(["--print-file-name", "--defined-only"]).args(&objects))?;
        let homes = String::from_utf8_lossy(&listed.stdout).lines().filter_map(home_of).collect();
        let objects = Self {
            home: include.ancestors().nth(2).unwrap_or(include).to_owned(),
            version: found.version,
            probe: folder.join(format!("probe-{name}")),
            soname: format!("libpython{}.{}.so.asked", found.version.major, found.version.minor),
            include: include.to_owned(),
            folder: folder.to_owned(),
            name,
            whole,
            homes,
            objects,
            archived,
            has_serial_numbers: found.builds.contains(&Build::SerialNumber),
        };
        objects.unless_made(&objects.whole, &[], |library| objects.link(library, &BTreeMap::new(), &[]))?;
        Ok(objects)
    }

    /// A library with the functions of `source` in the place of those that it replaces, and without those that it hides.
    ///
    /// # Errors
    ///
    /// What a compiler or a linker has to say.
    pub fn with_part(&self, name: &str, source: &Path, header: &Header) -> Result<PathBuf, String> {
        let beside = source.parent().expect("it is in a folder");
        let includes: Vec<PathBuf> =
            files(beside).filter(|file| file.extension().is_some_and(|end| end == "h")).collect();
        let inputs: Vec<&Path> = includes.iter().map(PathBuf::as_path).chain([source]).collect();
        let library = self.folder.join(name).with_extension("so");
        self.unless_made(&library, &inputs, |library| {
            let folder = self.folder.join(format!("{name}.parts"));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            let made = self.link_part(&folder, source, header, library);
            let _ = fs::remove_dir_all(&folder);
            made
        })?;
        Ok(library)
    }

    fn link_part(&self, folder: &Path, source: &Path, header: &Header, library: &Path) -> Result<(), String> {
        let ours = folder.join("part.o");
        let mut compiler = Command::new("cc");
        compiler.args(["-O1", "-fPIC", "-Wall", "-c", "-o"]).arg(&ours).arg(source).arg("-I").arg(&self.include);
        make(&mut compiler)?;
        let mut instead: BTreeMap<&PathBuf, PathBuf> = BTreeMap::new();
        for function in &header.words("replaces") {
            let home = self.object_of(function)?;
            let changed = folder.join(home.file_name().expect("it is a file"));
            let from = instead.insert(home, changed.clone()).unwrap_or_else(|| home.clone());
            let rename = format!("{function}={function}_before");
            make(Command::new("objcopy").args(["--redefine-sym", &rename]).arg(from).arg(changed))?;
        }
        // Nothing but its own file takes it in.
        instead.insert(&ours, ours.clone());
        let options = self.without(&header.words("hides"), &folder.join("exports"))?;
        self.link(library, &instead, &options)
    }

    /// Linker options that keep functions from being exported; `script` is written for it.
    fn without(&self, functions: &[String], script: &Path) -> Result<Vec<String>, String> {
        if functions.is_empty() {
            return Ok(Vec::new());
        }
        functions.iter().try_for_each(|function| self.object_of(function).map(drop))?;
        fs::write(script, format!("{{ local: {}; }};", functions.join("; "))).map_err(|error| error.to_string())?;
        Ok(vec![format!("-Wl,--version-script={}", script.display())])
    }

    fn object_of(&self, function: &str) -> Result<&PathBuf, String> {
        self.homes.get(function).ok_or_else(|| format!("no object defines {function}"))
    }

    /// Makes a library, with some objects in the place of others or beside them.
    fn link(&self, library: &Path, instead: &BTreeMap<&PathBuf, PathBuf>, options: &[String]) -> Result<(), String> {
        let others = self.objects.iter().filter(|object| !instead.contains_key(object));
        let mut linker = Command::new("cc");
        linker.args(options).args(["-shared", "-s", "-o"]).arg(library).arg(format!("-Wl,-soname,{}", self.soname));
        linker.args(instead.values()).args(others).args(["-Wl,--as-needed", "-lm", "-ldl", "-lutil", "-lpthread"]);
        // What a distribution builds in, and others have as modules of their own.
        let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];
        let is_in = |name: &str, folder: &str| Path::new(folder).join(format!("lib{name}.so")).exists();
        let is_here = |name: &&&str| folders.iter().any(|folder| is_in(name, folder));
        make(linker.args(["z", "expat"].iter().filter(is_here).map(|name| format!("-l{name}")))).map(drop)
    }

    /// Compiles the questions in `sources` with the headers of this Python.
    ///
    /// # Errors
    ///
    /// What the compiler has to say.
    pub fn make_probe(&self, sources: &Path) -> Result<(), String> {
        let files: Vec<PathBuf> = files(sources).collect();
        let inputs: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        self.unless_made(&self.probe, &inputs, |program| {
            let mut compiler = Command::new("cc");
            compiler.args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]);
            // No version is asked everything.
            compiler.args(["-Wno-unused-function"]);
            if self.has_serial_numbers {
                compiler.arg("-DPYMEM_DEBUG_SERIALNO");
            }
            compiler.arg("-o").arg(program).arg("-I").arg(&self.include).arg("-I").arg(sources);
            compiler.args(files.iter().filter(|file| file.extension().is_some_and(|end| end == "c")));
            // What a broken one lacks is missed by those questions only that need it.
            compiler.arg("-Wl,-z,lazy").arg(&self.whole).args(["-ldl", "-pthread"]);
            make(&mut compiler).map(drop)
        })
    }

    /// Runs `how` on a path beside `output`, and puts what it made there, unless `output` is younger than all that
    /// it is made of.
    fn unless_made(
        &self,
        output: &Path,
        inputs: &[&Path],
        how: impl FnOnce(&Path) -> Result<(), String>,
    ) -> Result<(), String> {
        let youngest = inputs.iter().map(|input| modified(input)).fold(Some(self.archived), Option::max);
        if modified(output).is_some_and(|made| youngest.is_some_and(|youngest| youngest < made)) {
            return Ok(());
        }
        let unfinished = output.with_extension("new");
        how(&unfinished)?;
        fs::rename(&unfinished, output).map_err(|error| format!("{}: {error}", output.display()))
    }
}

/// When a file was last changed; none if it is not there.
fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|data| data.modified()).ok()
}

/// The archive of a Python that came with one.
pub fn archive(found: &Found) -> Option<PathBuf> {
    archives(&found.headers()?).into_iter().next()
}

/// The archives that were installed with some headers, those of position-independent objects first.
fn archives(include: &Path) -> Vec<PathBuf> {
    let Some(root) = include.ancestors().nth(2) else { return Vec::new() };
    let line = include.file_name().unwrap_or_default().to_string_lossy();
    let library = root.join("lib").join(line.trim_end_matches(['d', 'm']));
    let is_archive = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "a");
    let mut found: Vec<PathBuf> = files(library).flat_map(files).filter(is_archive).collect();
    found.sort_by_key(|path| !path.to_string_lossy().ends_with("-pic.a"));
    found
}

/// What is in a folder; nothing if it is none.
pub fn files(folder: impl AsRef<Path>) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Function and object of a line of `nm`: `objects/object.o:0000000000000000 T PyObject_Init`.
fn home_of(line: &str) -> Option<(String, PathBuf)> {
    let (object, rest) = line.rsplit_once(':')?;
    let [_, "T", function] = rest.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    Some((function.to_owned(), object.into()))
}

/// Runs a tool that has to succeed.
///
/// # Errors
///
/// What it printed.
pub fn make(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} ended with {}: {}", command.get_program().display(), output.status, said.trim_end()))
}
