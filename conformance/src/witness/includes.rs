//! The headers that a witness needs, by the names that it uses.

use std::collections::BTreeSet;

use super::c_text::identifiers;

/// What stands in which header of the C library.
const HEADERS: &[(&str, &[&str])] = &[
    ("dlfcn.h", &["dlopen", "dlsym", "dlerror"]),
    ("err.h", &["errx"]),
    ("errno.h", &["errno"]),
    ("fcntl.h", &["open", "O_RDONLY"]),
    ("malloc.h", &["mallinfo2"]),
    ("pthread.h", &["pthread_create", "pthread_join", "pthread_t", "pthread_barrier_t"]),
    ("sched.h", &["sched_yield"]),
    ("semaphore.h", &["sem_t"]),
    ("signal.h", &["signal", "raise", "SIGABRT", "SIGSEGV", "SIGALRM", "SIGBUS"]),
    ("stdatomic.h", &["atomic_int"]),
    ("stddef.h", &["size_t", "ptrdiff_t", "NULL"]),
    ("stdint.h", &["uintptr_t", "intptr_t", "SIZE_MAX", "PTRDIFF_MAX", "uint64_t"]),
    (
        "stdio.h",
        &[
            "printf", "fprintf", "dprintf", "puts", "snprintf", "sscanf", "fopen", "fscanf", "fflush", "stderr",
            "tmpfile", "fread", "sprintf",
        ],
    ),
    (
        "stdlib.h",
        &["malloc", "calloc", "realloc", "free", "setenv", "unsetenv", "exit", "atexit", "abort", "strtoul", "qsort"],
    ),
    (
        "string.h",
        &[
            "memset", "memcpy", "memcmp", "memchr", "memmem", "strcmp", "strncmp", "strchr", "strstr", "strlen",
            "strcat",
        ],
    ),
    ("sys/mman.h", &["mmap", "munmap", "mprotect"]),
    ("sys/resource.h", &["setrlimit", "getrlimit", "getrusage"]),
    ("sys/wait.h", &["wait", "waitpid", "WIFSIGNALED", "WEXITSTATUS", "WIFEXITED", "WTERMSIG"]),
    ("time.h", &["clock_gettime", "nanosleep"]),
    ("unistd.h", &["fork", "_exit", "pipe", "dup2", "read", "write", "close", "alarm", "usleep", "sysconf", "sbrk"]),
];

/// The lines that include them.
pub fn of(text: &str) -> String {
    let used: BTreeSet<&str> = identifiers(text).collect();
    let mut out = String::new();
    if used.contains("memmem") {
        out += "#define _GNU_SOURCE\n";
    }
    for (header, names) in HEADERS {
        if names.iter().any(|name| used.contains(name)) {
            out += &format!("#include <{header}>\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_used_is_included() {
        assert_eq!(of("memset(dlsym(x, \"fork\"), 0, 1); /* printf */"), "#include <dlfcn.h>\n#include <string.h>\n");
        assert_eq!(of("memmem()"), "#define _GNU_SOURCE\n#include <string.h>\n");
        assert_eq!(of("x"), "");
    }

    #[test]
    fn headers_stand_in_order_and_no_name_in_two() {
        assert!(HEADERS.is_sorted_by_key(|(header, _)| header));
        let mut names: Vec<_> = HEADERS.iter().flat_map(|(_, names)| names.iter()).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
