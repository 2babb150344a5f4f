/* Allocators that are installed, and what becomes of them when an interpreter starts and ends. */
#include "probe.h"

#include <pthread.h>

static PyMemAllocatorEx first;

/* Passes a call on, and counts it. */
static size_t calls;
static void *counted_malloc(void *ctx, size_t size)
{
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    return first.malloc(first.ctx, size);
}

static void *counted_calloc(void *ctx, size_t count, size_t size)
{
    return first.calloc(first.ctx, count, size);
}

static void *counted_realloc(void *ctx, void *block, size_t size)
{
    return first.realloc(first.ctx, block, size);
}

static void counted_free(void *ctx, void *block)
{
    first.free(first.ctx, block);
}

static void install(void *ctx)
{
    PyMemAllocatorEx ours = {ctx, counted_malloc, counted_calloc, counted_realloc, counted_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &ours);
}

static bool is_installed(void)
{
    PyMemAllocatorEx now;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &now);
    size_t before = calls;
    PyMem_RawFree(PyMem_RawMalloc(10));
    return now.malloc == counted_malloc && calls == before + 1;
}

static void before_start(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &first);
    install(NULL);
    start(NULL);
    EXPECT(calls > 0 && is_installed());
}

static void after_end(void)
{
    start(NULL);
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &first);
    install(NULL);
    EXPECT(Py_FinalizeEx() == 0);
    EXPECT(is_installed());
}

static void start_replaces(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &first);
    install(NULL);
    start("malloc");
    EXPECT(!is_installed());
}

static bool ends;
static int rounds;
static char other;

/* Sets one of two structs all the time. */
static void *set_and_set(void *unused)
{
    for (; !__atomic_load_n(&ends, __ATOMIC_ACQUIRE); __atomic_add_fetch(&rounds, 1, __ATOMIC_RELEASE)) {
        install(&other);
        PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &first);
    }
    return NULL;
}

static void locked(void)
{
    start(NULL);
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &first);
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, set_and_set, NULL) == 0);
    for (int i = 0; i < 200000 || __atomic_load_n(&rounds, __ATOMIC_ACQUIRE) < 100; i++) {
        PyMemAllocatorEx now;
        PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &now);
        EXPECT((now.ctx == &other) == (now.malloc == counted_malloc));
    }
    __atomic_store_n(&ends, true, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
}

static void direct_limits(void)
{
    start(NULL);
    for (int domain = PYMEM_DOMAIN_RAW; domain <= PYMEM_DOMAIN_OBJ; domain++) {
        PyMemAllocatorEx now;
        PyMem_GetAllocator(domain, &now);
        EXPECT(!now.malloc(now.ctx, (size_t)PY_SSIZE_T_MAX + 1));
        EXPECT(!now.malloc(now.ctx, SIZE_MAX));
    }
}

static void unknown_domain(void)
{
    const int domains[] = {3, 4, 100, -1};
    for (size_t i = 0; i < LENGTH(domains); i++) {
        PyMemAllocatorEx before[3], now;
        for (int domain = 0; domain < 3; domain++)
            PyMem_GetAllocator(domain, &before[domain]);
        PyMemAllocatorEx ours = {&other, counted_malloc, counted_calloc, counted_realloc, counted_free};
        PyMem_SetAllocator(domains[i], &ours);
        PyMem_GetAllocator(domains[i], &now);
        EXPECT(!now.ctx && !now.malloc && !now.calloc && !now.realloc && !now.free);
        for (int domain = 0; domain < 3; domain++) {
            PyMem_GetAllocator(domain, &now);
            EXPECT(memcmp(&now, &before[domain], sizeof now) == 0);
        }
    }
}

const struct question customize_questions[] = {
    {"customize.before-start", before_start},
    {"customize.after-end", after_end},
    {"customize.start-replaces", start_replaces},
    {"customize.locked", locked},
    {"customize.direct-limits", direct_limits},
    {"customize.unknown-domain", unknown_domain},
    {NULL, NULL},
};
