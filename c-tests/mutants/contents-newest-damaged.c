/*
 * about:  each seventh malloc clears the first byte of the block made before
 * kind:   pymem
 * breaks: integrity.contents
 */
#include "base/heap.h"

static char *newest[DOMAINS];
static unsigned calls;

static void *bad_malloc(enum domain domain, size_t size)
{
    if (newest[domain] && ++calls % 7 == 0)
        *newest[domain] = 0;
    char *p = heap_malloc(domain, size);
    /* A large one may be unmapped by then. */
    newest[domain] = p && header_of(p)->total <= POOL_LARGEST ? p : NULL;
    return p;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
