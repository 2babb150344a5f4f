/*
 * about:  a table whose realloc forgets the old block when it moves one of obj
 * kind:   vtable
 * breaks: resources.realloc
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || domain != OBJ || size <= room_of(p) || size > PY_SSIZE_T_MAX)
        return heap_realloc(domain, p, size);
    size_t old = header_of(p)->size;
    void *q = heap_malloc(domain, size);
    return q ? memcpy(q, p, old) : NULL;
}
#define REALLOC bad_realloc

#include "base/export_vtable.h"
