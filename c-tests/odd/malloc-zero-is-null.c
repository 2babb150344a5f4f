/*
 * about: a malloc family whose malloc(0) returns NULL and whose realloc(p, 0) frees
 * kind:  malloc
 */
#include "base/heap.h"

#define MALLOC_PREFIX je_

static void *null_malloc(enum domain domain, size_t size)
{
    return size ? heap_malloc(domain, size) : NULL;
}
#define MALLOC null_malloc

static void *null_calloc(enum domain domain, size_t count, size_t size)
{
    return count && size ? heap_calloc(domain, count, size) : NULL;
}
#define CALLOC null_calloc

static void *freeing_realloc(enum domain domain, void *p, size_t size)
{
    if (p && !size) {
        heap_free(domain, p);
        return NULL;
    }
    return p ? heap_realloc(domain, p, size) : null_malloc(domain, size);
}
#define REALLOC freeing_realloc

#include "base/export_malloc.h"
