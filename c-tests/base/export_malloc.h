/*
 * Exports `malloc` and its family, each name behind MALLOC_PREFIX. Under the plain names this
 * includes the functions that make aligned blocks: a program's `free` gets those too.
 */
#include "base/overrides.h"

#include <errno.h>

#ifndef MALLOC_PREFIX
#define MALLOC_PREFIX
#endif
#define JOIN(prefix, name) prefix##name
#define JOIN_EXPANDED(prefix, name) JOIN(prefix, name)
#define NAME(name) JOIN_EXPANDED(MALLOC_PREFIX, name)

static inline void *or_enomem(void *p)
{
    if (!p)
        errno = ENOMEM;
    return p;
}

PUBLIC void *NAME(malloc)(size_t size)
{
    return or_enomem(MALLOC(RAW, size));
}

PUBLIC void *NAME(calloc)(size_t count, size_t size)
{
    return or_enomem(CALLOC(RAW, count, size));
}

PUBLIC void *NAME(realloc)(void *p, size_t size)
{
    return or_enomem(REALLOC(RAW, p, size));
}

PUBLIC void NAME(free)(void *p)
{
    FREE(RAW, p);
}

PUBLIC void *NAME(aligned_alloc)(size_t alignment, size_t size)
{
    return or_enomem(heap_aligned(RAW, alignment, size));
}

PUBLIC void *NAME(memalign)(size_t alignment, size_t size)
{
    return or_enomem(heap_aligned(RAW, alignment, size));
}

PUBLIC int NAME(posix_memalign)(void **out, size_t alignment, size_t size)
{
    void *p = heap_aligned(RAW, alignment, size);
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

PUBLIC size_t NAME(malloc_usable_size)(void *p)
{
    return p ? header_of(p)->size : 0;
}
