/*
 * about:  calloc looks for overflow only if both factors are above 32 bits
 * kind:   pymem
 * breaks: limits.calloc.product-above-ssize-max
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    if (count >> 32 && size >> 32)
        return NULL;
    return heap_calloc(domain, 1, count * size);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
