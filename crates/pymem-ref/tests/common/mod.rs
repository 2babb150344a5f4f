//! What several tests need.

use std::ffi::c_void;
use std::io::Read;
use std::os::fd::FromRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;

use pymem_ref::{PyMemAllocatorEx, get_allocator};

/// How a child ended, and what it wrote to standard error.
#[derive(Debug)]
pub struct Ended {
    /// The signal that killed it.
    pub signal: Option<i32>,
    pub stderr: String,
}

/// Runs `body` in a child of this process. Addresses are replaced by `ADDR` in what it writes.
pub fn in_child(body: impl FnOnce()) -> Ended {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
    // SAFETY: the child runs `body`, which takes no lock that another thread may hold, and leaves by `_exit`.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0);
    if pid == 0 {
        // SAFETY: both are descriptors.
        unsafe { libc::dup2(ends[1], 2) };
        body();
        // SAFETY: ends the process.
        unsafe { libc::_exit(0) };
    }
    // SAFETY: ours, and used nowhere else.
    unsafe { libc::close(ends[1]) };
    // SAFETY: as above.
    let mut pipe = unsafe { std::fs::File::from_raw_fd(ends[0]) };
    let mut text = Vec::new();
    pipe.read_to_end(&mut text).unwrap();
    let mut status = 0;
    // SAFETY: collects our child.
    assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
    let signal = libc::WIFSIGNALED(status).then(|| libc::WTERMSIG(status));
    Ended { signal, stderr: without_addresses(&String::from_utf8_lossy(&text)) }
}

fn without_addresses(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("=0x") {
        out.push_str(&rest[..at]);
        out.push_str("=ADDR");
        rest = rest[at + 3..].trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    out + rest
}

/// The current allocator of a domain.
pub fn current(domain: i32) -> PyMemAllocatorEx {
    let mut table = std::mem::MaybeUninit::uninit();
    // SAFETY: the variable can be written to.
    unsafe { get_allocator(domain, &mut table) };
    // SAFETY: written, for the domain exists.
    unsafe { table.assume_init() }
}

/// The bytes at an address.
pub fn bytes<const N: usize>(at: *mut c_void) -> [u8; N] {
    // SAFETY: the tests name memory that is there.
    unsafe { at.cast::<[u8; N]>().read_unaligned() }
}

/// Writes a byte.
pub fn poke(block: *mut c_void, offset: isize, byte: u8) {
    // SAFETY: the tests name memory that is there.
    unsafe { block.cast::<u8>().offset(offset).write(byte) };
}

/// The shared library. Cargo builds it for every integration test, beside the test or one folder above.
pub fn shared_library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let name = "libpymem_ref.so";
    let places = [test.with_file_name(name), test.parent().unwrap().with_file_name(name)];
    places.into_iter().find(|path| path.exists()).expect("cargo has built the shared library")
}

/// Says that a test was not run, and how it would be. Fails where everything is required.
pub fn not_run(test: &str, remedy: &str) {
    println!("not run: {test}: {remedy}");
    let required = std::env::var_os("PYMEM_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(!required, "{test} was not run, and PYMEM_REQUIRE_ALL=1 demands it: {remedy}");
}

/// Compiles a program of `c-tests/embed`; none, with a line that says so, without a compiler.
pub fn compile(folder: &Path, name: &str, arguments: &[&str]) -> Option<PathBuf> {
    compile_of("embed", folder, name, arguments)
}

/// The same for another folder of `c-tests`.
pub fn compile_of(group: &str, folder: &Path, name: &str, arguments: &[&str]) -> Option<PathBuf> {
    let compiler = std::env::var_os("CC").filter(|name| !name.is_empty()).unwrap_or_else(|| "cc".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = folder.join(name);
    let mut command = Command::new(compiler);
    command.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-value", "-o"]).arg(&program);
    let source = root.join("../../c-tests").join(group).join(name).with_extension("c");
    command.arg(source).arg("-I").arg(root.join("include"));
    command.arg("-L").arg(shared_library().parent().unwrap()).args(arguments).arg("-ldl");
    match command.output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            not_run(&format!("the C program {name}"), "apt-get install -y gcc libc6-dev");
            return None;
        }
    }
    Some(program)
}
