/*
 * about:  after a resize that failed the next one copies nothing
 * kind:   pymem
 * breaks: realloc.failed-keeps
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    if (!q && p)
        header_of(p)->size = 0;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
