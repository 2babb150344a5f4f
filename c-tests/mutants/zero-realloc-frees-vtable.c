/*
 * about:  a table whose realloc(p, 0) frees the block and returns NULL
 * kind:   vtable
 * breaks: zero-size.realloc.keeps-block
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || size)
        return heap_realloc(domain, p, size);
    heap_free(domain, p);
    return NULL;
}
#define REALLOC bad_realloc

#include "base/export_vtable.h"
