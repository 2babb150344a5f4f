/*
 * about:  a table whose obj domain aligns to 8 from 500 bytes on
 * kind:   vtable
 * breaks: alignment.malloc
 */
#include "base/heap.h"

#include "base/shift.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    if (domain != OBJ || size < 500 || size > PY_SSIZE_T_MAX - 8)
        return heap_malloc(domain, size);
    void *p = heap_malloc(domain, size + 8);
    if (!p)
        return NULL;
    p = shift(p, 8);
    header_of(p)->size = size;
    return p;
}
#define MALLOC bad_malloc

#include "base/export_vtable.h"
