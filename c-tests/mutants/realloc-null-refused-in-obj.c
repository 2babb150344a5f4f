/*
 * about:  PyObject_Realloc(NULL, n) returns NULL
 * kind:   pymem
 * breaks: realloc.null
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (domain == OBJ && !p && size)
        return NULL;
    return heap_realloc(domain, p, size);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
