/*
 * about:  a resize clears the byte before the block that it returns, where that is another one's
 * kind:   pymem
 * breaks: realloc.neighbours
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    char *q = heap_realloc(domain, p, size);
    if (q && p && (size_t)header_of(q)->start % PAGE)
        header_of(q)->start[-1] = 0;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
