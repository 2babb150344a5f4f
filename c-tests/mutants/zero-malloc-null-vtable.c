/*
 * about:  a table whose malloc returns NULL for no bytes
 * kind:   vtable
 * breaks: zero-size.malloc.non-null
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    return size ? heap_malloc(domain, size) : NULL;
}
#define MALLOC bad_malloc

#include "base/export_vtable.h"
