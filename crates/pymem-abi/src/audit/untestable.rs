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
    /// A pipe, a socket or a device.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// A folder, be it that of a Python.
    #[error("it is a directory, not a file{}", python_there(.python))]
    Directory {
        /// The executable of the Python that is installed there, if one is.
        python: Option<String>,
    },
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
    /// A Python into which the loader puts nothing, because it is started without one.
    #[error("it is a Python that is linked statically as a whole, so that nothing can be put into it; name another")]
    StaticExecutable,
    /// A Python that keeps its functions to itself.
    #[error("it is a Python whose executable exports no function of the memory API; link it with -rdynamic")]
    HiddenApi,
    /// A Python into which the loader puts nothing, because it may do what its user may not.
    #[error("it is a Python that runs with rights of its own (set-uid or set-gid); test a copy without these")]
    OtherRights,
    /// A Python that would have to be started.
    #[error("it is a Python that nobody may execute; give it the permission (chmod +x)")]
    NotExecutable,
    /// An executable without its Python.
    #[error("it needs `{library}`, which the loader does not find; name that library, or set LD_LIBRARY_PATH")]
    LibraryNotFound {
        /// The name of the library.
        library: String,
    },
    /// An executable whose Python cannot be tested.
    #[error("it needs `{library}`, which cannot be tested: {reason}")]
    Library {
        /// The path of the library.
        library: String,
        /// What is wrong with it.
        reason: Box<Untestable>,
    },
    /// A script of pyenv that leads nowhere.
    #[error(
        "it is a shim, and no version that is chosen has `{program}` (chosen: {chosen}); choose another by \
         PYENV_VERSION, or name an executable below `{versions}`"
    )]
    Shim {
        /// Its own name, which is that of the program it stands for.
        program: String,
        /// The versions, with commas between.
        chosen: String,
        /// The folder in which versions are installed.
        versions: String,
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
        matches!(self, Self::PrefixOfTable)
    }

    /// As the reason why the executable that needs `library` cannot be tested. A version is the executable's as well.
    pub(super) fn of_library(self, library: &Path) -> Self {
        match self {
            Self::OldPython { .. } => self,
            reason => Self::Library {
                library: crate::text::escape_bytes(library.as_os_str().as_encoded_bytes()),
                reason: Box::new(reason),
            },
        }
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

fn python_there(python: &Option<String>) -> String {
    python.as_ref().map(|python| format!("; name `{python}`")).unwrap_or_default()
}

fn came_close(seen: &[String]) -> String {
    if seen.is_empty() { String::new() } else { format!("; seen: {}", seen.join(", ")) }
}
