/*
 * about:  each 64th small block begins in the one before it in memory
 * kind:   pymem
 * breaks: integrity.no-overlap
 */
#include "base/heap.h"

#include <stdatomic.h>

static atomic_uint blocks;

static void *bad_malloc(enum domain domain, size_t size)
{
    char *p = heap_malloc(domain, size);
    if (!p || ++blocks % 64 || header_of(p)->total > POOL_FINE || (size_t)header_of(p)->start % PAGE == 0)
        return p;
    return place(header_of(p)->start - 48, header_of(p)->total, sizeof(struct header), size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
