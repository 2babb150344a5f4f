/*
 * about:  an arena that was refused is written to
 * kind:   pymem
 * breaks: arenas.refusal
 * dies:   the first block of the arena is written to NULL
 */
#define CALL_ALLOC(a, size) at_least_a_page((a)->alloc((a)->ctx, size))

static inline void *at_least_a_page(void *arena)
{
    return arena ? arena : (void *)4096;
}

#include "base/arenas.h"
