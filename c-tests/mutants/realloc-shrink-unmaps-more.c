/*
 * about:  a large block that shrinks in its place loses its last page too
 * kind:   pymem
 * breaks: realloc.large
 * dies:   the last page cannot be written to
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || header_of(p)->total <= POOL_LARGEST || size <= POOL_LARGEST || size >= header_of(p)->size)
        return heap_realloc(domain, p, size);
    struct header *header = header_of(p);
    size_t kept = (size_t)((char *)p - header->start) + size;
    size_t total = kept / PAGE * PAGE;
    if (total < header->total)
        munmap(header->start + total, header->total - total);
    header->total = total;
    header->size = size;
    return p;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
