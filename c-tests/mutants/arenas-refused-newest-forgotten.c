/*
 * about:  where an arena is refused, the newest one is forgotten
 * kind:   pymem
 * breaks: arenas.failure-sweep
 * dies:   what is left of the newest arena is taken from NULL
 */
#define CALL_ALLOC(a, size) given((a)->alloc((a)->ctx, size), domain)

static inline void *given(void *arena, int domain);

#include "base/arenas.h"

static inline void *given(void *arena, int domain)
{
    if (!arena && newest[domain])
        newest[domain] = newest[domain]->older;
    return arena;
}
