/* What the debug hooks ask for below them, what they keep and find, and whom they let in. */
#include "probe.h"

#include <sys/wait.h>

#define SIZE_LIMIT ((size_t)PY_SSIZE_T_MAX)

/* Memory of our own below the hooks of a domain: never used again, so that it can be looked at. */
static struct {
    char last; /* m, c, r or f */
    int calls;
    size_t count, size;
} below;

static void *take(char function, size_t count, size_t size)
{
    static char memory[1 << 20];
    static size_t used;
    below.last = function;
    below.calls++;
    below.count = count;
    below.size = size;
    char *block = memory + used + 16;
    memcpy(block - 8, &(size_t){count * size}, 8);
    used += 16 + (count * size + 15) / 16 * 16;
    EXPECT(used < sizeof memory);
    return block;
}

static void *below_malloc(void *ctx, size_t size)
{
    return take('m', 1, size);
}

static void *below_calloc(void *ctx, size_t count, size_t size)
{
    return take('c', count, size);
}

static void *below_realloc(void *ctx, void *block, size_t size)
{
    size_t old;
    memcpy(&old, (char *)block - 8, 8);
    return memcpy(take('r', 1, size), block, old < size ? old : size);
}

static void below_free(void *ctx, void *block)
{
    below.last = 'f';
    below.calls++;
}

/* No interpreter, and hooks over our own memory in the raw domain. */
static void set_up(void)
{
    PyMemAllocatorEx ours = {NULL, below_malloc, below_calloc, below_realloc, below_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &ours);
    PyMem_SetupDebugHooks();
    below.calls = 0;
}

static bool was_asked_once(char function)
{
    bool once = below.calls == 1 && below.last == function;
    below.calls = 0;
    return once;
}

static void one_call(void)
{
    set_up();
    size_t more = 0;
    for (size_t size = 0; size < 100000; size += size < 300 ? 1 : 20000) {
        EXPECT(PyMem_RawMalloc(size) && was_asked_once('m'));
        EXPECT(size == 0 || below.size - size == more);
        more = below.size - size;
    }
}

static void inner_calloc(void)
{
    set_up();
    const size_t factors[][2] = {{3, 4}, {1, 100}, {0, 5}, {5, 0}};
    for (size_t i = 0; i < LENGTH(factors); i++) {
        EXPECT(PyMem_RawCalloc(factors[i][0], factors[i][1]) && was_asked_once('c'));
        EXPECT(below.count == 1 && below.size >= factors[i][0] * factors[i][1] + 24);
    }
}

static void inner_null(void)
{
    set_up();
    EXPECT(PyMem_RawRealloc(NULL, 10) && was_asked_once('m'));
    PyMem_RawFree(NULL);
    EXPECT(below.calls == 0);
}

static void inner_size(void)
{
    const size_t frame = PY_VERSION_HEX < 0x03080000 ? 32 : 24;
    set_up();
    for (size_t size = 0; size < 300; size++) {
        EXPECT(PyMem_RawMalloc(size) && below.size == size + frame);
        EXPECT(PyMem_RawCalloc(1, size) && below.size == size + frame);
    }
}

static void setup_again(void)
{
    for (int domain = 0; domain < 3; domain++) {
        PyMemAllocatorEx before, after;
        PyMem_SetupDebugHooks();
        PyMem_GetAllocator(domain, &before);
        PyMem_SetupDebugHooks();
        PyMem_GetAllocator(domain, &after);
        EXPECT(memcmp(&before, &after, sizeof before) == 0);
    }
}

static void start_removes(void)
{
    PyMemAllocatorEx before, after;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &before);
    PyMem_SetupDebugHooks();
    start("malloc");
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &after);
    EXPECT(before.malloc == after.malloc && before.ctx == after.ctx);
}

/* Whether there was a dump and a death by a signal. */
static bool is_found(void (*misuse)(void))
{
    struct fate fate = in_fork(misuse);
    return strncmp(fate.said, "Debug memory block at address p=", 32) == 0 && WIFSIGNALED(fate.status);
}

static void change_size(void)
{
    unsigned char *block = PyObject_Malloc(24);
    block[-9] ^= 0xFF;
    PyObject_Free(block);
}

static void changed_size(void)
{
    start("malloc_debug");
    EXPECT(is_found(change_size));
}

static void resize_freed(void)
{
    void *volatile block = PyMem_RawMalloc(24);
    PyMem_RawFree(block);
    PyMem_RawFree(PyMem_RawRealloc(block, 40));
}

static void realloc_after_free(void)
{
    set_up();
    EXPECT(is_found(resize_freed));
}

