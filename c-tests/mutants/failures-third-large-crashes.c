/*
 * about:  the third block that the system refuses is taken for one
 * kind:   pymem
 * breaks: realloc.failed-keeps
 * dies:   what the system says in place of an address is written to
 */
#include "base/heap.h"

/* Refused by the system, not for their size: those above 64 KiB. */
static unsigned refusals;

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    if (p && !q && size <= PY_SSIZE_T_MAX && ++refusals == 3)
        return place(MAP_FAILED, size, sizeof(struct header), size);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
