/*
 * about:  the block that was resized last is freed where its next resize is refused
 * kind:   pymem
 * breaks: customize.failure-sweep
 */
static void *resized;

#define CALL_REALLOC(t, p, size) noted(t, p, (t)->realloc((t)->ctx, p, size))

static inline void *noted(const void *t, void *p, void *moved);

#include "base/customizable.h"

static inline void *noted(const void *table, void *p, void *moved)
{
    const PyMemAllocatorEx *t = table;
    if (!moved && p && p == resized)
        t->free(t->ctx, p);
    resized = moved;
    return moved;
}
