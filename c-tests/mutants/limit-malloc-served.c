/*
 * about:  malloc serves a size above PY_SSIZE_T_MAX with a small block
 * kind:   pymem
 * breaks: limits.malloc.above-ssize-max
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    return heap_malloc(domain, size > PY_SSIZE_T_MAX ? 16 : size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
