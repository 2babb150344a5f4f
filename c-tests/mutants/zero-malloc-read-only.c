/*
 * about:  malloc(0) returns addresses in read-only memory
 * kind:   pymem
 * breaks: zero-size.malloc.writable
 * dies:   what cannot be written to ends who writes
 */
#include "base/heap.h"

#include <stdatomic.h>

/* Addresses without memory behind them; each is used once. */
enum { AREA = 1 << 26 };
static char *area;
static atomic_size_t used;

__attribute__((constructor)) static void reserve(void)
{
    area = mmap(NULL, AREA, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static bool is_reserved(void *p)
{
    return (char *)p >= area && (char *)p < area + AREA;
}

static void *bad_malloc(enum domain domain, size_t size)
{
    return size ? heap_malloc(domain, size) : area + (used += 16) % AREA;
}
#define MALLOC bad_malloc

static void bad_free(enum domain domain, void *p)
{
    if (!is_reserved(p))
        heap_free(domain, p);
}
#define FREE bad_free

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return heap_realloc(domain, is_reserved(p) ? NULL : p, size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
