/*
 * about:  a block that was resized to less is never used again, in mem
 * kind:   pymem
 * breaks: resources.realloc
 */
#include "base/heap.h"

static void *marking_realloc(enum domain domain, void *p, size_t size)
{
    bool shrinks = p && domain == MEM && size < header_of(p)->size;
    void *q = heap_realloc(domain, p, size);
    if (q && shrinks)
        header_of(q)->resizes = SIZE_MAX / 2;
    return q;
}
#define REALLOC marking_realloc

static void bad_free(enum domain domain, void *p)
{
    if (p && header_of(p)->resizes < SIZE_MAX / 2)
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
