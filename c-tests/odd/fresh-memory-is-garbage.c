/*
 * about: malloc, and the new part of a resized block, hold garbage
 * kind:  pymem
 */
#include "base/heap.h"

static void *garbage_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    return p ? memset(p, 0xDB, room_of(p)) : NULL;
}
#define MALLOC garbage_malloc

static void *garbage_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    char *q = heap_realloc(domain, p, size);
    if (q && size > old)
        memset(q + old, 0xDB, size - old);
    return q;
}
#define REALLOC garbage_realloc

#include "base/export_pymem.h"
