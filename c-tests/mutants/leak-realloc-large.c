/*
 * about:  a large block that moves leaves its old place behind, in obj
 * kind:   pymem
 * breaks: resources.realloc
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || domain != OBJ || size > PY_SSIZE_T_MAX || size <= room_of(p) || header_of(p)->total <= POOL_LARGEST)
        return heap_realloc(domain, p, size);
    void *q = heap_malloc(domain, size);
    return q ? memcpy(q, p, header_of(p)->size) : NULL;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
