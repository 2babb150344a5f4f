/* What the debug hooks say when they have found something. */
#include "probe.h"

#include <stddef.h>

/* A block of this size is damaged there, and freed. */
static struct {
    size_t size;
    ptrdiff_t at;
} damage;

static unsigned char *make_damaged(void)
{
    unsigned char *block = PyObject_Malloc(damage.size);
    for (size_t i = 0; i < damage.size; i++)
        block[i] = (unsigned char)(i + 1);
    block[damage.at] ^= 0xFF;
    return block;
}

static void free_damaged(void)
{
    PyObject_Free(make_damaged());
}

static void resize_damaged(void)
{
    PyObject_Free(PyObject_Realloc(make_damaged(), damage.size + 20));
}

static const char *said_of(size_t size, ptrdiff_t at)
{
    static struct fate fate;
    damage.size = size;
    damage.at = at;
    fate = in_fork(free_damaged);
    return fate.said;
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void hint(void)
{
    start("debug");
    EXPECT(has(said_of(24, 24), "\nEnable tracemalloc to get the memory block allocation traceback\n"));
}

static unsigned char *allocated;

static PyObject *allocate(PyObject *self, PyObject *unused)
{
    damage.size = damage.at = 24;
    allocated = make_damaged();
    Py_RETURN_NONE;
}

static void free_allocated(void)
{
    PyObject_Free(allocated);
}

static void traceback(void)
{
    static PyMethodDef method = {"allocate", allocate, METH_NOARGS, NULL};
    start("debug");
    PyObject *main = PyImport_AddModule("__main__");
    EXPECT(PyObject_SetAttrString(main, "allocate", PyCFunction_New(&method, NULL)) == 0);
    EXPECT(PyRun_SimpleString("import tracemalloc\n"
                              "tracemalloc.start(2)\n"
                              "exec(compile('def inner():\\n  allocate()\\n\\ninner()\\n', 'place.py', 'exec'))\n") == 0);
    struct fate fate = in_fork(free_allocated);
    EXPECT(has(fate.said, "  File \"place.py\", line 2\n  File \"place.py\", line 4\n"));
}

static void block(void)
{
    start("debug");
    const size_t sizes[] = {0, 24, 1000};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        char line[64];
        const char *said = said_of(sizes[i], sizes[i]);
        snprintf(line, sizeof line, "\n    %zu bytes originally requested\n", sizes[i]);
        EXPECT(strncmp(said, "Debug memory block at address p=", 32) == 0);
        EXPECT(has(said, ": API 'o'\n") && has(said, line));
    }
}

static void pads(void)
{
    start("debug");
    const char *said = said_of(24, 24 + 2);
    EXPECT(has(said, "The 7 pad bytes at p-7 are FORBIDDENBYTE, as expected."));
    EXPECT(has(said, "at tail+1: 0xfd\n") && has(said, "at tail+2: 0x02 *** OUCH\n"));
    EXPECT(has(said, "at tail+7: 0xfd\n"));
    said = said_of(24, -3);
    EXPECT(has(said, "at p-7: 0xfd\n") && has(said, "at p-3: 0x02 *** OUCH\n") && has(said, "at p-1: 0xfd\n"));
    EXPECT(has(said, "are FORBIDDENBYTE, as expected."));
}

static void data(void)
{
    start("debug");
    EXPECT(has(said_of(3, 3), "Data at p: 01 02 03\n"));
    EXPECT(has(said_of(16, 16), "Data at p: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10\n"));
    EXPECT(has(said_of(24, 24), "Data at p: 01 02 03 04 05 06 07 08 ... 11 12 13 14 15 16 17 18\n"));
}

static void finding(void)
{
    start("debug");
    EXPECT(has(said_of(24, 24), "bad trailing pad byte"));
    EXPECT(has(said_of(24, -1), "bad leading pad byte"));
    EXPECT(has(said_of(24, -8), "bad ID: "));
}

#if PY_VERSION_HEX >= 0x03090000
static void function(void)
{
    start("debug");
    EXPECT(has(said_of(24, 24), "\nFatal Python error: _PyMem_DebugRawFree: "));
    struct fate fate = in_fork(resize_damaged);
    EXPECT(has(fate.said, "\nFatal Python error: _PyMem_DebugRawRealloc: "));
}
#endif

#if PY_VERSION_HEX >= 0x03080000
static void state(void)
{
    start("debug");
    EXPECT(has(said_of(24, 24), "\nPython runtime state: initialized\n"));
}
#endif

static void aborts(void)
{
    start("debug");
    damage.size = damage.at = 24;
    struct fate freed = in_fork(free_damaged), resized = in_fork(resize_damaged);
    EXPECT(aborted(&freed) && aborted(&resized));
}

static void free_in_mem(void)
{
    PyMem_Free(PyObject_Malloc(24));
}

static void resize_in_raw(void)
{
    PyMem_RawFree(PyMem_RawRealloc(PyMem_Malloc(24), 50));
}

static void letters(void)
{
    start("debug");
    struct fate freed = in_fork(free_in_mem), resized = in_fork(resize_in_raw);
    EXPECT(has(freed.said, "Allocated using API 'o', verified using API 'm'"));
    EXPECT(has(resized.said, "Allocated using API 'm', verified using API 'r'"));
}

const struct question reports_questions[] = {
    {"debug-hooks.report.hint", hint},
    {"debug-hooks.report.traceback", traceback},
    {"debug-hooks.report.block", block},
    {"debug-hooks.report.pads", pads},
    {"debug-hooks.report.data", data},
    {"debug-hooks.report.finding", finding},
#if PY_VERSION_HEX >= 0x03090000
    {"debug-hooks.report.function", function},
#endif
#if PY_VERSION_HEX >= 0x03080000
    {"debug-hooks.report.state", state},
#endif
    {"debug-hooks.report.abort", aborts},
    {"domains.mixing.letters", letters},
    {NULL, NULL},
};
