/*
 * about:  a block that moves loses the last byte that it had
 * kind:   pymem
 * breaks: realloc.moves
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && p && q != p && old && size > old)
        q[old - 1] ^= 1;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
