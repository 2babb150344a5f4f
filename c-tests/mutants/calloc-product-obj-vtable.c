/*
 * about:  a table whose calloc of obj has room for one element
 * kind:   vtable
 * breaks: calloc.product
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    return heap_calloc(domain, domain == OBJ && count ? 1 : count, size);
}
#define CALLOC bad_calloc

#include "base/export_vtable.h"
