/* The names that a library exports. */
#include "probe.h"

#include <dlfcn.h>

static bool exports(const char *const *names)
{
    for (; *names; names++)
        if (!dlsym(RTLD_DEFAULT, *names))
            return false;
    return true;
}

#define EXPORTS(...) exports((const char *const[]){__VA_ARGS__, NULL})

static void arenas(void)
{
    EXPECT(EXPORTS("PyObject_GetArenaAllocator", "PyObject_SetArenaAllocator"));
}

static void customize(void)
{
    EXPECT(EXPORTS("PyMem_GetAllocator", "PyMem_SetAllocator", "PyMem_SetupDebugHooks"));
}

static void objects(void)
{
    EXPECT(EXPORTS("_PyObject_New", "_PyObject_NewVar", "PyObject_Init", "PyObject_InitVar"));
}

static void gc(void)
{
    EXPECT(EXPORTS("_PyObject_GC_New", "_PyObject_GC_NewVar", "_PyObject_GC_Resize"));
    EXPECT(EXPORTS("PyObject_GC_Track", "PyObject_GC_UnTrack", "PyObject_GC_Del"));
}

static void gc_queries(void)
{
    EXPECT(EXPORTS("PyObject_GC_IsTracked", "PyObject_GC_IsFinalized"));
}

static void gc_extra_data(void)
{
    EXPECT(EXPORTS("PyUnstable_Object_GC_NewWithExtraData"));
}

static void tracemalloc(void)
{
    EXPECT(EXPORTS("PyTraceMalloc_Track", "PyTraceMalloc_Untrack"));
}

const struct question symbols_questions[] = {
    {"symbols.arenas", arenas},
    {"symbols.customize", customize},
    {"symbols.objects", objects},
    {"symbols.gc", gc},
#if PY_VERSION_HEX >= 0x03090000
    {"symbols.gc-queries", gc_queries},
#endif
#if PY_VERSION_HEX >= 0x030c0000
    {"symbols.gc-extra-data", gc_extra_data},
#endif
#if PY_VERSION_HEX >= 0x03070000
    {"symbols.tracemalloc", tracemalloc},
#endif
    {NULL, NULL},
};
