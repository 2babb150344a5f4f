/*
 * about:  after 5000 requests each hundredth block of at most 1 KiB serves twice
 * kind:   pymem
 * breaks: integrity.random-operations
 */
#include "base/heap.h"

#include <stdatomic.h>

static atomic_uint requests;

static void *bad_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    if (p && ++requests > 5000 && requests % 100 == 0 && header_of(p)->total <= POOL_FINE)
        HEAP_GIVE(domain, header_of(p)->start, header_of(p)->total);
    return p;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
