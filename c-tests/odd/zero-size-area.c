/*
 * about: blocks of no bytes have addresses in an area of their own
 * kind:  pymem
 */
#include "base/heap.h"

#include <stdatomic.h>

/* Each address is used once; when the area is used up, blocks of no bytes come from the heap. */
enum { ADDRESSES = 1 << 18 };
static char area[ADDRESSES][16] __attribute__((aligned(PAGE)));
static atomic_uint used;

static bool in_area(void *p)
{
    return (char *)p >= area[0] && (char *)p <= area[ADDRESSES - 1];
}

static void *area_malloc(enum domain domain, size_t size)
{
    unsigned turn = size || used >= ADDRESSES ? ADDRESSES : used++;
    return turn < ADDRESSES ? area[turn] : heap_malloc(domain, size);
}
#define MALLOC area_malloc

static void area_free(enum domain domain, void *p)
{
    if (!in_area(p))
        heap_free(domain, p);
}
#define FREE area_free

static void *area_realloc(enum domain domain, void *p, size_t size)
{
    if (in_area(p))
        p = NULL;
    return heap_realloc(domain, p, size);
}
#define REALLOC area_realloc

#include "base/export_pymem.h"
