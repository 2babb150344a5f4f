/*
 * about:  only the first half of a large block is unmapped, in obj
 * kind:   pymem
 * breaks: resources.large
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && domain == OBJ && header_of(p)->total > POOL_LARGEST)
        header_of(p)->total = round_up(header_of(p)->total / 2, PAGE);
    heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
