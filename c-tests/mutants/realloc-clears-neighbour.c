/*
 * about:  a resize in place clears the first byte of the block behind
 * kind:   pymem
 * breaks: realloc.neighbours
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    char *q = heap_realloc(domain, p, size);
    if (q && q == p && header_of(q)->total <= POOL_FINE)
        q[room_of(q) + sizeof(struct header)] = 0;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
