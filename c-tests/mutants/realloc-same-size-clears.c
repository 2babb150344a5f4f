/*
 * about:  realloc to the size that the block has clears its first byte
 * kind:   pymem
 * breaks: realloc.same-size
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && size && size == old)
        q[0] = 0;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
