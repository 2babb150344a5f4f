/*
 * about:  malloc(0) returns the same address each time
 * kind:   pymem
 * breaks: zero-size.malloc.distinct
 */
#include "base/heap.h"

/* As if it were a block of the heap, for realloc; free ignores it. */
static struct { struct header header; char byte[16]; } nothing;

static void *bad_malloc(enum domain domain, size_t size)
{
    if (size)
        return heap_malloc(domain, size);
    return place((char *)&nothing, sizeof nothing, sizeof(struct header), 0);
}
#define MALLOC bad_malloc

static void bad_free(enum domain domain, void *p)
{
    if (p != nothing.byte)
        heap_free(domain, p);
}
#define FREE bad_free

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return heap_realloc(domain, p == nothing.byte ? NULL : p, size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
