/*
 * about:  a block that moves to shrink loses the second half of what it keeps
 * kind:   pymem
 * breaks: realloc.shrinks
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && q != p && size < old)
        memset(q + size / 2, 0, size - size / 2);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
