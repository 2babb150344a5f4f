/*
 * about:  malloc cuts 48 bytes more from a chunk than it moves on, for blocks of 241 to 256 bytes
 * kind:   pymem
 * breaks: integrity.no-overlap
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    char *p = heap_malloc(domain, size);
    bool newest = p && header_of(p)->start + header_of(p)->total == pools[domain].next;
    if (newest && size > 240 && size <= 256)
        pools[domain].next -= 48;
    return p;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
