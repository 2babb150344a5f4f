/*
 * about:  realloc(NULL, n) serves n above PY_SSIZE_T_MAX with a small block
 * kind:   pymem
 * breaks: limits.realloc.above-ssize-max
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return heap_realloc(domain, p, !p && size > PY_SSIZE_T_MAX ? 16 : size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
