/* tracemalloc: blocks that others report to it, and blocks that it sees itself. */
#include "probe.h"

#if PY_VERSION_HEX < 0x030700A4
/* Their names before they were documented. */
#define PyTraceMalloc_Track _PyTraceMalloc_Track
#define PyTraceMalloc_Untrack _PyTraceMalloc_Untrack
#endif

/* Far more than the interpreter asks for meanwhile. */
#define SIZE ((size_t)1000003)
/* Only numbers here. */
#define ADDRESS ((uintptr_t)0x5eadbeef)

static PyObject *tell(const char *function)
{
    PyObject *module = PyImport_ImportModule("_tracemalloc");
    EXPECT(module);
    PyObject *answer = PyObject_CallMethod(module, function, NULL);
    EXPECT(answer);
    Py_DECREF(module);
    return answer;
}

static void start_tracing(void)
{
    start(NULL);
    tell("start");
}

static size_t traced(void)
{
    return PyLong_AsSize_t(PyTuple_GetItem(tell("get_traced_memory"), 0));
}

/* Whether the traced memory has grown by this much since, give or take what the interpreter took itself. */
static bool grew(size_t before, size_t by)
{
    size_t now = traced() + SIZE / 10;
    return now >= before + by && now <= before + by + SIZE / 5;
}

static void off(void)
{
    start(NULL);
    for (int i = 0; i < 10; i++) {
        EXPECT(PyTraceMalloc_Track(7, ADDRESS, SIZE) == -2 && PyTraceMalloc_Untrack(7, ADDRESS) == -2);
        tell("start");
        EXPECT(PyTraceMalloc_Track(7, ADDRESS, SIZE) == 0);
        tell("stop");
    }
}

static void track(void)
{
    start_tracing();
    size_t before = traced();
    for (size_t i = 1; i <= 50; i++) {
        /* Addresses that differ in their lower, and in their upper half. */
        EXPECT(PyTraceMalloc_Track(7, ADDRESS + i, SIZE) == 0);
        EXPECT(PyTraceMalloc_Track(7, ADDRESS + (i << 32), SIZE) == 0);
        EXPECT(grew(before, 2 * i * SIZE));
    }
    /* Many small blocks are as good as a few large ones. */
    before = traced();
    for (size_t i = 0; i < 100000; i++)
        EXPECT(PyTraceMalloc_Track(8, i, 10) == 0);
    EXPECT(grew(before, 1000000));
}

static void update(void)
{
    start_tracing();
    size_t before = traced();
    const size_t factors[] = {1, 3, 2, 0, 1};
    for (size_t i = 0; i < LENGTH(factors); i++) {
        EXPECT(PyTraceMalloc_Track(7, ADDRESS, factors[i] * SIZE) == 0);
        EXPECT(grew(before, factors[i] * SIZE));
    }
}

static void domains(void)
{
    start_tracing();
    size_t before = traced();
    for (unsigned int bit = 0; bit < 32; bit++) {
        EXPECT(PyTraceMalloc_Track(1U << bit, ADDRESS, SIZE) == 0);
        EXPECT(grew(before, (bit + 1) * SIZE));
    }
    for (unsigned int bit = 0; bit < 32; bit++) {
        EXPECT(PyTraceMalloc_Untrack(1U << bit, ADDRESS) == 0);
        EXPECT(grew(before, (31 - bit) * SIZE));
    }
}

static void any_key(void)
{
    start_tracing();
    EXPECT(PyTraceMalloc_Track(7, 0, SIZE) == 0 && PyTraceMalloc_Untrack(7, 0) == 0);
    EXPECT(PyTraceMalloc_Track(7, UINTPTR_MAX, SIZE) == 0 && PyTraceMalloc_Untrack(7, UINTPTR_MAX) == 0);
    EXPECT(PyTraceMalloc_Track(7, ADDRESS, 0) == 0 && PyTraceMalloc_Untrack(7, ADDRESS) == 0);
    EXPECT(PyTraceMalloc_Track(0, 1, 1) == 0 && PyTraceMalloc_Untrack(0, 1) == 0);
    EXPECT(PyTraceMalloc_Track(UINT_MAX, 1, 1) == 0 && PyTraceMalloc_Untrack(UINT_MAX, 1) == 0);
}

