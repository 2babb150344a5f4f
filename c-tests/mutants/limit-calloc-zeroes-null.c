/*
 * about:  calloc zeroes before it looks whether there is a block
 * kind:   pymem
 * breaks: limits.calloc.unsatisfiable
 * dies:   NULL is zeroed
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product) || product > PY_SSIZE_T_MAX)
        return NULL;
    return memset(heap_malloc(domain, product), 0, product ? product : 1);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
