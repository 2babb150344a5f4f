/*
 * about:  PyObject_Realloc(NULL, n) looks for the owner of NULL
 * kind:   pymem
 * breaks: realloc.null
 * dies:   NULL is read
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (domain == OBJ) {
        volatile struct header *owner = header_of(p);
        owner->resizes += 0;
    }
    return heap_realloc(domain, p, size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
