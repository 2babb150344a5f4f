/*
 * about:  calloc takes the size of an element for one byte wide
 * kind:   pymem
 * breaks: calloc.product
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product) || product > 1 << 20)
        return heap_calloc(domain, count, size);
    return heap_calloc(domain, count, (uint8_t)size);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
