/*
 * about:  calloc of no bytes leaves the byte that it has to give as it was
 * kind:   pymem
 * breaks: zero-size.calloc.zeroed
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    return count && size ? heap_calloc(domain, count, size) : heap_malloc(domain, 0);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
