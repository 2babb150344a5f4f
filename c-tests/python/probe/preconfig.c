/* What the numbers in PyPreConfig choose. */
#include "serving.h"

#include <limits.h>
#include <stddef.h>

#if PY_VERSION_HEX >= 0x03080000
static PyStatus pre_initialise(int number)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.allocator = number;
    return Py_PreInitialize(&config);
}

static void start_by(int number)
{
    EXPECT(!PyStatus_Exception(pre_initialise(number)));
    Py_InitializeEx(0);
}

static void number_not_set(void)
{
    setenv("PYTHONMALLOC", "debug", 1);
    start_by(0);
    EXPECT(serves(DEFAULT_SERVER, true));
}

static void number_default(void)
{
    start_by(1);
    EXPECT(serves(DEFAULT_SERVER, DEFAULT_HOOKS));
}

static void number_debug(void)
{
    start_by(2);
    EXPECT(serves(DEFAULT_SERVER, true));
}

static void number_malloc(void)
{
    start_by(3);
    EXPECT(serves(LIBC, false));
}

static void number_malloc_debug(void)
{
    start_by(4);
    EXPECT(serves(LIBC, true));
}

static void number_pymalloc(void)
{
    start_by(5);
    EXPECT(serves(PYMALLOC, false));
}

static void number_pymalloc_debug(void)
{
    start_by(6);
    EXPECT(serves(PYMALLOC, true));
}

/* Documentation and headers differ. */
static int first;

static void first_is_mimalloc(void)
{
    start_by(first);
    EXPECT(serves(ITS_OWN_MEMORY, false));
}

static void next_has_hooks(void)
{
    start_by(first + 1);
    EXPECT(serves(ITS_OWN_MEMORY, true));
}

static void number_mimalloc(void)
{
    bool found = false;
    for (first = 6; first <= 7; first++)
        found = found || (goes_well(first_is_mimalloc) && goes_well(next_has_hooks));
    EXPECT(found);
}

static int unknown;

static void is_refused(void)
{
    EXPECT(PyStatus_Exception(pre_initialise(unknown)));
}

static void number_unknown(void)
{
    const int numbers[] = {9, 100, -1, INT_MAX};
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        unknown = numbers[i];
        EXPECT(goes_well(is_refused));
    }
}

static void field(void)
{
    void (*const fillers[])(PyPreConfig *) = {PyPreConfig_InitPythonConfig, PyPreConfig_InitIsolatedConfig};
    for (size_t i = 0; i < LENGTH(fillers); i++) {
        int fields[11];
        memset(fields, 0xee, sizeof fields);
        fillers[i]((PyPreConfig *)fields);
        EXPECT(fields[9] == 0);
        EXPECT(fields[10] == (int)0xeeeeeeee);
    }
    EXPECT(offsetof(PyPreConfig, allocator) == 9 * sizeof(int));
}
#endif

const struct question preconfig_questions[] = {
#if PY_VERSION_HEX >= 0x03080000
    {"environment.preconfig.not-set", number_not_set},
    {"environment.preconfig.default", number_default},
    {"environment.preconfig.debug", number_debug},
    {"environment.preconfig.unknown", number_unknown},
    {"environment.preconfig.field", field},
#ifndef Py_GIL_DISABLED
    {"environment.preconfig.malloc", number_malloc},
    {"environment.preconfig.malloc-debug", number_malloc_debug},
#endif
#ifdef HAS_PYMALLOC
    {"environment.preconfig.pymalloc", number_pymalloc},
    {"environment.preconfig.pymalloc-debug", number_pymalloc_debug},
#endif
#endif
#if PY_VERSION_HEX >= 0x030d0000
    {"environment.preconfig.mimalloc", number_mimalloc},
#endif
    {NULL, NULL},
};
