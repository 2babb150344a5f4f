/*
 * about:  malloc(0) returns one address from its thousandth call on
 * kind:   pymem
 * breaks: zero-size.malloc.distinct
 */
#include "base/heap.h"

#include <stdatomic.h>

static atomic_uint requests;
static struct {
    struct header header;
    char byte[16];
} nothing = {.header = {.size = 0}};

static void *bad_malloc(enum domain domain, size_t size)
{
    return size || ++requests <= 1000 ? heap_malloc(domain, size) : nothing.byte;
}
#define MALLOC bad_malloc

static void *sparing_realloc(enum domain domain, void *p, size_t size)
{
    return heap_realloc(domain, p == nothing.byte ? NULL : p, size);
}
#define REALLOC sparing_realloc

static void sparing_free(enum domain domain, void *p)
{
    if (p != nothing.byte)
        heap_free(domain, p);
}
#define FREE sparing_free

#include "base/export_pymem.h"
