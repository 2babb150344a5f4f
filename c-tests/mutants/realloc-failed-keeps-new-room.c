/*
 * about:  a resize that fails leaves the room that was asked for in the header, and the next one takes it for real
 * kind:   pymem
 * breaks: realloc.failed-keeps
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    if (p && !q && size <= PY_SSIZE_T_MAX)
        header_of(p)->total = size / PAGE * PAGE;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
