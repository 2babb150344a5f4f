/*
 * about:  malloc keeps the low 33 bits of a size
 * kind:   pymem
 * breaks: limits.malloc.truncation
 * dies:   what the caller may write goes past the end of a mapping
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    return heap_malloc(domain, size <= PY_SSIZE_T_MAX ? size & 0x1ffffffff : size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
