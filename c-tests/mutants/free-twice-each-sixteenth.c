/*
 * about:  each sixteenth block that is freed is freed twice
 * kind:   pymem
 * breaks: free.reuse
 */
#include "base/heap.h"

#include <stdatomic.h>

static atomic_uint frees;

static void bad_free(enum domain domain, void *p)
{
    if (p && ++frees % 16 == 0 && header_of(p)->total <= POOL_LARGEST)
        heap_free_twice(domain, p);
    else
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
