//! Runs the C compiler, a few jobs at a time.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

/// Compilers at a time: a build script shares the machine with the rest of the build.
const THREADS: usize = 4;

/// `-fno-builtin`: the compiler must not turn the body of a `malloc` or `calloc` into a call of itself.
/// `-Wno-unused-parameter`: a wrapper has the parameters of what it wraps.
const FLAGS: [&str; 11] = [
    "-std=gnu11",
    "-O1",
    "-g0",
    "-fPIC",
    "-pthread",
    "-fvisibility=hidden",
    "-fno-builtin",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-unused-parameter",
];

/// One output file.
pub struct Job {
    sources: Vec<PathBuf>,
    output: PathBuf,
    includes: PathBuf,
    flags: &'static [&'static str],
}

impl Job {
    /// A shared library from one file. Symbols may stay undefined: one of the hostile ones has such.
    pub fn library(source: PathBuf, output: PathBuf) -> Job {
        Job { sources: vec![source], output, includes: ".".into(), flags: &["-shared"] }
    }

    /// An executable from some files.
    pub fn executable(sources: Vec<PathBuf>, output: PathBuf) -> Job {
        Job { sources, output, includes: ".".into(), flags: &["-fPIE", "-pie", "-ldl"] }
    }

    /// mimalloc as a shared library, from the folder of its headers. It is not ours: its warnings are not either.
    pub fn mimalloc(headers: &Path, output: PathBuf) -> Job {
        let flags = &["-shared", "-w", "-O2", "-DNDEBUG", "-DMI_SHARED_LIB", "-DMI_SHARED_LIB_EXPORT"];
        Job { sources: vec![headers.join("../src/static.c")], output, includes: headers.to_owned(), flags }
    }
}

/// The C compiler for the target.
pub struct Compiler {
    tool: cc::Tool,
}

impl Compiler {
    /// Finds a compiler that runs.
    ///
    /// # Errors
    ///
    /// A sentence that says why there is none.
    pub fn find() -> Result<Compiler, String> {
        let os = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
        if os != "linux" {
            return Err(format!("the C allocators are written for Linux, not for {os}"));
        }
        let mut build = cc::Build::new();
        build.cargo_metadata(false).no_default_flags(true);
        let tool = build.try_get_compiler().map_err(|error| format!("no C compiler: {error}"))?;
        let name = tool.path().display().to_string();
        // cc returns the usual name when it finds nothing, so only running it shows that it is there.
        match tool.to_command().arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(status) if status.success() => Ok(Compiler { tool }),
            Ok(status) => Err(format!("the C compiler `{name}` does not work: {status}")),
            Err(error) => Err(format!("the C compiler `{name}` cannot be run: {error}")),
        }
    }

    /// Runs all jobs.
    ///
    /// # Errors
    ///
    /// The command and the messages of each job that failed.
    pub fn run(&self, jobs: &[Job]) -> Result<(), String> {
        let queue = Mutex::new(jobs.iter());
        let errors = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    loop {
                        let Some(job) = queue.lock().expect("no thread panics").next() else { break };
                        if let Err(error) = self.run_one(job) {
                            errors.lock().expect("no thread panics").push(error);
                        }
                    }
                });
            }
        });
        let errors = errors.into_inner().expect("no thread panics");
        if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
    }

    fn run_one(&self, job: &Job) -> Result<(), String> {
        let mut command: Command = self.tool.to_command();
        command.args(FLAGS).arg("-I").arg(&job.includes).args(&job.sources).arg("-o").arg(&job.output).args(job.flags);
        let target = job.output.display();
        let output = command.output().map_err(|error| format!("{target}: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("{target}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}
