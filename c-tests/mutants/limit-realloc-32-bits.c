/*
 * about:  realloc keeps the low 32 bits of a size
 * kind:   pymem
 * breaks: limits.realloc.truncation
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return heap_realloc(domain, p, size <= PY_SSIZE_T_MAX ? (uint32_t)size : size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
