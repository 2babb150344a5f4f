/*
 * about:  malloc counts pages in 24 bits
 * kind:   pymem
 * breaks: limits.malloc.truncation
 * dies:   the last byte that the caller asked for is not there
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    return heap_malloc(domain, size >> 40 ? size : size & (((size_t)1 << 36) - 1));
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
