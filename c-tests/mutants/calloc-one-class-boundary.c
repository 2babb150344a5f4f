/*
 * about:  calloc of 1024 bytes, the last of the fine sizes, leaves the last eight as they were
 * kind:   pymem
 * breaks: calloc.zeroed-reused
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    void *p = heap_malloc(domain, product);
    size_t zeroed = product == 1024 ? 1016 : product;
    return p ? memset(p, 0, zeroed ? zeroed : 1) : NULL;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
