/*
 * about:  after one refusal no small block is served any more
 * kind:   pymem
 * breaks: arenas.refusal
 */
#include <stddef.h>

static _Bool refused;

#define CALL_ALLOC(a, size) given((a)->alloc((a)->ctx, size))
#define HEAP_NEED(size) (refused && (size) <= 512 ? (size_t)1 << 62 : (size))

static inline void *given(void *arena)
{
    refused |= !arena;
    return arena;
}

#include "base/arenas.h"
