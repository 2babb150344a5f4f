/*
 * about:  calloc keeps the low 32 bits of the product
 * kind:   pymem
 * breaks: limits.calloc.truncation
 * dies:   what the caller may write goes past the end of a mapping
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product) || product > PY_SSIZE_T_MAX)
        return NULL;
    return heap_calloc(domain, 1, (uint32_t)product);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