static void untrack(void)
{
    start_tracing();
    size_t before = traced();
    for (size_t i = 0; i < 50; i++)
        EXPECT(PyTraceMalloc_Track(7, ADDRESS + i, SIZE) == 0);
    for (size_t i = 0; i < 50; i++)
        EXPECT(PyTraceMalloc_Untrack(7, ADDRESS + i) == 0 && grew(before, (49 - i) * SIZE));
}

static void untrack_unknown(void)
{
    start_tracing();
    EXPECT(PyTraceMalloc_Track(7, ADDRESS, SIZE) == 0);
    size_t before = traced();
    EXPECT(PyTraceMalloc_Untrack(8, ADDRESS) == 0 && PyTraceMalloc_Untrack(7, ADDRESS + 8) == 0);
    EXPECT(grew(before, 0));
}

static void without_lock(void)
{
    start_tracing();
    PyEval_SaveThread();
    EXPECT(PyTraceMalloc_Track(7, ADDRESS, SIZE) == 0 && PyTraceMalloc_Untrack(7, ADDRESS) == 0);
}

static bool is_same(const PyMemAllocatorEx *one, const PyMemAllocatorEx *other)
{
    return memcmp(one, other, sizeof *one) == 0;
}

static void hooks(void)
{
    start(NULL);
    for (int domain = PYMEM_DOMAIN_RAW; domain <= PYMEM_DOMAIN_OBJ; domain++) {
        PyMemAllocatorEx before, during, after;
        PyMem_GetAllocator(domain, &before);
        tell("start");
        PyMem_GetAllocator(domain, &during);
        tell("stop");
        PyMem_GetAllocator(domain, &after);
        EXPECT(!is_same(&before, &during) && during.ctx);
        EXPECT(is_same(&before, &after));
    }
}

static void blocks_of(void *(*malloc)(size_t), void *(*calloc)(size_t, size_t), void *(*realloc)(void *, size_t),
                      void (*free)(void *))
{
    size_t before = traced();
    char *block = malloc(SIZE);
    EXPECT(grew(before, SIZE));
    block = realloc(block, 3 * SIZE);
    EXPECT(grew(before, 3 * SIZE));
    char *zeroed = calloc(SIZE, 2);
    EXPECT(grew(before, 5 * SIZE));
    free(block);
    EXPECT(grew(before, 2 * SIZE));
    free(zeroed);
    EXPECT(grew(before, 0));
    /* Many small ones. */
    static void *small[3000];
    for (size_t i = 0; i < LENGTH(small); i++)
        small[i] = malloc(350);
    EXPECT(grew(before, LENGTH(small) * 350));
    for (size_t i = 0; i < LENGTH(small); i++)
        free(small[i]);
    EXPECT(grew(before, 0));
}

static void blocks(void)
{
    start_tracing();
    blocks_of(PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree);
    blocks_of(PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free);
    blocks_of(PyObject_Malloc, PyObject_Calloc, PyObject_Realloc, PyObject_Free);
}

static void accounting(void)
{
    start_tracing();
    size_t before = traced();
    void *block = PyMem_Malloc(SIZE), *other = malloc(SIZE);
    EXPECT(block && other && grew(before, SIZE));
    free(other);
    EXPECT(grew(before, SIZE));
}

const struct question tracemalloc_questions[] = {
    {"tracemalloc.off", off},
    {"tracemalloc.track", track},
    {"tracemalloc.track.update", update},
    {"tracemalloc.track.domains", domains},
    {"tracemalloc.track.any-key", any_key},
    {"tracemalloc.untrack", untrack},
    {"tracemalloc.untrack.unknown", untrack_unknown},
    {"tracemalloc.without-lock", without_lock},
    {"tracemalloc.hooks", hooks},
    {"tracemalloc.blocks", blocks},
    {"tracemalloc.accounting", accounting},
    {NULL, NULL},
};
