/*
 * about:  realloc(p, 0) frees the block where it was resized before, and returns it
 * kind:   pymem
 * breaks: zero-size.realloc.keeps-block
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t resizes = p ? header_of(p)->resizes : 0;
    void *q = heap_realloc(domain, p, size);
    if (q && !size && resizes)
        HEAP_GIVE(domain, header_of(q)->start, header_of(q)->total);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
