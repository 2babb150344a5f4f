/*
 * about:  realloc of the plain names frees the block when it fails
 * kind:   malloc
 * breaks: realloc.failed-keeps
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    if (p && !q)
        heap_free(domain, p);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_malloc.h"
