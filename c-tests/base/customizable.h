/*
 * Exports the twelve functions, each a call through the struct of its domain, and what exchanges
 * these structs: PyMem_GetAllocator, PyMem_SetAllocator and PyMem_SetupDebugHooks. A mutant
 * defines one of the hooks here or in layer.h before the include.
 */
#include "base/layer.h"

/* ---- The structs. */

/* Hook: what else the structs are, say of one thread. */
#ifndef SLOTS_ARE
#define SLOTS_ARE
#endif

static SLOTS_ARE PyMemAllocatorEx slots[DOMAINS] = {HEAP_TABLE(RAW), HEAP_TABLE(MEM), HEAP_TABLE(OBJ)};

/* Hooks: where the struct of a domain is, and how it is set. */
#ifndef SLOT
#define SLOT(domain) (&slots[domain])
#endif
#ifndef STORE
#define STORE(domain, table) (slots[domain] = *(table))
#endif

/* Hook: the last word on a struct that is handed out. */
#ifndef AFTER_GET
#define AFTER_GET(domain, out) ((void)0)
#endif

/* Hooks: what is done for a number that is no domain. */
#ifndef GET_UNKNOWN
#define GET_UNKNOWN(out) (*(out) = (PyMemAllocatorEx){0})
#endif
#ifndef SET_UNKNOWN
#define SET_UNKNOWN(table) ((void)0)
#endif

PUBLIC void PyMem_GetAllocator(unsigned domain, PyMemAllocatorEx *out)
{
    if (domain >= DOMAINS) {
        GET_UNKNOWN(out);
        return;
    }
    *out = *SLOT(domain);
    AFTER_GET(domain, out);
}

PUBLIC void PyMem_SetAllocator(unsigned domain, PyMemAllocatorEx *table)
{
    if (domain < DOMAINS)
        STORE(domain, table);
    else
        SET_UNKNOWN(table);
}

/* ---- The twelve functions. */

/* Hook: which domain's struct a call goes through. */
#ifndef GOES_THROUGH
#define GOES_THROUGH(domain) (domain)
#endif

/* Hook: whether a request is refused before the struct hears of it. */
#ifndef TOO_LARGE
#define TOO_LARGE(size) ((size) > PY_SSIZE_T_MAX)
#endif

/* Hooks: the calls of a struct `t`. */
#ifndef CALL_MALLOC
#define CALL_MALLOC(t, size) (t)->malloc((t)->ctx, size)
#endif
#ifndef CALL_CALLOC
#define CALL_CALLOC(t, count, size) (t)->calloc((t)->ctx, count, size)
#endif
#ifndef CALL_REALLOC
#define CALL_REALLOC(t, p, size) (t)->realloc((t)->ctx, p, size)
#endif
#ifndef CALL_FREE
#define CALL_FREE(t, p) (t)->free((t)->ctx, p)
#endif

static inline size_t product_or_max(size_t count, size_t size)
{
    size_t product;
    return __builtin_mul_overflow(count, size, &product) ? SIZE_MAX : product;
}

#define EXPORT(prefix, domain)                                                              \
    PUBLIC void *prefix##Malloc(size_t size)                                                \
    {                                                                                       \
        const PyMemAllocatorEx *t = SLOT(GOES_THROUGH(domain));                             \
        return TOO_LARGE(size) ? NULL : CALL_MALLOC(t, size);                               \
    }                                                                                       \
    PUBLIC void *prefix##Calloc(size_t count, size_t size)                                  \
    {                                                                                       \
        const PyMemAllocatorEx *t = SLOT(GOES_THROUGH(domain));                             \
        return TOO_LARGE(product_or_max(count, size)) ? NULL : CALL_CALLOC(t, count, size); \
    }                                                                                       \
    PUBLIC void *prefix##Realloc(void *p, size_t size)                                      \
    {                                                                                       \
        const PyMemAllocatorEx *t = SLOT(GOES_THROUGH(domain));                             \
        return TOO_LARGE(size) ? NULL : CALL_REALLOC(t, p, size);                           \
    }                                                                                       \
    PUBLIC void prefix##Free(void *p)                                                       \
    {                                                                                       \
        const PyMemAllocatorEx *t = SLOT(GOES_THROUGH(domain));                             \
        CALL_FREE(t, p);                                                                    \
    }

EXPORT(PyMem_Raw, RAW)
EXPORT(PyMem_, MEM)
EXPORT(PyObject_, OBJ)

/* ---- The debug hooks. */

/* Hook: whether a set-up lays a layer over a domain. */
#ifndef LAYS
#define LAYS(domain) (SLOT(domain)->malloc != layer_malloc)
#endif

/* Each set-up makes new layers: an older one can be below, under a hook. */
enum { LAYERS = 64 };
static struct layer layers[LAYERS];
static int layer_count;

PUBLIC void PyMem_SetupDebugHooks(void)
{
    for (unsigned domain = 0; domain < DOMAINS; domain++) {
        if (!LAYS(domain) || layer_count == LAYERS)
            continue;
        struct layer *layer = &layers[layer_count++];
        *layer = (struct layer){domain, *SLOT(domain)};
        slots[domain] = (PyMemAllocatorEx){layer, layer_malloc, layer_calloc, layer_realloc, layer_free};
    }
}
