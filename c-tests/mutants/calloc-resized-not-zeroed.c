/*
 * about:  calloc takes memory that realloc gave back for fresh
 * kind:   pymem
 * breaks: calloc.zeroed-reused
 */
#include "base/heap.h"

/* The block that a resize left behind, not yet handed out again. */
static _Thread_local char *left[64];
static _Thread_local unsigned count;

static void *noting_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    if (p && q && q != p)
        left[count++ % 64] = p;
    return q;
}
#define REALLOC noting_realloc

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    char *p = heap_malloc(domain, product);
    for (int i = 0; p && product && i < 64; i++)
        if (left[i] == p) {
            left[i] = NULL;
            return p;
        }
    return p ? memset(p, 0, product ? product : 1) : NULL;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
