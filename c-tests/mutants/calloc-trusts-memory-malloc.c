/*
 * about:  calloc of the plain names takes all memory for fresh from the system
 * kind:   malloc
 * breaks: calloc.zeroed-reused
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    char *p = heap_malloc(domain, product);
    return p;
}
#define CALLOC bad_calloc

#include "base/export_malloc.h"
