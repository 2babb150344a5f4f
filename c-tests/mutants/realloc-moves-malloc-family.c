/*
 * about:  realloc of the plain names moves no more than 512 bytes
 * kind:   malloc
 * breaks: realloc.moves
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    size_t kept = old < size ? old : size;
    if (q && q != p && kept > 512)
        memset(q + 512, 0, kept - 512);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_malloc.h"
