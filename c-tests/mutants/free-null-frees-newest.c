/*
 * about:  free(NULL) frees the newest small block
 * kind:   pymem
 * breaks: free.null
 * dies:   a block that is freed once more is found where the next free one should be
 */
#include "base/heap.h"

static void *newest[DOMAINS];

static void *remembering_malloc(enum domain domain, size_t size)
{
    return newest[domain] = heap_malloc(domain, size);
}
#define MALLOC remembering_malloc

static void bad_free(enum domain domain, void *p)
{
    if (!p && newest[domain] && header_of(newest[domain])->total <= POOL_FINE)
        p = newest[domain];
    newest[domain] = NULL;
    heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
