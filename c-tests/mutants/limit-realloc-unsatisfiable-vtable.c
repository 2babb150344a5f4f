/*
 * about:  a table whose realloc rounds the largest sizes up to nothing
 * kind:   vtable
 * breaks: limits.realloc.unsatisfiable
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (size > PY_SSIZE_T_MAX - 2 * PAGE && size <= PY_SSIZE_T_MAX)
        size = round_up(size, PAGE) * 2;
    return heap_realloc(domain, p, size);
}
#define REALLOC bad_realloc

#include "base/export_vtable.h"
