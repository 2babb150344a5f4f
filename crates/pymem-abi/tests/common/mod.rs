//! What the integration tests share: a folder with small C libraries in it, and
//! words for what this machine lacks.

#![allow(dead_code, reason = "each test file uses its part")]

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use pymem_abi::{Audit, Request, Surroundings, Untestable, audit_in};
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

    /// The same with links resolved, as audits have it.
    pub fn real(&self, name: &str) -> PathBuf {
        fs::canonicalize(self.path(name)).expect("it was made before")
    }

    /// With the folders above it.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it lies in our folder")).expect("the folder is writable");
        fs::write(&path, bytes).expect("the folder is writable");
        path
    }

    /// A file that may be executed.
    pub fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
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
        self.library_in("", soname, source)
    }

    /// The same in a folder.
    pub fn library_in(&self, folder: &str, soname: &str, source: &str) -> PathBuf {
        let soname_argument = format!("-Wl,-soname,{soname}");
        let name = Path::new(folder).join(soname);
        self.compile(name.to_str().expect("names here are UTF-8"), source, &["-shared", "-fPIC", &soname_argument])
    }

    /// An executable that needs `library`.
    pub fn program_needing(&self, name: &str, library: &Path, arguments: &[&str]) -> PathBuf {
        let library = library.to_str().expect("names here are UTF-8");
        let arguments = [&["-Wl,--no-as-needed", library], arguments].concat();
        self.compile(name, "int main(void) { return 0; }", &arguments)
    }

    /// A library that needs `needed`, which is only a name.
    pub fn library_needing(&self, name: &str, needed: &str) -> PathBuf {
        let needed = self.named_library(needed, "");
        let needed = needed.to_str().expect("names here are UTF-8");
        self.compile(name, "", &["-shared", "-fPIC", "-Wl,--no-as-needed", needed])
    }
}

/// Surroundings of an audit that are not this process's.
pub struct World {
    pub variables: Vec<(&'static str, OsString)>,
    pub folder: PathBuf,
    pub loader_cache: PathBuf,
}

impl World {
    /// An empty environment in this lab.
    pub fn new(lab: &Lab) -> Self {
        Self { variables: vec![], folder: lab.path(""), loader_cache: "/no/such/cache".into() }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    pub fn audit(&self, path: &Path) -> Result<Audit, Untestable> {
        self.audit_request(&Request::new(path))
    }

    pub fn audit_request(&self, request: &Request<'_>) -> Result<Audit, Untestable> {
        let value = |name: &str| {
            let found = self.variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        };
        let (folder, loader_cache) = (self.folder.clone(), self.loader_cache.clone());
        audit_in(request, &Surroundings { variable: &value, folder, loader_cache }).map(|(audit, _)| audit)
    }

    #[track_caller]
    pub fn refused(&self, path: &Path) -> String {
        self.audit(path).expect_err("this is no target").to_string()
    }
}

/// C source of what a CPython 3.13.0 exports, as far as an audit looks.
pub fn cpython() -> String {
    twelve("Py") + "void Py_InitializeEx(int s) { } const unsigned long Py_Version = 0x030d00f0;\n"
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
