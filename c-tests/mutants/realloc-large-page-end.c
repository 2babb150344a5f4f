/*
 * about:  a large block that grows loses the last byte of its first page
 * kind:   pymem
 * breaks: realloc.large
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && size > old && old > 128 * 1024)
        q[PAGE - 1] ^= 1;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
