/*
 * about:  realloc of the plain names loses the last byte that a shrinking block keeps
 * kind:   malloc
 * breaks: realloc.shrinks
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && size && size < old)
        q[size - 1] ^= 1;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_malloc.h"
