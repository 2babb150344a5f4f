/*
 * about:  each tenth resize of a block damages its middle
 * kind:   pymem
 * breaks: realloc.chain
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && size > 1 && old > 1 && header_of(q)->resizes % 10 == 9)
        q[(size < old ? size : old) / 2] ^= 1;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
