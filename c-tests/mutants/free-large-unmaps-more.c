/*
 * about:  free of a large block takes the page behind it too
 * kind:   pymem
 * breaks: free.neighbours
 * dies:   the block behind a freed one is gone
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && header_of(p)->total > POOL_LARGEST)
        header_of(p)->total += PAGE;
    heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
