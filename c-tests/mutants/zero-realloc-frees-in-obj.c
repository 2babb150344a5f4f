/*
 * about:  PyObject_Realloc(p, 0) frees a block of more than 512 bytes and returns NULL
 * kind:   pymem
 * breaks: zero-size.realloc.keeps-block
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (domain != OBJ || !p || size || header_of(p)->size <= 512)
        return heap_realloc(domain, p, size);
    heap_free(domain, p);
    return NULL;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
