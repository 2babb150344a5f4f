/*
 * about:  each refused realloc keeps a copy of up to 16 KiB
 * kind:   pymem
 * breaks: resources.refusals
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    if (!q)
        heap_calloc(domain, 16, 1024);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
