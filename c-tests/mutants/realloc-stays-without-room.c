/*
 * about:  a block grows in place by up to 16 bytes that it does not have
 * kind:   pymem
 * breaks: realloc.usable
 * dies:   the last bytes of a block are the first of the list of free blocks
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || size <= room_of(p) || size > room_of(p) + 16)
        return heap_realloc(domain, p, size);
    header_of(p)->size = size;
    return p;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
