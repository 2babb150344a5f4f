/* What allocators live through when interpreters start and end, and what a process does. */
#include "serving.h"

#include <stdint.h>

static void use(PyMemAllocatorDomain domain)
{
    const size_t sizes[] = {0, 1, 512, 513, 10000};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        char *block = get(domain, sizes[i]);
        EXPECT(block);
        memset(block, 'x', sizes[i]);
        block = resize(domain, block, sizes[i] + 100);
        EXPECT(block && (sizes[i] == 0 || (block[0] == 'x' && block[sizes[i] - 1] == 'x')));
        give_back(domain, block);
    }
}

static void use_all(void)
{
    for (int domain = 0; domain < DOMAINS; domain++)
        use(domain);
}

static void three_lives(void)
{
    for (int life = 0; life < 3; life++) {
        start(NULL);
        use_all();
        Py_FinalizeEx();
    }
}

static void cycles(void)
{
    EXPECT(goes_well(three_lives));
}

static bool is_full_of(const char *block, char byte, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != byte)
            return false;
    return true;
}

static void raw_outlive(void)
{
    char *early = PyMem_RawMalloc(1000);
    memset(early, 'e', 1000);
    start(NULL);
    char *late = PyMem_RawMalloc(100);
    memset(late, 'l', 100);
    Py_FinalizeEx();
    EXPECT(is_full_of(early, 'e', 1000) && is_full_of(late, 'l', 100));
    late = PyMem_RawRealloc(late, 2000);
    EXPECT(late && is_full_of(late, 'l', 100));
    PyMem_RawFree(early);
    PyMem_RawFree(late);
    use(PYMEM_DOMAIN_RAW);
}

static void raw_outlives(void)
{
    EXPECT(goes_well(raw_outlive));
}

static void all_outlive_one(void)
{
    start(NULL);
    char *mem = PyMem_Malloc(100), *obj = PyObject_Malloc(1000);
    memset(mem, 'm', 100);
    memset(obj, 'o', 1000);
    Py_FinalizeEx();
    EXPECT(is_full_of(mem, 'm', 100) && is_full_of(obj, 'o', 1000));
    PyMem_Free(mem);
    PyObject_Free(obj);
    use_all();
}

static void all_outlive(void)
{
    EXPECT(goes_well(all_outlive_one));
}

static void further_interpreter(void)
{
    start(NULL);
    PyThreadState *first = PyThreadState_Get();
    PyThreadState *further = Py_NewInterpreter();
    EXPECT(further);
    use_all();
    Py_EndInterpreter(further);
    PyThreadState_Swap(first);
    use_all();
}

#if PY_VERSION_HEX >= 0x030c0000
static bool is_made(int check_extensions)
{
    PyThreadState *first = PyThreadState_Get(), *further = NULL;
    PyInterpreterConfig config = {
        .use_main_obmalloc = 0,
        .check_multi_interp_extensions = check_extensions,
        .gil = PyInterpreterConfig_SHARED_GIL,
    };
    PyStatus status = Py_NewInterpreterFromConfig(&further, &config);
    if (PyStatus_Exception(status))
        return false;
    use_all();
    Py_EndInterpreter(further);
    PyThreadState_Swap(first);
    return true;
}

static void unchecked_extensions(void)
{
    start(NULL);
    EXPECT(!is_made(0));
}

static void own_allocator(void)
{
    EXPECT(goes_well(unchecked_extensions));
    start(NULL);
    EXPECT(is_made(1));
}
#endif

static void legal_calls(void)
{
    start(NULL);
    void *(*const callocs[])(size_t, size_t) = {PyMem_RawCalloc, PyMem_Calloc, PyObject_Calloc};
    for (int domain = 0; domain < DOMAINS; domain++) {
        give_back(domain, NULL);
        give_back(domain, callocs[domain](0, SIZE_MAX));
        give_back(domain, callocs[domain](SIZE_MAX, 0));
        give_back(domain, callocs[domain](SIZE_MAX, 2));
        give_back(domain, get(domain, SIZE_MAX));
        void *block = resize(domain, NULL, 10);
        EXPECT(!resize(domain, block, SIZE_MAX));
        give_back(domain, resize(domain, block, 0));
    }
}

static void survives(void)
{
    EXPECT(goes_well(legal_calls));
}

const struct question lifecycle_questions[] = {
    {"lifecycle.cycles", cycles},
    {"lifecycle.raw-outlives", raw_outlives},
    {"lifecycle.further-interpreter", further_interpreter},
#if PY_VERSION_HEX < 0x030c0000
    {"lifecycle.all-outlive", all_outlive},
#endif
#if PY_VERSION_HEX >= 0x030c0000
    {"lifecycle.own-allocator", own_allocator},
#endif
    {"robustness.survives", survives},
    {NULL, NULL},
};
