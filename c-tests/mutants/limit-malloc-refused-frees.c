/*
 * about:  a malloc that finds no memory frees the newest small block
 * kind:   pymem
 * breaks: integrity.contents
 */
#include "base/heap.h"

static _Thread_local char *newest;
static _Thread_local size_t newest_total;

static void *bad_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    if (!p && newest) {
        HEAP_GIVE(domain, newest, newest_total);
        newest = NULL;
    }
    if (p && header_of(p)->total <= POOL_FINE) {
        newest = header_of(p)->start;
        newest_total = header_of(p)->total;
    }
    return p;
}
#define MALLOC bad_malloc

static void *noting_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    if (q != p)
        newest = NULL;
    return q;
}
#define REALLOC noting_realloc

static void noting_free(enum domain domain, void *p)
{
    if (p && header_of(p)->start == newest)
        newest = NULL;
    heap_free(domain, p);
}
#define FREE noting_free

#include "base/export_pymem.h"
