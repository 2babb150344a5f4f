/*
 * about:  a large block grows by the low 32 bits of the size
 * kind:   pymem
 * breaks: limits.realloc.truncation
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    bool large = p && header_of(p)->total > POOL_LARGEST;
    return heap_realloc(domain, p, large && !(size >> 40) ? (uint32_t)size : size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
