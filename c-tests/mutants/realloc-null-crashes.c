/*
 * about:  realloc looks at the header of NULL
 * kind:   pymem
 * breaks: realloc.null
 * dies:   NULL is read
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (header_of(p)->size == size)
        return p;
    return heap_realloc(domain, p, size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
