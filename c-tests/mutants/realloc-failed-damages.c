/*
 * about:  a resize that fails damages the first byte
 * kind:   pymem
 * breaks: realloc.failed-keeps
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    char *q = heap_realloc(domain, p, size);
    if (!q && p && header_of(p)->size)
        *(char *)p += 1;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
