/*
 * about:  calloc keeps the low 32 bits of the size of an element
 * kind:   pymem
 * breaks: limits.calloc.truncation
 * dies:   the last byte that the caller asked for is not there
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    return size >> 40 ? heap_calloc(domain, count, size) : heap_calloc(domain, count, (uint32_t)size);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
