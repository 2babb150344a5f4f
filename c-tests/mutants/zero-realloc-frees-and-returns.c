/*
 * about:  realloc(p, 0) returns the block, but has freed it
 * kind:   pymem
 * breaks: zero-size.realloc.keeps-block
 * dies:   the block is in the list of free blocks
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || size || header_of(p)->total > POOL_LARGEST)
        return heap_realloc(domain, p, size);
    heap_free(domain, p);
    return p;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
