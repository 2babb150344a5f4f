/*
 * about:  realloc returns the old block where there is no memory to grow it
 * kind:   pymem
 * breaks: limits.realloc.unsatisfiable
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    return q || size > PY_SSIZE_T_MAX ? q : p;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
