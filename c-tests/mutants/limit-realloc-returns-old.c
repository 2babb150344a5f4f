/*
 * about:  realloc to a size above PY_SSIZE_T_MAX returns the block as it is
 * kind:   pymem
 * breaks: limits.realloc.above-ssize-max
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return p && size > PY_SSIZE_T_MAX ? p : heap_realloc(domain, p, size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
