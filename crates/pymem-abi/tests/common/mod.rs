//! What the integration tests share: a folder with small C libraries in it, and
//! words for what this machine lacks.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Says that a test was not run, and how it would be. Fails where everything is required.
pub fn not_run(test: &str, remedy: &str) {
    println!("not run: {test}: {remedy}");
    let required = std::env::var_os("PYMEM_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(!required, "{test} was not run, and PYMEM_REQUIRE_ALL=1 demands it: {remedy}");
}

/// The machine's C compiler, as a build script would find it.
pub fn compiler() -> Command {
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut build = cc::Build::new();
    build.target(&triple).host(&triple).opt_level(0).cargo_metadata(false);
    build.get_compiler().to_command()
}

/// A folder of files made for one test.
pub struct Lab {
    folder: TempDir,
}

impl Lab {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder for temporary files is writable") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("the folder is writable");
        path
    }

    /// Compiles `source` with `arguments`, which decide what comes out.
    pub fn compile(&self, name: &str, source: &str, arguments: &[&str]) -> PathBuf {
        let source = self.file(&format!("{name}.c"), source);
        let output = self.path(name);
        let mut command = compiler();
        // After the source, so that libraries among the arguments resolve it.
        command.arg("-w").arg("-o").arg(&output).arg(&source).args(arguments);
        let run = command.output().expect("a C compiler is installed");
        assert!(run.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&run.stderr));
        output
    }

    pub fn library(&self, name: &str, source: &str) -> PathBuf {
        self.compile(name, source, SHARED)
    }

    /// A library that bears `soname`.
    pub fn named_library(&self, soname: &str, source: &str) -> PathBuf {
        let soname_argument = format!("-Wl,-soname,{soname}");
        self.compile(soname, source, &["-shared", "-fPIC", &soname_argument])
    }

    /// A library that needs `needed`, which is only a name.
    pub fn library_needing(&self, name: &str, needed: &str) -> PathBuf {
        let needed = self.named_library(needed, "");
        let needed = needed.to_str().expect("names here are UTF-8");
        self.compile(name, "", &["-shared", "-fPIC", "-Wl,--no-as-needed", needed])
    }
}

/// Arguments for a shared library.
pub const SHARED: &[&str] = &["-shared", "-fPIC"];

/// C source of a whole family under `prefix`, for whatever C it is.
pub fn family(prefix: &str) -> String {
    format!(
        "void *{prefix}malloc(unsigned long n) {{ return 0; }}
         void *{prefix}calloc(unsigned long n, unsigned long s) {{ return 0; }}
         void *{prefix}realloc(void *p, unsigned long n) {{ return 0; }}
         void {prefix}free(void *p) {{ }}\n"
    )
}

/// C source of the twelve functions under `prefix` for `Py`.
pub fn twelve(prefix: &str) -> String {
    ["Mem_Raw", "Mem_", "Object_"]
        .map(|domain| {
            format!(
                "void *{prefix}{domain}Malloc(unsigned long n) {{ return 0; }}
                 void *{prefix}{domain}Calloc(unsigned long n, unsigned long s) {{ return 0; }}
                 void *{prefix}{domain}Realloc(void *p, unsigned long n) {{ return 0; }}
                 void {prefix}{domain}Free(void *p) {{ }}\n"
            )
        })
        .concat()
}

/// The folder of the real files a system's library may lie in, searched for `name`.
pub fn system_library(name: &str) -> Option<PathBuf> {
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    [multiarch.as_str(), "/usr/lib64", "/usr/lib", "/usr/local/lib"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.exists())
}
