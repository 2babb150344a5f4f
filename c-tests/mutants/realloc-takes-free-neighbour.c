/*
 * about:  a block grows over the one behind it that was freed last, which stays free
 * kind:   pymem
 * breaks: integrity.random-operations
 */
#include "base/heap.h"

static _Thread_local char *freed;
static _Thread_local size_t freed_total;

static void noting_free(enum domain domain, void *p)
{
    if (p) {
        freed = header_of(p)->start;
        freed_total = header_of(p)->total;
    }
    heap_free(domain, p);
}
#define FREE noting_free

static void *noting_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    if (p && header_of(p)->start == freed)
        freed = NULL;
    return p;
}
#define MALLOC noting_malloc

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    struct header *header = p ? header_of(p) : NULL;
    bool small = header && header->total + freed_total <= POOL_FINE;
    if (small && header->start + header->total == freed && size > room_of(p) && size <= room_of(p) + freed_total) {
        header->size = size;
        freed = NULL;
        return p;
    }
    void *q = heap_realloc(domain, p, size);
    if (q && header_of(q)->start == freed)
        freed = NULL;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
