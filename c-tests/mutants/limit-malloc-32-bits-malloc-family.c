/*
 * about:  malloc of a prefixed family keeps the low 32 bits of a size
 * kind:   malloc
 * breaks: limits.malloc.truncation
 * dies:   the last byte that the caller asked for is not there
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    return heap_malloc(domain, size >> 40 ? size : (uint32_t)size);
}
#define MALLOC bad_malloc
#define MALLOC_PREFIX je_

#include "base/export_malloc.h"
