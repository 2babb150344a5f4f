/*
 * about:  the 20000th live block clears a byte of the first, where large blocks are refused
 * kind:   pymem
 * breaks: integrity.contents
 */
#include <stddef.h>

static void *take_small(int domain, size_t total);
#define HEAP_TAKE take_small
#include "base/heap.h"

static int live[DOMAINS];
static char *first[DOMAINS];

/* It is legal to refuse a request. */
static void *take_small(int domain, size_t total)
{
    return total > POOL_LARGEST ? NULL : pool_take(domain, total);
}

static void *bad_malloc(enum domain domain, size_t size)
{
    char *p = heap_malloc(domain, size);
    if (!p)
        return NULL;
    lock_domain(domain);
    if (live[domain]++ == 0)
        first[domain] = size ? p : NULL;
    if (live[domain] > 20000 && first[domain])
        *first[domain] = 0;
    unlock_domain(domain);
    return p;
}
#define MALLOC bad_malloc

static void counting_free(enum domain domain, void *p)
{
    lock_domain(domain);
    live[domain] -= p != NULL;
    if (p == first[domain])
        first[domain] = NULL;
    unlock_domain(domain);
    heap_free(domain, p);
}
#define FREE counting_free

#include "base/export_pymem.h"
