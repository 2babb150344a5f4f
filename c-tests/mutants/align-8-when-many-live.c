/*
 * about:  while more than 2000 blocks live, new ones are aligned to 8
 * kind:   pymem
 * breaks: alignment.malloc
 */
#include <stdatomic.h>

static atomic_int live;

#define HEAP_SKEW(size) (live > 2000 ? (size_t)8 : 0)
#include "base/heap.h"

static void *counting_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    live += p != NULL;
    return p;
}
#define MALLOC counting_malloc

static void counting_free(enum domain domain, void *p)
{
    live -= p != NULL;
    heap_free(domain, p);
}
#define FREE counting_free

#include "base/export_pymem.h"
