//! Why a file cannot be tested.

use std::path::Path;

use pymem_spec::{Kind, Version};

/// Why a file cannot be tested, in one sentence whose subject is the file. Names
/// taken from the file are escaped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untestable {
    /// Nothing is there.
    #[error("there is no such file")]
    NoSuchFile,
    /// A directory, a pipe, a socket or a device.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// Symbolic links that lead to each other.
    #[error("its symbolic links lead nowhere but to each other")]
    LinkLoop,
    /// The system's own words.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// No byte in it.
    #[error("it is empty")]
    Empty,
    /// More than a library can sensibly be.
    #[error("it is larger than {limit_mib} MiB, which no library is")]
    TooLarge {
        /// The limit in MiB.
        limit_mib: u64,
    },
    /// `libX.a`.
    #[error("it is a static library; link it into a shared one (cc -shared -Wl,--whole-archive)")]
    StaticLibrary,
    /// Begins with `#!`.
    #[error("it is a script for `{interpreter}`, which is not run; name the shared library itself")]
    Script {
        /// The rest of its first line.
        interpreter: String,
    },
    /// The text that stands for a library when linking.
    #[error("it is a linker script, not a library; name the library that it points to: {libraries}")]
    LinkerScript {
        /// The text between its brackets.
        libraries: String,
    },
    /// Some other file.
    #[error("it is not an ELF file{0}")]
    NotElf(&'static str),
    /// For another machine or system than this.
    #[error("it is for another platform ({found}); this machine runs {expected}")]
    OtherPlatform {
        /// What the file is for.
        found: String,
        /// What would run here.
        expected: &'static str,
    },
    /// `X.o`.
    #[error("it is an object file that was not linked; make a shared library of it (cc -shared)")]
    Relocatable,
    /// The memory of a process that died.
    #[error("it is a core dump, not a library")]
    CoreDump,
    /// Shorter than its own headers say.
    #[error("it is truncated: its {what} should reach byte {end}, but it has only {len} bytes")]
    Truncated {
        /// Which part is cut.
        what: &'static str,
        /// Where that part would end.
        end: u64,
        /// The file's length.
        len: u64,
    },
    /// What the loader would trip over.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    /// Linked against musl or bionic.
    #[error("it needs another C library (`{needs}`), which cannot live beside glibc in one process")]
    ForeignLibc {
        /// The library that it needs.
        needs: String,
    },
    /// musl or bionic itself.
    #[error("it is a C library other than glibc, and two cannot live in one process")]
    IsForeignLibc,
    /// Before the raw family.
    #[error("it is Python {version}; the memory API that is tested began with 3.4")]
    OldPython {
        /// Its version; the patch is 0 where only the line is known.
        version: Version,
    },
    /// Has nothing of its own, and needs a Python.
    #[error("it has no allocator of its own and only needs the real library; name `{library}`")]
    Stub {
        /// The library that it needs: its path, if it lies beside the stub.
        library: String,
    },
    /// A program without a Python in it.
    #[error("it is an executable, but no Python; name a shared library")]
    NoPython,
    /// A Python program. Not supported in this version: status 2.
    #[error("testing a Python executable is not supported yet; name its shared library{}", in_brackets(.library))]
    PythonExecutable {
        /// The library that it needs, if it is not linked into it.
        library: Option<String>,
    },
    /// None of the known ways to offer an allocator.
    #[error("there is no allocator in it that is known here{}", came_close(.seen))]
    NoAllocator {
        /// What came close, as phrases.
        seen: Vec<String>,
    },
    /// `--prefix` that nothing carries.
    #[error("it exports no allocator with the prefix `{prefix}`{}", came_close(.seen))]
    NoFamily {
        /// The prefix asked for.
        prefix: String,
        /// What came close, as phrases.
        seen: Vec<String>,
    },
    /// `--vtable-symbol` that is missing.
    #[error("it exports no function `{symbol}`")]
    NoTable {
        /// The name asked for.
        symbol: String,
    },
    /// A forced kind that the file is not of.
    #[error("it is not of kind {kind}: {missing}")]
    NotOfKind {
        /// The kind asked for.
        kind: Kind,
        /// What it would have to export.
        missing: &'static str,
    },
    /// A CPython that hides which one it is.
    #[error("it exports the API of CPython, but no version of Python is found in it; as `pymem:` it can be tested")]
    NoVersion,
    /// Bad use: status 2.
    #[error("a prefix has no meaning for a target that hands out tables; leave `--prefix` out")]
    PrefixOfTable,
}

impl Untestable {
    /// Whether the request is at fault (status 2) and not the file (status 3).
    pub fn is_bad_use(&self) -> bool {
        matches!(self, Self::PythonExecutable { .. } | Self::PrefixOfTable)
    }

    /// With the library that a stub needs as a path, if it lies beside `stub`.
    pub(super) fn beside(self, stub: &Path) -> Self {
        let Self::Stub { library } = &self else { return self };
        let real = stub.with_file_name(library);
        if real.is_file() {
            Self::Stub { library: crate::text::escape_bytes(real.as_os_str().as_encoded_bytes()) }
        } else {
            self
        }
    }
}

fn in_brackets(library: &Option<String>) -> String {
    library.as_ref().map(|library| format!(" ({library})")).unwrap_or_default()
}

fn came_close(seen: &[String]) -> String {
    if seen.is_empty() { String::new() } else { format!("; seen: {}", seen.join(", ")) }
}
