/*
 * about:  a block of no bytes keeps its place and its room when it grows
 * kind:   pymem
 * breaks: zero-size.realloc.grows
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || header_of(p)->size || size > PY_SSIZE_T_MAX)
        return heap_realloc(domain, p, size);
    header_of(p)->size = size;
    return p;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
