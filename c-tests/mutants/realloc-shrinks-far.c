/*
 * about:  a block that shrinks to less than a quarter keeps half of the rest
 * kind:   pymem
 * breaks: realloc.shrinks
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && size > 1 && size < old / 4)
        memset(q + size / 2, 0, size - size / 2);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
