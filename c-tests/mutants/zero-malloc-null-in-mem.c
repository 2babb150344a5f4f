/*
 * about:  PyMem_Malloc(0) returns NULL, the other two domains do not
 * kind:   pymem
 * breaks: zero-size.malloc.non-null
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    return size || domain != MEM ? heap_malloc(domain, size) : NULL;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
