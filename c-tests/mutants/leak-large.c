/*
 * about:  large blocks are never unmapped, in mem
 * kind:   pymem
 * breaks: resources.large
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && (domain != MEM || header_of(p)->total <= POOL_LARGEST))
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
