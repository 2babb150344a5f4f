/*
 * about:  the 2000th resize of a block clears its first byte
 * kind:   pymem
 * breaks: realloc.chain
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    char *q = heap_realloc(domain, p, size);
    if (q && size && header_of(q)->resizes == 2000)
        q[0] = 0;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
