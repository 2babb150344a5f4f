/*
 * about:  at most 512 bytes are copied when a block moves
 * kind:   pymem
 * breaks: realloc.moves
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && p && q != p && old > 512 && size > 512)
        memset(q + 512, 0, (old < size ? old : size) - 512);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
