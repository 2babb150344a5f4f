/*
 * about:  where an arena is refused the newest one is cut up again
 * kind:   pymem
 * breaks: arenas.refusal
 * dies:   two blocks are one, and the list of free blocks is in them
 */
#define CALL_ALLOC(a, size) ((a)->alloc((a)->ctx, size) ?: again(domain))

static inline void *again(int domain);

#include "base/arenas.h"

static inline void *again(int domain)
{
    struct arena *arena = newest[domain];
    newest[domain] = arena ? arena->older : NULL;
    return arena;
}
