/*
 * about:  each calloc takes a second block of the size and forgets it
 * kind:   pymem
 * breaks: resources.calloc
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    void *p = heap_calloc(domain, count, size);
    if (p)
        heap_calloc(domain, count, size);
    return p;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
