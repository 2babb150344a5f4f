/*
 * about:  a table whose realloc(NULL, n) returns NULL
 * kind:   vtable
 * breaks: realloc.null
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p && size)
        return NULL;
    return heap_realloc(domain, p, size);
}
#define REALLOC bad_realloc

#include "base/export_vtable.h"
