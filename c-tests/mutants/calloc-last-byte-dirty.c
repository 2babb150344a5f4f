/*
 * about:  calloc does not zero the last byte
 * kind:   pymem
 * breaks: calloc.zeroed-reused
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    char *p = heap_malloc(domain, product);
    return p ? memset(p, 0, product > 1 ? product - 1 : 1) : NULL;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
