/*
 * about:  malloc(0) goes round eight addresses
 * kind:   pymem
 * breaks: zero-size.malloc.distinct
 */
#include "base/heap.h"

#include <stdatomic.h>

enum { ADDRESSES = 8 };
static _Alignas(16) char nothing[ADDRESSES][16];
static atomic_uint turn;

static bool is_nothing(void *p)
{
    return (char *)p >= nothing[0] && (char *)p <= nothing[ADDRESSES - 1];
}

static void *bad_malloc(enum domain domain, size_t size)
{
    return size ? heap_malloc(domain, size) : nothing[turn++ % ADDRESSES];
}
#define MALLOC bad_malloc

static void bad_free(enum domain domain, void *p)
{
    if (!is_nothing(p))
        heap_free(domain, p);
}
#define FREE bad_free

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return heap_realloc(domain, is_nothing(p) ? NULL : p, size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
