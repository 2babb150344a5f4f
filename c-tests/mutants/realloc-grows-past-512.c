/*
 * about:  a block that grows from at most 512 bytes to more loses the second half
 * kind:   pymem
 * breaks: realloc.grows
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && old > 1 && old <= 512 && size > 512)
        memset(q + old / 2, 0, old - old / 2);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
