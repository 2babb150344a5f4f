/*
 * about:  malloc writes to the last byte of the block before, where the block fills its room
 * kind:   pymem
 * breaks: malloc.usable
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    char *p = heap_malloc(domain, size);
    if (p && (size_t)header_of(p)->start % PAGE)
        header_of(p)->start[-1] = 0;
    return p;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
