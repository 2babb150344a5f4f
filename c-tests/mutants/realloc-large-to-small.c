/*
 * about:  a block that shrinks from above 128 KiB to at most 512 bytes is all zeroes
 * kind:   pymem
 * breaks: realloc.large
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && old > 128 * 1024 && size <= 512)
        memset(q, 0, size);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
