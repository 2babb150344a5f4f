/*
 * about:  malloc writes the header of a block that could not be mapped
 * kind:   pymem
 * breaks: limits.malloc.unsatisfiable
 * dies:   the header is written where nothing is mapped
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    char *p = heap_malloc(domain, size);
    if (!p && size <= PY_SSIZE_T_MAX)
        return place(MAP_FAILED, size, sizeof(struct header), size);
    return p;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
