//! Compiles every C file of `hostile/`, `odd/` and `mutants/` to a shared library, and the probe
//! to an executable, and writes the table that `lib.rs` includes.
//!
//! Without a C compiler the build succeeds and the table is empty, with the reason: the suite
//! itself needs none of this.

mod compile;
#[path = "../src/header.rs"]
mod header;

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use compile::{Compiler, Job};

/// Directories of sources, and the variant of `Group` that their libraries get.
const GROUPS: [(&str, &str); 3] = [("hostile", "Hostile"), ("odd", "Odd"), ("mutants", "Mutant")];

/// The current mimalloc as a library.
const MIMALLOC: &str = "libmimalloc-current.so";

fn main() {
    for input in ["base", "hostile", "odd", "mutants", "probe", "build", "src/header.rs"] {
        println!("cargo::rerun-if-changed={input}");
    }
    println!("cargo::rerun-if-env-changed=CC");
    println!("cargo::rerun-if-env-changed=DEP_MIMALLOC_INCLUDE_DIR");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let (table, missing) = match Compiler::find() {
        Ok(compiler) => (build_all(&compiler, &out), None),
        Err(reason) => (String::new(), Some(reason)),
    };
    let code = format!(
        "const MISSING: Option<&str> = {missing:?};\n\
         const PROBE: &str = {:?};\n\
         const MIMALLOC: &str = {:?};\n\
         fn libraries() -> Vec<Library> {{\n    vec![\n{table}    ]\n}}\n",
        out.join("probe"),
        out.join(MIMALLOC)
    );
    fs::write(out.join("table.rs"), code).expect("OUT_DIR is writable");
}

/// Compiles everything and returns the table's rows. Ends the build if a file has a bad header or does not compile.
fn build_all(compiler: &Compiler, out: &Path) -> String {
    let mut jobs = vec![Job::executable(sources("probe"), out.join("probe"))];
    let include = env::var_os("DEP_MIMALLOC_INCLUDE_DIR").expect("libmimalloc-sys says where its headers are");
    jobs.push(Job::mimalloc(&PathBuf::from(include), out.join(MIMALLOC)));
    let mut table = String::new();
    for (directory, group) in GROUPS {
        fs::create_dir_all(out.join(directory)).expect("OUT_DIR is writable");
        for source in sources(directory) {
            let header = header::read(&source).unwrap_or_else(|error| fail(&format!("{}: {error}", source.display())));
            if header.of("breaks").is_some() != (directory == "mutants") {
                fail(&format!("{}: exactly the mutants name a clause that they break", source.display()));
            }
            let kind = header.of("kind").unwrap_or_else(|| fail(&format!("{}: has no `kind`", source.display())));
            let name = source.file_stem().and_then(|stem| stem.to_str()).expect("names are plain ASCII");
            let file = out.join(directory).join(format!("{name}.so"));
            writeln!(
                table,
                "Library {{ name: {name:?}, group: Group::{group}, kind: {kind:?}, file: {file:?}.into(), breaks: {:?}, \
                 about: {:?}, dies: {:?}, control: {}, judged: &{:?}, asked: &{:?} }},",
                header.of("breaks"),
                header.of("about").expect("each has it"),
                header.of("dies"),
                header.of("control").is_some(),
                header.words("judged"),
                header.words("asked")
            )
            .expect("writing to a String cannot fail");
            jobs.push(Job::library(source, file));
        }
    }
    if let Err(error) = compiler.run(&jobs) {
        fail(&error);
    }
    table
}

/// The C files of a directory of this package, sorted.
fn sources(directory: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| fail(&format!("{directory}: {error}")));
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the directory can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    files.sort();
    files
}

/// Ends the build with a message that cargo shows.
fn fail(message: &str) -> ! {
    println!("cargo::error={}", message.replace('\n', "\ncargo::error="));
    std::process::exit(1)
}
