/*
 * about:  calloc of no bytes returns one block of each domain again and again
 * kind:   pymem
 * breaks: zero-size.calloc.distinct
 */
#include "base/heap.h"

static struct { struct header header; char byte[16]; } nothing[DOMAINS];

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    if (count && size)
        return heap_calloc(domain, count, size);
    return place((char *)&nothing[domain], sizeof *nothing, sizeof(struct header), 0);
}
#define CALLOC bad_calloc

static void bad_free(enum domain domain, void *p)
{
    if (p != nothing[domain].byte)
        heap_free(domain, p);
}
#define FREE bad_free

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return heap_realloc(domain, p == nothing[domain].byte ? NULL : p, size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
