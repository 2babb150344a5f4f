/*
 * about:  each refused malloc keeps 16 KiB
 * kind:   pymem
 * breaks: resources.refusals
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    if (!p)
        heap_calloc(domain, 16, 1024);
    return p;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
