/*
 * about:  calloc refuses each huge factor, even next to a zero
 * kind:   pymem
 * breaks: zero-size.calloc.huge-factor
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    if (count > PY_SSIZE_T_MAX || size > PY_SSIZE_T_MAX)
        return NULL;
    return heap_calloc(domain, count, size);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
