/*
 * about:  calloc of a prefixed family multiplies without looking for overflow
 * kind:   malloc
 * breaks: limits.calloc.library
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product = count * size;
    void *p = heap_malloc(domain, product);
    return p ? memset(p, 0, product ? product : 1) : NULL;
}
#define CALLOC bad_calloc
#define MALLOC_PREFIX je_

#include "base/export_malloc.h"
