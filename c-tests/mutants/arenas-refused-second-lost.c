/*
 * about:  after the second arena was refused, the first one is never given back
 * kind:   pymem
 * breaks: arenas.failure-sweep
 */
#define CALL_ALLOC(a, size) given((a)->alloc((a)->ctx, size), domain)

static inline void *given(void *arena, int domain);

#include "base/arenas.h"

static inline void *given(void *arena, int domain)
{
    if (!arena && newest[domain])
        newest[domain]->live++;
    return arena;
}
