/*
 * about:  PyMem_RawCalloc does not zero blocks of 256 to 512 bytes
 * kind:   pymem
 * breaks: calloc.zeroed-reused
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    if (domain == RAW && size && count <= 512 / size && count * size >= 256)
        return heap_malloc(domain, count * size);
    return heap_calloc(domain, count, size);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
