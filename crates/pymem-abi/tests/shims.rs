//! Shims of pyenv are read, never run: which executable they would start is found as they would find it.

mod common;

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::{env, fs};

use common::{Lab, World, cpython};
use rstest::rstest;

/// As pyenv writes them; it would leave a file behind if it were run.
const SHIM: &str = "#!/usr/bin/env bash\ntouch it-was-run\nexec pyenv exec \"${0##*/}\" \"$@\"\n";

/// A root with shims and some versions, of which only the newest release has `python3.13`; and the system's Python.
struct Pyenv {
    lab: Lab,
}

impl Pyenv {
    fn new() -> Self {
        let lab = Lab::new();
        for program in ["python", "python3.13", "python3.9"] {
            lab.script(&format!("root/shims/{program}"), SHIM);
        }
        let python = lab.compile("python", &(cpython() + "int main(void) { return 0; }"), &["-rdynamic"]);
        for (version, program) in
            [("3.12.4", "python"), ("3.12.10", "python"), ("3.13.0", "python"), ("3.13.0", "python3.13")]
        {
            let folder = lab.path("root/versions").join(version).join("bin");
            fs::create_dir_all(&folder).expect("the folder is writable");
            fs::copy(&python, folder.join(program)).expect("the folder is writable");
        }
        fs::create_dir_all(lab.path("root/versions/3.13.1rc1/bin")).expect("the folder is writable");
        fs::create_dir_all(lab.path("usr/bin")).expect("the folder is writable");
        fs::copy(&python, lab.path("usr/bin/python")).expect("the folder is writable");
        Self { lab }
    }

    fn world(&self) -> World {
        let shims_first = env::join_paths(["root/shims", "usr/bin"].map(|folder| self.lab.path(folder)));
        World::new(&self.lab).with("PATH", shims_first.expect("no colons here"))
    }

    fn program(&self, world: &World, shim: &str) -> PathBuf {
        let audit = world.audit(&self.lab.path("root/shims").join(shim)).expect("the shim leads somewhere");
        assert!(
            audit.is_executable
                && audit.path == fs::canonicalize(audit.program.as_ref().expect("as always")).expect("it is there")
        );
        audit.program.expect("as always")
    }
}

#[rstest]
#[case::exactly("3.12.4", "root/versions/3.12.4/bin/python")]
#[case::the_newest_of_a_line("3.12", "root/versions/3.12.10/bin/python")]
#[case::no_pre_release("3.13", "root/versions/3.13.0/bin/python")]
#[case::with_a_word_before("python-3.12.4", "root/versions/3.12.4/bin/python")]
#[case::the_first_that_there_is("2.7.18:3.12.4:3.13.0", "root/versions/3.12.4/bin/python")]
#[case::what_leads_out_is_passed_over("../../usr:/usr:3.12.4", "root/versions/3.12.4/bin/python")]
#[case::the_systems("system", "usr/bin/python")]
fn the_environment_chooses_first(#[case] version: &str, #[case] expected: &str) {
    let pyenv = Pyenv::new();
    pyenv.lab.file("root/version", "3.13.0\n");
    pyenv.lab.file(".python-version", "3.13.0\n");
    let world = pyenv.world().with("PYENV_VERSION", version);
    assert_eq!(pyenv.program(&world, "python"), pyenv.lab.real("").join(expected).components().collect::<PathBuf>());
}

#[rstest]
#[case::here("project/.python-version", "3.12.4\n")]
#[case::above(".python-version", "\n# which one\n3.12.4 and more\r\n3.13.0\n")]
#[case::for_all("root/version", "3.12.4")]
fn then_files_choose(#[case] file: &str, #[case] text: &str) {
    let pyenv = Pyenv::new();
    pyenv.lab.file("root/version", "3.13.0\n");
    pyenv.lab.file(file, text);
    fs::create_dir_all(pyenv.lab.path("project")).expect("the folder is writable");
    let world = World { folder: pyenv.lab.path("project"), ..pyenv.world().with("PYENV_VERSION", "") };
    assert_eq!(pyenv.program(&world, "python"), pyenv.lab.real("root/versions/3.12.4/bin/python"));
}

#[test]
fn without_a_choice_it_is_the_systems() {
    let pyenv = Pyenv::new();
    assert_eq!(pyenv.program(&pyenv.world(), "python"), pyenv.lab.path("usr/bin/python"));
}

#[test]
fn the_first_version_that_has_the_program_counts() {
    let pyenv = Pyenv::new();
    let world = pyenv.world().with("PYENV_VERSION", "3.12.4:3.13.0");
    assert_eq!(pyenv.program(&world, "python3.13"), pyenv.lab.real("root/versions/3.13.0/bin/python3.13"));
}

#[test]
fn a_link_to_a_shim_is_one() {
    let pyenv = Pyenv::new();
    let link = pyenv.lab.path("link");
    symlink(pyenv.lab.path("root/shims/python3.13"), &link).expect("the folder is writable");
    let audit = pyenv.world().with("PYENV_VERSION", "3.13.0").audit(&link).expect("the shim leads somewhere");
    assert!(audit.program.is_some_and(|program| program.ends_with("versions/3.13.0/bin/python3.13")));
}

#[test]
fn a_shim_without_its_program_says_what_to_do() {
    let pyenv = Pyenv::new();
    let world = pyenv.world().with("PYENV_VERSION", "3.13.0:3.\x1b99");
    assert_eq!(
        world.refused(&pyenv.lab.path("root/shims/python3.9")),
        format!(
            "it is a shim, and no version that is chosen has `python3.9` (chosen: 3.13.0, 3.\\x1b99); choose another by \
             PYENV_VERSION, or name an executable below `{}`",
            pyenv.lab.real("root/versions").display()
        )
    );
    assert!(!pyenv.lab.path("it-was-run").exists());
}

#[test]
fn other_scripts_are_refused() {
    let lab = Lab::new();
    let expected = "it is a script for `/usr/bin/env bash`, which is not run; name the shared library itself";
    for script in ["bin/python3", "shims/python3"] {
        assert_eq!(World::new(&lab).refused(&lab.script(script, SHIM)), expected);
    }
}
