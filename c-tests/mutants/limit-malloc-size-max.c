/*
 * about:  malloc adds to SIZE_MAX until it wraps, and serves that
 * kind:   pymem
 * breaks: limits.malloc.above-ssize-max
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    return heap_malloc(domain, size > SIZE_MAX - 16 ? size + 16 : size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
