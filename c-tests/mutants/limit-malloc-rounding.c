/*
 * about:  malloc rounds up to pages, and the largest sizes to nothing
 * kind:   pymem
 * breaks: limits.malloc.unsatisfiable
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    if (size > PY_SSIZE_T_MAX - PAGE && size <= PY_SSIZE_T_MAX)
        size = 0;
    return heap_malloc(domain, size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
