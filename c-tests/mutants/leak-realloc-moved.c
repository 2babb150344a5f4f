/*
 * about:  a block that moves leaves its old place behind, in raw
 * kind:   pymem
 * breaks: resources.realloc
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || domain != RAW || size > PY_SSIZE_T_MAX || size <= room_of(p))
        return heap_realloc(domain, p, size);
    void *q = heap_malloc(domain, size);
    return q ? memcpy(q, p, header_of(p)->size) : NULL;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
