/*
 * about:  the third resize of a block damages its first byte
 * kind:   pymem
 * breaks: realloc.chain
 */
#include "base/heap.h"

static void *damaging_realloc(enum domain domain, void *p, size_t size)
{
    char *q = heap_realloc(domain, p, size);
    if (q && size && header_of(q)->resizes == 3)
        q[0] ^= 1;
    return q;
}
#define REALLOC damaging_realloc

#include "base/export_pymem.h"
