//! The sections that clauses belong to.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Where the manual states a clause: the sections of its memory chapter in
    /// their order, then the pages beside the chapter.
    Section {
        /// What the chapter is about.
        Overview = "overview",
        /// The three domains and what each is for.
        AllocatorDomains = "allocator-domains",
        /// `PyMem_Raw*`, and what the other two families repeat of it.
        RawMemoryInterface = "raw-memory-interface",
        /// `PyMem_*`.
        MemoryInterface = "memory-interface",
        /// `PyObject_Malloc` and its family.
        ObjectAllocators = "object-allocators",
        /// Which allocator stands where.
        DefaultMemoryAllocators = "default-memory-allocators",
        /// `PyMem_GetAllocator`, `PyMem_SetAllocator`.
        CustomizeMemoryAllocators = "customize-memory-allocators",
        /// `PyMem_SetupDebugHooks`.
        DebugHooks = "debug-hooks",
        /// pymalloc.
        PymallocAllocator = "pymalloc-allocator",
        /// `PyObject_GetArenaAllocator`, `PyObject_SetArenaAllocator`.
        ArenaAllocator = "arena-allocator",
        /// mimalloc.
        Mimalloc = "mimalloc",
        /// `PyTraceMalloc_Track`, `PyTraceMalloc_Untrack`.
        Tracemalloc = "tracemalloc",
        /// The chapter's example programs.
        Examples = "examples",
        /// The page on objects on the heap.
        ObjectAllocation = "object-allocation",
        /// The pages on the command line and on configuration.
        Environment = "environment",
        /// What follows from a block being freed.
        Resources = "resources",
        /// The page on initialisation and finalisation.
        LifeCycle = "life-cycle",
        /// The page on the stable ABI.
        StableAbi = "stable-abi",
    }
}

impl Section {
    /// The heading under which a report shows the section's clauses.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::AllocatorDomains => "Allocator domains",
            Self::RawMemoryInterface => "Raw memory interface",
            Self::MemoryInterface => "Memory interface",
            Self::ObjectAllocators => "Object allocators",
            Self::DefaultMemoryAllocators => "Default memory allocators",
            Self::CustomizeMemoryAllocators => "Customize memory allocators",
            Self::DebugHooks => "Debug hooks",
            Self::PymallocAllocator => "The pymalloc allocator",
            Self::ArenaAllocator => "Customize the arena allocator",
            Self::Mimalloc => "The mimalloc allocator",
            Self::Tracemalloc => "tracemalloc C API",
            Self::Examples => "Examples",
            Self::ObjectAllocation => "Allocating objects on the heap",
            Self::Environment => "Environment and configuration",
            Self::Resources => "Resources",
            Self::LifeCycle => "Life cycle",
            Self::StableAbi => "Stable ABI",
        }
    }
}
