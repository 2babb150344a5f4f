/*
 * Runs a module in a Python whose memory comes from another library:
 *
 *     install LIBPYTHON ALLOCATOR PROGRAM MODULE [ARGUMENT]...
 *
 * The tables of ALLOCATOR, by its pymem_get_allocator, are installed in all
 * three domains of LIBPYTHON before anything is initialised. PROGRAM is what the
 * interpreter takes itself for; MODULE runs as under -m. Ends in 2 if it does
 * not come to that, or if the interpreter has put another allocator in place.
 *
 * Py_Main would be shorter, but that of 3.6 chooses an allocator itself.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* CPython's PyMemAllocatorEx. */
struct table {
    void *ctx;
    void *(*malloc)(void *, size_t);
    void *(*calloc)(void *, size_t, size_t);
    void *(*realloc)(void *, void *, size_t);
    void (*free)(void *, void *);
};

#define FUNCTION(library, result, name, ...) ((result(*)(__VA_ARGS__))symbol(library, name))

static void fail(const char *what)
{
    fprintf(stderr, "install: %s\n", what);
    exit(2);
}

static void *opened(const char *file, int flags)
{
    void *library = dlopen(file, RTLD_NOW | flags);
    if (!library)
        fail(dlerror());
    return library;
}

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);
    if (!found)
        fail(dlerror());
    return found;
}

int main(int argc, char **argv)
{
    if (argc < 5)
        fail("usage: install LIBPYTHON ALLOCATOR PROGRAM MODULE [ARGUMENT]...");
    void *python = opened(argv[1], RTLD_GLOBAL);
    /* After the interpreter, whose names come first for whoever looks them up. */
    void *allocator = opened(argv[2], RTLD_LOCAL);
    struct table ours[3];
    for (int domain = 0; domain < 3; domain++) {
        if (FUNCTION(allocator, int, "pymem_get_allocator", int, struct table *)(domain, &ours[domain]) != 0)
            fail("a domain is missing");
        FUNCTION(python, void, "PyMem_SetAllocator", int, struct table *)(domain, &ours[domain]);
    }

    wchar_t *words[64] = {NULL};
    int count = 0;
    for (int i = 4; i < argc && count < 63; i++)
        words[count++] = FUNCTION(python, wchar_t *, "Py_DecodeLocale", const char *, size_t *)(argv[i], NULL);
    wchar_t *program = FUNCTION(python, wchar_t *, "Py_DecodeLocale", const char *, size_t *)(argv[3], NULL);
    FUNCTION(python, void, "Py_SetProgramName", const wchar_t *)(program);
    FUNCTION(python, void, "Py_Initialize", void)();
    FUNCTION(python, void, "PySys_SetArgvEx", int, wchar_t **, int)(count, words, 0);

    for (int domain = 0; domain < 3; domain++) {
        struct table now;
        FUNCTION(python, void, "PyMem_GetAllocator", int, struct table *)(domain, &now);
        if (memcmp(&now, &ours[domain], sizeof now) != 0)
            fail("the interpreter has put another allocator in place");
    }
    /* An exit of the module ends the process with its status. */
    int status = FUNCTION(python, int, "PyRun_SimpleStringFlags", const char *, void *)(
        "import runpy, sys; runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)", NULL);
    FUNCTION(python, void, "Py_Finalize", void)();
    return status ? 1 : 0;
}
