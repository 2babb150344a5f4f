/*
 * about:  calloc takes a large block that was kept when it was freed for a fresh mapping
 * kind:   pymem
 * breaks: calloc.large
 */
#include "base/heap.h"

/* One large block of each domain waits to be used again. */
static struct kept {
    char *start;
    size_t total;
} kept[DOMAINS];

static void *cached_malloc(enum domain domain, size_t size)
{
    size_t total = size > POOL_LARGEST && size < PY_SSIZE_T_MAX / 2 ? pool_round(sizeof(struct header) + size) : 0;
    lock_domain(domain);
    char *start = total && kept[domain].total == total ? kept[domain].start : NULL;
    if (start)
        kept[domain] = (struct kept){NULL, 0};
    unlock_domain(domain);
    return start ? place(start, total, sizeof(struct header), size) : heap_malloc(domain, size);
}
#define MALLOC cached_malloc

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    char *p = cached_malloc(domain, product);
    if (p && header_of(p)->total <= POOL_LARGEST)
        memset(p, 0, product ? product : 1);
    return p;
}
#define CALLOC bad_calloc

static void keeping_free(enum domain domain, void *p)
{
    if (!p || header_of(p)->total <= POOL_LARGEST || header_of(p)->total > 16 << 20) {
        heap_free(domain, p);
        return;
    }
    struct kept now = {header_of(p)->start, header_of(p)->total};
    lock_domain(domain);
    struct kept before = kept[domain];
    kept[domain] = now;
    unlock_domain(domain);
    if (before.start)
        munmap(before.start, before.total);
}
#define FREE keeping_free

#include "base/export_pymem.h"