static void quiet(void)
{
    start("debug");
    unsigned char *block = PyObject_Malloc(24);
    block[24] ^= 0xFF;
    void *other = PyObject_Malloc(24);
    other = PyObject_Realloc(other, 100);
    PyObject_Free(other);
    PyObject_Free(PyObject_Calloc(1, 10));
    block[24] ^= 0xFF;
    PyObject_Free(block);
}

/* Whether what is done without the lock is refused as such. */
static bool needs_lock(void (*act)(void))
{
    struct fate fate = in_fork(act);
    bool complains = strstr(fate.said, "without holding the GIL") || strstr(fate.said, "without an active thread state");
    return complains && WIFSIGNALED(fate.status);
}

static void *made_with_lock;

static void give_up_lock(void)
{
    made_with_lock = PyObject_Malloc(10);
    PyEval_SaveThread();
}

static void malloc_without(void)
{
    give_up_lock();
    PyObject_Malloc(10);
}

static void calloc_without(void)
{
    give_up_lock();
    PyObject_Calloc(1, 10);
}

static void realloc_without(void)
{
    give_up_lock();
    made_with_lock = PyObject_Realloc(made_with_lock, 20);
}

static void free_without(void)
{
    give_up_lock();
    PyObject_Free(made_with_lock);
}

static void free_null_without(void)
{
    give_up_lock();
    PyObject_Free(NULL);
}

static void lock_malloc(void)
{
    start("debug");
    EXPECT(needs_lock(malloc_without));
}

static void lock_calloc(void)
{
    start("debug");
    EXPECT(needs_lock(calloc_without));
}

static void lock_realloc(void)
{
    start("debug");
    EXPECT(needs_lock(realloc_without));
}

static void lock_free(void)
{
    start("debug");
    EXPECT(needs_lock(free_without) && needs_lock(free_null_without));
}

static void raw_without(void)
{
    give_up_lock();
    PyMem_RawFree(PyMem_RawRealloc(PyMem_RawMalloc(10), 1000));
    PyMem_RawFree(PyMem_RawCalloc(3, 5));
}

static void lock_raw(void)
{
    start("debug");
    EXPECT(in_fork(raw_without).status == 0);
}

static void impossible_without(void)
{
    give_up_lock();
    EXPECT(!PyMem_Malloc(SIZE_LIMIT + 1) && !PyObject_Malloc(SIZE_LIMIT + 1));
}

static void lock_limits_first(void)
{
    start("debug");
    EXPECT(in_fork(impossible_without).status == 0);
}

#if PY_VERSION_HEX < 0x03080000 || defined(PYMEM_DEBUG_SERIALNO)
/* The number behind a small block that is asked for now. */
static size_t next_number(void)
{
    unsigned char *block = PyMem_RawMalloc(10);
    size_t number = 0;
    for (int i = 10 + 8; i < 10 + 16; i++)
        number = number << 8 | block[i];
    return number;
}

static void serial_number(void)
{
    set_up();
    size_t first = next_number();
    EXPECT(next_number() == first + 1);
    PyMem_RawCalloc(1, 10);
    EXPECT(next_number() == first + 3);
    PyMem_RawRealloc(PyMem_RawMalloc(10), 20);
    EXPECT(next_number() == first + 6);
}

static void serial_number_refused(void)
{
    set_up();
    size_t first = next_number();
    EXPECT(!PyMem_RawMalloc(SIZE_LIMIT));
    EXPECT(next_number() == first + (PY_VERSION_HEX < 0x03070000 ? 2 : 1));
}
#endif

const struct question hooks_questions[] = {
    {"debug-hooks.inner.one-call", one_call},
    {"debug-hooks.inner.calloc", inner_calloc},
    {"debug-hooks.inner.null", inner_null},
    {"debug-hooks.inner.size", inner_size},
    {"debug-hooks.setup.again", setup_again},
    {"debug-hooks.setup.start-removes", start_removes},
    {"debug-hooks.detects.changed-size", changed_size},
    {"debug-hooks.detects.realloc-after-free", realloc_after_free},
    {"debug-hooks.quiet", quiet},
    {"debug-hooks.lock.malloc", lock_malloc},
    {"debug-hooks.lock.calloc", lock_calloc},
    {"debug-hooks.lock.realloc", lock_realloc},
    {"debug-hooks.lock.free", lock_free},
    {"debug-hooks.lock.raw", lock_raw},
    {"debug-hooks.lock.limits-first", lock_limits_first},
#if PY_VERSION_HEX < 0x03080000
    {"debug-hooks.layout.serial-number", serial_number},
    {"debug-hooks.serial-number.refused", serial_number_refused},
#elif defined(PYMEM_DEBUG_SERIALNO)
    {"debug-hooks.layout.serial-number-by-build", serial_number},
#endif
    {NULL, NULL},
};
