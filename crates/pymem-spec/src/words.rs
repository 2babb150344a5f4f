//! The words of the contract. Each enum is ordered as reports order it, and is
//! written everywhere (files, reports, command line) with the same text.

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants have one text each, used by `Display`,
/// `FromStr` and serde alike.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every value, in report order.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The word as it is written in files and reports.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                $name::ALL.iter().copied().find(|word| word.as_str() == text).ok_or_else(|| {
                    let known = $name::ALL.iter().map(|word| word.as_str());
                    $crate::nearest::unknown(&stringify!($name).to_lowercase(), text, known)
                })
            }
        }
    };
}
pub(crate) use words;

words! {
    /// The strength of a clause.
    Level {
        /// A failure is a violation.
        Must = "must",
        /// A failure is a warning, and a violation under `--strict`.
        Should = "should",
        /// A failure is a note: what CPython does, promised by nobody.
        Detail = "detail",
    }
}

words! {
    /// A memory domain: `PYMEM_DOMAIN_RAW`, `_MEM`, `_OBJ`.
    Domain {
        /// `PyMem_Raw*`: callable without a thread state.
        Raw = "raw",
        /// `PyMem_*`: needs a thread state.
        Mem = "mem",
        /// `PyObject_*`: needs a thread state, meant for objects.
        Obj = "obj",
    }
}

words! {
    /// How a target offers the API.
    Kind {
        /// A CPython library or executable.
        Cpython = "cpython",
        /// The `PyMem_*` names without an interpreter.
        Pymem = "pymem",
        /// A function that hands out `PyMemAllocatorEx` structs.
        Vtable = "vtable",
        /// `malloc`, `calloc`, `realloc`, `free`, perhaps prefixed.
        Malloc = "malloc",
    }
}

words! {
    /// Whether a clause is judged where an interpreter runs on an allocator that was put into it.
    Inside {
        /// There, and elsewhere.
        Also = "also",
        /// Nowhere else.
        Only = "only",
        /// Not there: it is about what the installed allocator stands in place of.
        Never = "never",
    }
}

words! {
    /// The state in which the target is exercised.
    Mode {
        /// The library is loaded and nothing is initialised.
        Bare = "bare",
        /// The interpreter is initialised and a thread state is held.
        Embedded = "embedded",
    }
}

words! {
    /// With which allocators the target runs. The `PYTHONMALLOC=` values stand
    /// for the environment variable at initialisation.
    Configuration {
        /// As loaded or initialised.
        Default = "default",
        /// After `PyMem_SetupDebugHooks`.
        DebugHooks = "debug-hooks",
        /// The default allocators, named.
        EnvDefault = "PYTHONMALLOC=default",
        /// The default allocators with debug hooks.
        EnvDebug = "PYTHONMALLOC=debug",
        /// The C library in all domains.
        EnvMalloc = "PYTHONMALLOC=malloc",
        /// The C library in all domains, with debug hooks.
        EnvMallocDebug = "PYTHONMALLOC=malloc_debug",
        /// pymalloc in mem and obj.
        EnvPymalloc = "PYTHONMALLOC=pymalloc",
        /// pymalloc in mem and obj, with debug hooks.
        EnvPymallocDebug = "PYTHONMALLOC=pymalloc_debug",
        /// mimalloc in mem and obj.
        EnvMimalloc = "PYTHONMALLOC=mimalloc",
        /// mimalloc in mem and obj, with debug hooks.
        EnvMimallocDebug = "PYTHONMALLOC=mimalloc_debug",
    }
}

impl Configuration {
    /// Whether the debug hooks lie over every domain.
    pub const fn has_hooks(self) -> bool {
        matches!(
            self,
            Self::DebugHooks | Self::EnvDebug | Self::EnvMallocDebug | Self::EnvPymallocDebug | Self::EnvMimallocDebug
        )
    }

    /// The allocators below the debug hooks, by the name that `PYTHONMALLOC` has for
    /// them.
    pub fn allocators(self) -> &'static str {
        match self.pythonmalloc() {
            None | Some("debug") => "default",
            Some(name) => name.strip_suffix("_debug").unwrap_or(name),
        }
    }

    /// The value of `PYTHONMALLOC`, where this configuration sets it.
    pub fn pythonmalloc(self) -> Option<&'static str> {
        self.as_str().strip_prefix("PYTHONMALLOC=")
    }
}

words! {
    /// A property of how a Python was built.
    Build {
        /// Without `Py_DEBUG`.
        Release = "release",
        /// With `Py_DEBUG`.
        Debug = "debug",
        /// With the global interpreter lock.
        Gil = "gil",
        /// `--disable-gil`.
        FreeThreaded = "free-threaded",
        /// `--without-pymalloc`.
        NoPymalloc = "no-pymalloc",
        /// `--without-mimalloc`, or before 3.13.
        NoMimalloc = "no-mimalloc",
        /// `PYMEM_DEBUG_SERIALNO`.
        SerialNumber = "serial-number",
        /// `Py_TRACE_REFS`.
        TraceRefs = "trace-refs",
    }
}

words! {
    /// The first part of a clause's id, and the grouping of reports.
    Area {
        /// Which names are exported.
        Symbols = "symbols",
        /// Requests for zero bytes.
        ZeroSize = "zero-size",
        /// Addresses and the sizes asked for.
        Alignment = "alignment",
        /// Requests too large to be served.
        Limits = "limits",
        /// Fresh blocks.
        Malloc = "malloc",
        /// Zeroed blocks.
        Calloc = "calloc",
        /// Resized blocks.
        Realloc = "realloc",
        /// Released blocks.
        Free = "free",
        /// Live blocks keep apart and keep their contents.
        Integrity = "integrity",
        /// The three domains beside each other.
        Domains = "domains",
        /// Which allocator stands where by default.
        Defaults = "defaults",
        /// `PyMem_GetAllocator` and `PyMem_SetAllocator`.
        Customize = "customize",
        /// `PyMem_SetupDebugHooks`.
        DebugHooks = "debug-hooks",
        /// The arena allocator.
        Arenas = "arenas",
        /// pymalloc.
        Pymalloc = "pymalloc",
        /// mimalloc.
        Mimalloc = "mimalloc",
        /// The C API of tracemalloc.
        Tracemalloc = "tracemalloc",
        /// Object allocation.
        Objects = "objects",
        /// The macros of the headers.
        Macros = "macros",
        /// Several threads.
        Threads = "threads",
        /// Freed memory is usable again.
        Resources = "resources",
        /// Environment variables and configuration.
        Environment = "environment",
        /// Before, during and after the interpreter's life.
        Lifecycle = "lifecycle",
        /// The target survives what the contract allows.
        Robustness = "robustness",
    }
}
