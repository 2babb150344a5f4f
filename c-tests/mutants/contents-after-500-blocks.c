/*
 * about:  a malloc while 500 blocks of the domain live clears the first byte of the oldest of the last 64
 * kind:   pymem
 * breaks: integrity.contents
 */
#include "base/heap.h"

#include <stdatomic.h>

enum { WATCHED = 64 };
static atomic_int live[DOMAINS];
static char *watched[DOMAINS][WATCHED];
static unsigned turn[DOMAINS];

static void *bad_malloc(enum domain domain, size_t size)
{
    char *p = heap_malloc(domain, size);
    if (!p || header_of(p)->total > POOL_LARGEST)
        return p;
    char **slot = &watched[domain][turn[domain]++ % WATCHED];
    if (++live[domain] > 500 && *slot)
        **slot = 0;
    *slot = p;
    return p;
}
#define MALLOC bad_malloc

static void counting_free(enum domain domain, void *p)
{
    if (p && header_of(p)->total <= POOL_LARGEST)
        live[domain]--;
    heap_free(domain, p);
}
#define FREE counting_free

#include "base/export_pymem.h"
