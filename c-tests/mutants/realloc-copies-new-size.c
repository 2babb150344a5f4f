/*
 * about:  a large block that grows is copied with as many bytes as it will have
 * kind:   pymem
 * breaks: realloc.large
 * dies:   what is copied goes past the end of a mapping
 */
#define HEAP_TAKE(domain, total) take_pages(total, PAGE)
#define HEAP_GIVE(domain, start, total) give_pages(start, total, PAGE)
#include "base/pages.h"

#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || size <= POOL_LARGEST || size > (size_t)1 << 32 || size <= room_of(p))
        return heap_realloc(domain, p, size);
    void *q = heap_malloc(domain, size);
    if (!q)
        return NULL;
    memcpy(q, p, size);
    heap_free(domain, p);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
