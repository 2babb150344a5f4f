/*
 * about:  the first resize of a block that calloc made loses its last byte
 * kind:   pymem
 * breaks: realloc.of-calloc
 */
#include "base/heap.h"

enum { FROM_CALLOC = 1 << 20 };

static void *marking_calloc(enum domain domain, size_t count, size_t size)
{
    void *p = heap_calloc(domain, count, size);
    if (p)
        header_of(p)->resizes = FROM_CALLOC;
    return p;
}
#define CALLOC marking_calloc

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && old && size >= old && header_of(q)->resizes == FROM_CALLOC + 1)
        q[old - 1] ^= 1;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
